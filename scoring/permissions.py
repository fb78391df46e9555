"""Who may do what in the scoring rooms."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.permissions import has_role, holds_anywhere, require_role
from accounts.roles import OFFICE_ROLES, Role
from awards.models import Cycle
from scoring.models import Panel, PanelMember, Reviewer, Sheet


def may_run_panels(actor: object, cycle: Cycle) -> bool:
    """Forming and starting panels is the work of the scheme's office."""
    return has_role(actor, *OFFICE_ROLES, **cycle.scopes())


def require_office(actor: Actor, cycle: Cycle) -> None:
    require_role(actor, *OFFICE_ROLES, **cycle.scopes())


def require_any_office(actor: Actor) -> None:
    """The reviewer pool serves all schemes: any office keeps it."""
    if not holds_anywhere(actor, *OFFICE_ROLES):
        raise PermissionDenied("评审员库由评定办维护。")


def is_head(actor: object, cycle: Cycle) -> bool:
    return has_role(actor, Role.OFFICE_HEAD, **cycle.scopes())


def require_self(actor: Actor, reviewer: Reviewer) -> None:
    if actor.pk is None or reviewer.user_id != actor.pk:
        raise PermissionDenied("只能由评审员本人办理。")


def is_own(actor: Actor, sheet: Sheet) -> bool:
    return actor.pk is not None and sheet.reviewer.user_id == actor.pk


def is_lead(actor: object, panel: Panel) -> bool:
    """Whether `actor` leads the panel. The seat counts, not a role; who is disqualified leads no more."""
    pk = getattr(actor, "pk", None)
    seats = PanelMember.objects.filter(panel=panel, lead=True, reviewer__disqualified_at=None)
    return pk is not None and seats.filter(reviewer__user_id=pk).exists()


def is_member(actor: object, panel: Panel) -> bool:
    """Whether `actor` has a seat in the panel and is not disqualified."""
    pk = getattr(actor, "pk", None)
    seats = PanelMember.objects.filter(panel=panel, reviewer__disqualified_at=None)
    return pk is not None and seats.filter(reviewer__user_id=pk).exists()


def require_member(actor: Actor, panel: Panel) -> None:
    if not is_member(actor, panel):
        raise PermissionDenied("由评审组成员本人办理。")


def require_lead(actor: Actor, panel: Panel) -> None:
    if not is_lead(actor, panel):
        raise PermissionDenied("合议和签署由评审组组长办理。")
