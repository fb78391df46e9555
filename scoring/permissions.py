"""Who may do what in the scoring rooms."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.permissions import has_role, holds_anywhere, require_role
from accounts.roles import OFFICE_ROLES, Role
from awards.models import Cycle
from ground.errors import Refused
from scoring.models import Panel, PanelMember, Reviewer, Sheet

NO_LEAD: Final = "组长已被取消评审资格，评审组暂时没有组长。已请评定办主任指定新组长，指定之后再继续。"


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


def has_lead(panel: Panel) -> bool:
    """Whether the panel has a lead who is not disqualified."""
    return PanelMember.objects.filter(panel=panel, lead=True, reviewer__disqualified_at=None).exists()


def require_led(panel: Panel) -> None:
    """Nobody goes on in a panel without a lead. Refused: no_lead."""
    if not has_lead(panel):
        article = panel.cycle.edition.article("panel_lead")
        raise Refused("no_lead", NO_LEAD, article=article)


def require_member(actor: Actor, panel: Panel) -> None:
    if not is_member(actor, panel):
        raise PermissionDenied("由评审组成员本人办理。")


def require_lead(actor: Actor, panel: Panel) -> None:
    """Refused: no_lead, told to the panel's members alone."""
    if is_lead(actor, panel):
        return
    if is_member(actor, panel):
        require_led(panel)
    raise PermissionDenied("合议和签署由评审组组长办理。")
