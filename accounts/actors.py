"""Whoever does something: a logged-in user, or the system itself when a sweep acts."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Role


@dataclass(frozen=True)
class SystemActor:
    """The periodic sweeps. Holds no role but "system", which a state table has to name."""

    pk: None = None
    name: str = "系统"
    ledger_label: str = "系统"
    role: str = Role.SYSTEM


SYSTEM = SystemActor()
Actor = User | SystemActor
