from __future__ import annotations

from collections.abc import Iterator

from django.apps import AppConfig

from accounts import scopes
from accounts.roles import Scope
from audit import actions
from awards.actions import ACTIONS


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = "奖项与年度"

    def ready(self) -> None:
        scopes.register(self.role_scopes)
        actions.register(ACTIONS)

    def role_scopes(self) -> Iterator[tuple[str, str, str]]:
        """Where an administrator can give the roles held in a scheme: (kind, code, name in words)."""
        for code, name in self.get_model("Scheme")._default_manager.values_list("code", "short_name"):
            yield Scope.SCHEME, code, f"奖项：{name}"
