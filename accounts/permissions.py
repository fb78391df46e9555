"""Deny by default: a role counts only in the scope in which it was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied

from accounts.actors import Actor, SystemActor
from accounts.models import RoleGrant, User
from accounts.roles import ROLES, Role, Scope
from accounts.rules import apart_on


def has_role(actor: object, *roles: str, **scopes: str) -> bool:
    """Whether `actor` holds one of `roles` in the scope given.

    `scopes` maps a scope kind to its key (scheme="park", organisation="12"). A grant for the whole portal
    counts everywhere; any other grant only where its own kind is given with its own key. Role.ONESELF is held by the
    one account that the scope "person" names.
    """
    if isinstance(actor, SystemActor):
        return Role.SYSTEM in roles
    if not isinstance(actor, User):
        return False
    if Role.ONESELF in roles and scopes.get(Scope.PERSON) == str(actor.pk):
        return True
    return any(
        grant.role in roles
        and (grant.scope_kind == Scope.PORTAL or scopes.get(grant.scope_kind) == grant.scope_key)
        for grant in actor.grants
    )


def holds_anywhere(actor: object, *roles: str) -> bool:
    """Whether `actor` holds one of `roles` in any scope at all (for menus and first pages)."""
    return isinstance(actor, User) and any(grant.role in roles for grant in actor.grants)


@dataclass(frozen=True)
class KeptFrom:
    """Why somebody can't have a role: the role that they hold, in words, and what keeps the two apart."""

    held: str
    cited: str
    reading: str


def kept_from(user: User, role: str, on: date) -> KeptFrom | None:
    """What `user` holds that nobody may hold beside `role` on that day; None if nothing stands in the way."""
    table = apart_on(on)
    grants = RoleGrant.objects.filter(user=user, revoked_at=None).order_by("pk")
    held = table.kept_from(role, list(grants.values_list("role", flat=True)))
    return KeptFrom(ROLES[held].label, table.cited, table.reading) if held else None


def require_role(actor: Actor, *roles: str, **scopes: str) -> None:
    """Raise PermissionDenied (403) unless `has_role`."""
    if not has_role(actor, *roles, **scopes):
        raise PermissionDenied("这项操作需要另外的角色，请联系系统管理员。")


def person(actor: Actor) -> User:
    """`actor` as a logged-in user; what only people can do raises PermissionDenied for sweeps and visitors."""
    if not isinstance(actor, User):
        raise PermissionDenied("这项操作需要由有权限的人员办理。")
    return actor


def scopes_of(actor: object, kind: str, *roles: str) -> set[str]:
    """The keys of all scopes of `kind` in which `actor` holds one of `roles`."""
    if not isinstance(actor, User):
        return set()
    return {grant.scope_key for grant in actor.grants if grant.role in roles and grant.scope_kind == kind}


def in_portal(actor: object, *roles: str) -> bool:
    """Whether `actor` holds one of `roles` for the whole portal."""
    return isinstance(actor, User) and any(
        grant.role in roles and grant.scope_kind == Scope.PORTAL for grant in actor.grants
    )
