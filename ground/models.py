"""Abstract models every app builds on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from ground.statetable import StateTable


class Stateful(models.Model):
    """An aggregate whose `state` is moved by `accounts.moves.move` alone, along its `STATES` table."""

    STATES: ClassVar[StateTable]

    class Meta:
        abstract = True

    def scopes(self) -> dict[str, str]:
        """Scope kind → key of the roles that may move this object, e.g. {"scheme": "park"}."""
        raise NotImplementedError

    @property
    def office_state(self) -> str:
        return self.STATES.state(self.state_code).office

    @property
    def public_state(self) -> str:
        return self.STATES.state(self.state_code).public

    @property
    def state_code(self) -> str:
        return str(getattr(self, "state"))  # noqa: B009  (the field is declared by each subclass)


def state_field(table: StateTable, **options: Any) -> models.CharField[str, str]:
    """The `state` column of a Stateful model."""
    return models.CharField("状态", max_length=32, choices=table.choices, default=table.initial, **options)


def state_constraint(table: StateTable, label: str) -> models.CheckConstraint:
    """The database's own "shall not": no state outside the table."""
    return models.CheckConstraint(condition=models.Q(state__in=table.codes), name=f"{label}_state_known")
