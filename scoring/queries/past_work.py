"""The bank of a reviewer's past work, as far as the reader may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from awards.models import Cycle
from scoring.models import DeclinedFile, Panel, PanelMember, Reviewer, Sheet, Stage
from scoring.queries import fairness as evenness
from scoring.queries.benches import LIVE
from scoring.queries.conflicts import without_conflict
from scoring.queries.visibility import office_cycles, panels_visible_to
from scoring.rules.fairness import ReviewerFigures, reviewer_figures

OVER = ("announced", "cancelled")
Assigned = Panel.applications.through


@dataclass(frozen=True)
class Load:
    """How many applicants a reviewer is seated for in a cycle."""

    cycle: Cycle
    load: int


def assigned_to(reviewer: Reviewer | OuterRef) -> QuerySet[Any]:
    """Applicant in panel, for each seat of `reviewer` (or of what OuterRef names), without what they declined.

    Once a panel has started: those that the reviewer has a sheet for, not a substitute's whole panel.
    """
    inner = reviewer if isinstance(reviewer, Reviewer) else OuterRef(reviewer)
    declined = DeclinedFile.objects.filter(
        reviewer=inner, application_id=OuterRef("application_id"), panel_id=OuterRef("panel_id")
    )
    handed = Sheet.objects.filter(
        reviewer=inner,
        application_id=OuterRef("application_id"),
        panel_id=OuterRef("panel_id"),
        state__in=LIVE,
    )
    rows = Assigned._default_manager.filter(
        Q(panel__state="forming") | Q(Exists(handed)), panel__members__reviewer=reviewer
    )
    return rows.exclude(Exists(declined)).order_by()


def loads_of(reviewer: Reviewer, user: object) -> list[Load]:
    """The load in each cycle under way that `user` runs or watches, the newest first."""
    rows = without_conflict(assigned_to(reviewer), user).values("panel__cycle")
    counted = dict(
        rows.annotate(files=Count("application", distinct=True)).values_list("panel__cycle", "files")
    )
    cycles = office_cycles(user).exclude(state__in=OVER).order_by("-year", "scheme__code")
    return [Load(cycle, counted.get(cycle.pk, 0)) for cycle in cycles]


def seats_of(reviewer: Reviewer, user: object) -> QuerySet[PanelMember]:
    """The seats that `user` may know of, the newest panel first, each with its sheets counted and their hours.

    Sheets of applicants that `user` is recused from are left out, and so is a panel of nothing else.
    """
    known = without_conflict(Sheet.objects.filter(reviewer=reviewer), user)
    mine = Q(panel__sheets__in=known)
    hidden = Exists(Assigned._default_manager.filter(panel=OuterRef("panel_id"))) & ~Exists(
        without_conflict(Assigned._default_manager.filter(panel=OuterRef("panel_id")), user)
    )
    return (
        PanelMember.objects.filter(reviewer=reviewer, panel__in=panels_visible_to(user))
        .exclude(hidden)
        .select_related("panel__cycle__scheme", "panel__cycle__edition_record")
        .annotate(
            open_sheets=Count("panel__sheets", filter=mine & Q(panel__sheets__state="draft")),
            sealed_sheets=Count("panel__sheets", filter=mine & Q(panel__sheets__state="sealed")),
            void_sheets=Count("panel__sheets", filter=mine & Q(panel__sheets__state="void")),
            hours=Sum("panel__sheets__hours", filter=mine & Q(panel__sheets__state="sealed")),
        )
        .order_by("-panel__created_at", "-pk")
    )


def figures_of(
    reviewer: Reviewer, seats: list[PanelMember], user: object
) -> tuple[Cycle, list[tuple[Stage, ReviewerFigures]]] | None:
    """How even the scoring was in the newest cycle of `seats` for which `user` may see that: stage by stage, once sealed.

    None where there is no such cycle. Only files that the reviewer has scored are read, without those `user` is
    recused from.
    """
    cycles = {seat.panel.cycle_id: seat.panel.cycle for seat in seats if seat.sealed_sheets}  # type: ignore[attr-defined]
    cycle = next((one for one in cycles.values() if evenness.may_see_fairness(user, one)), None)
    if cycle is None:
        return None
    found = []
    for stage in evenness.sealed_stages(cycle):
        sheets = evenness.sheets_of_stage(cycle, stage, user)
        own = sheets.filter(reviewer=reviewer).values("application_id")
        figures = reviewer_figures(evenness.marks_of(sheets.filter(application__in=own)))
        if reviewer.pk in figures:
            found.append((stage, figures[reviewer.pk]))
    return cycle, found
