from django.apps import AppConfig

from audit.actions import register
from scoring.actions import ACTIONS


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "评审"

    def ready(self) -> None:
        register(ACTIONS)
