from django.apps import AppConfig

from audit.actions import register
from notifications.actions import ACTIONS


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "消息与提醒"

    def ready(self) -> None:
        register(ACTIONS)
