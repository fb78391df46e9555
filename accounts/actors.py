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


@dataclass(frozen=True)
class PublicActor:
    """A visitor who is not logged in, when the law lets anyone act (an objection during publicity)."""

    pk: None = None
    name: str = "社会公众"
    ledger_label: str = "社会公众"


SYSTEM = SystemActor()
PUBLIC = PublicActor()
Actor = User | SystemActor | PublicActor
