from django.apps import AppConfig

from audit.actions import register
from publicity.actions import ACTIONS


class PublicityConfig(AppConfig):
    name = "publicity"
    verbose_name = "公示与获奖"

    def ready(self) -> None:
        register(ACTIONS)
