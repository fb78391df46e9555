"""Notices, who sees them, and what is still to be published or announced."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from accounts.permissions import in_portal, scopes_of
from accounts.roles import Role, Scope
from applications.models import Application
from awards.models import Cycle
from ground.words import containing
from publicity.models import (
    Notice,
    NoticeEntry,
)
from publicity.permissions import INSIDERS
from publicity.queries.holders import organisations_called
from scoring.models import Approval

PUBLIC_NOTICES = ("published", "closed", "issued")


def notices_visible_to(user: object) -> QuerySet[Notice]:
    """Published notices for everybody; drafts and withdrawn ones for the scheme's insiders and the supervisor."""
    notices = Notice.objects.select_related("scheme", "cycle__scheme", "cycle__edition_record").defer(
        "cycle__edition_record__content", "cycle__call_text"
    )
    if in_portal(user, Role.SUPERVISOR):
        return notices
    return notices.filter(
        Q(state__in=PUBLIC_NOTICES) | Q(scheme__code__in=scopes_of(user, Scope.SCHEME, *INSIDERS))
    )


def public_notices() -> QuerySet[Notice]:
    return notices_visible_to(None)


def with_entries(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    entries = NoticeEntry.objects.select_related("organisation")
    return notices.prefetch_related(Prefetch("entries", entries), "sites")


def notices_matching(
    notices: QuerySet[Notice], *, kind: str = "", scheme: str = "", words: str = "", running: bool = False
) -> QuerySet[Notice]:
    if kind:
        notices = notices.filter(kind=kind)
    if scheme:
        notices = notices.filter(scheme__code=scheme)
    if words:
        named = NoticeEntry.objects.filter(organisation__in=organisations_called(words))
        notices = notices.filter(containing(words, "title") | Q(pk__in=named.values("notice")))
    if running:
        notices = notices.filter(kind=Notice.Kind.PUBLICITY, state="published")
    return notices


def approvals_to_publish(cycle: Cycle) -> QuerySet[Approval]:
    """Approved lists without a notice that stands."""
    live = Notice.objects.filter(kind=Notice.Kind.PUBLICITY, cycle=cycle).exclude(state="withdrawn")
    return Approval.objects.filter(cycle=cycle).exclude(pk__in=live.values("approval_id")).order_by("round")


def notices_without_paper() -> QuerySet[Notice]:
    return Notice.objects.filter(state__in=PUBLIC_NOTICES, paper=None).order_by("pk")


def candidates_after_publicity(cycle: Cycle) -> QuerySet[NoticeEntry]:
    """Entries whose window is over and whose organisation still waits for its award, in the order of the list."""
    return (
        NoticeEntry.objects.filter(
            notice__cycle=cycle,
            notice__kind=Notice.Kind.PUBLICITY,
            notice__state="closed",
            application__state__in=("candidate", "held"),
        )
        .select_related("application__organisation", "notice__approval", "organisation")
        .order_by("notice__approval__round", "position", "id")
    )


def others_of(cycle: Cycle) -> QuerySet[Application]:
    """Applications that went through the review and get no award: they are told when the list is announced."""
    return Application.objects.filter(
        cycle=cycle, state__in=("not_shortlisted", "not_selected", "struck")
    ).select_related("organisation")


def is_vacant(cycle: Cycle) -> bool:
    """Whether the cycle ends without a winner: its list is approved (or published) and nobody is left on it."""
    return (
        cycle.state in ("approved", "publicity_closed")
        and not cycle.applications.filter(state__in=("candidate", "held")).exists()
        and not cycle.honours.exists()
    )
