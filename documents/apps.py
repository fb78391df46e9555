from django.apps import AppConfig

from audit.actions import register
from documents.actions import ACTIONS


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "文书与文件"

    def ready(self) -> None:
        register(ACTIONS)
