"""Who may run a scheme's cycles, who may look on."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.permissions import has_role, holds_anywhere, require_role
from accounts.roles import OFFICE_ROLES, Role
from awards.models import Cycle


def may_run(actor: object, cycle: Cycle) -> bool:
    """The office of the cycle's own scheme, clerk or head."""
    return has_role(actor, *OFFICE_ROLES, scheme=cycle.scheme.code)


def may_decide(actor: object, cycle: Cycle) -> bool:
    """The head of the office: what the public will see is theirs to release."""
    return has_role(actor, Role.OFFICE_HEAD, scheme=cycle.scheme.code)


def require_office_page(actor: Actor, cycle: Cycle) -> None:
    """The office's own pages are read by the office and by the supervisor (纪检监督), by nobody else (403)."""
    require_role(actor, *OFFICE_ROLES, Role.SUPERVISOR, scheme=cycle.scheme.code)


def require_office(actor: Actor, cycle: Cycle) -> None:
    require_role(actor, *OFFICE_ROLES, scheme=cycle.scheme.code)


def require_head(actor: Actor, cycle: Cycle) -> None:
    require_role(actor, Role.OFFICE_HEAD, scheme=cycle.scheme.code)


def is_office_anywhere(actor: object) -> bool:
    return holds_anywhere(actor, *OFFICE_ROLES)


def may_begin(user: object) -> bool:
    """Who is offered to apply: visitors, people who hold no role yet, and those who write for an organisation."""
    return not getattr(user, "grants", ()) or holds_anywhere(
        user, Role.APPLICANT_OWNER, Role.APPLICANT_EDITOR
    )
