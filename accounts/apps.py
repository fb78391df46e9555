from django.apps import AppConfig

from accounts.actions import ACTIONS
from audit.actions import register


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        register(ACTIONS)
