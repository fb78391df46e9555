from django.apps import AppConfig

from accounts import scopes
from applications.actions import ACTIONS
from audit import actions


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = "申报"

    def ready(self) -> None:
        from applications.queries.visibility import (
            role_scopes,  # models can be read only once all apps are loaded
        )

        scopes.register(role_scopes)
        actions.register(ACTIONS)
