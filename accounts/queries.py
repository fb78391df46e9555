"""Reading accounts: for administrators and the supervisor only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import RoleGrant, User
from accounts.permissions import in_portal
from accounts.roles import Role
from accounts.rules import Line, apart_on
from audit import queries as ledger
from audit.actions import codes_called
from audit.models import Entry
from ground.words import containing


def users_visible_to(user: object) -> QuerySet[User]:
    """All accounts for administrators and the supervisor, none for anybody else."""
    if not in_portal(user, Role.ADMINISTRATOR, Role.SUPERVISOR):
        return User.objects.none()
    grants = RoleGrant.objects.filter(revoked_at=None).order_by("id")
    return User.objects.prefetch_related(Prefetch("role_grants", grants, to_attr="live_grants")).order_by(
        "username"
    )


def users_matching(users: QuerySet[User], words: str, role: str) -> QuerySet[User]:
    if words:
        users = users.filter(containing(words, "username", "name", "email"))
    if role:
        users = users.filter(role_grants__role=role, role_grants__revoked_at=None).distinct()
    return users


@dataclass(frozen=True)
class Mixed:
    """An account that holds roles which have to be kept apart: from before that was a rule, or by a table's new entry."""

    user: User
    lines: tuple[Line, ...]
    grants: tuple[RoleGrant, ...]


def mixed_accounts(on: date) -> list[Mixed]:
    """Active accounts with roles of more than one line of work, each with those roles."""
    table = apart_on(on)
    grants = RoleGrant.objects.filter(
        revoked_at=None, user__is_active=True, role__in=[role for line in table.lines for role in line.roles]
    )
    found: dict[User, list[RoleGrant]] = {}
    for grant in grants.select_related("user").order_by("user__username", "pk"):
        found.setdefault(grant.user, []).append(grant)
    return [
        Mixed(user, lines, tuple(held))
        for user, held in found.items()
        if (lines := table.together([grant.role for grant in held]))
    ]


def holders_of(*roles: str, scope_kind: str, scope_key: str) -> QuerySet[User]:
    """Active accounts that hold one of `roles` in exactly this scope."""
    return User.objects.filter(
        is_active=True,
        role_grants__role__in=roles,
        role_grants__scope_kind=scope_kind,
        role_grants__scope_key=scope_key,
        role_grants__revoked_at=None,
    ).distinct()


def entries_visible_to(user: object) -> QuerySet[Entry]:
    """The whole ledger for the supervisor, nothing for anybody else."""
    return ledger.entries() if in_portal(user, Role.SUPERVISOR) else Entry.objects.none()


def entries_matching(entries: QuerySet[Entry], words: str, action: str) -> QuerySet[Entry]:
    """`words` of subject or actor; `action`: part of what it is called (发布公示), or how its code begins."""
    if words:
        entries = entries.filter(containing(words, "subject_label", "actor_label"))
    if action:
        entries = entries.filter(Q(action__startswith=action) | Q(action__in=codes_called(action)))
    return entries
