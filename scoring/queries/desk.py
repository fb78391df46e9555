"""What a reviewer finds on their desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from applications.models import Application
from awards.models import Cycle
from notifications.models import Duty
from scoring.models import (
    Consolidation,
    PanelMember,
    PresentationSlot,
    RecusalDeclaration,
    Reviewer,
    Sheet,
    SiteVisit,
    Stage,
)
from scoring.queries.benches import GONE, LIVE, Bench, due_of, recused_from, with_owed
from scoring.queries.conflicts import without_conflict
from scoring.queries.pledges import pledged
from scoring.queries.presentation import heard_of, seal_by
from scoring.queries.score_forms import score_form
from scoring.queries.visibility import assignments_of

CONSENT: Final = "scoring.consent"
COUNTERSIGN: Final = "scoring.countersign"


@dataclass(frozen=True)
class OpenSheet:
    """A sheet still to be sealed, with its progress; it opens once recusal is `declared` and confidentiality `pledged`.

    `heard`: the presentation that it scores, once drawn; `visit_id`: the visit that it scores, once planned.
    """

    sheet: Sheet
    done: int
    total: int
    due: datetime | None
    declared: bool
    pledged: bool
    heard: PresentationSlot | None = None
    visit_id: int | None = None

    @property
    def opens(self) -> bool:
        return self.declared and self.pledged


def declarations(reviewer: Reviewer) -> list[Application]:
    """The applicants this reviewer is seated for, each with `declared`; those they are recused from left out."""
    made = RecusalDeclaration.objects.filter(reviewer=reviewer, application=OuterRef("pk"))
    return list(assignments_of(reviewer.user).annotate(declared=Exists(made)).order_by("declared", "number"))


def undeclared(reviewer: Reviewer) -> list[Application]:
    return to_say(reviewer)[1]


def to_say(reviewer: Reviewer) -> tuple[list[Cycle], list[Application]]:
    """What has to be said before files open: cycles without a pledge, the newest first; applicants not declared on."""
    made = RecusalDeclaration.objects.filter(reviewer=reviewer, application=OuterRef("pk"))
    rows = (
        assignments_of(reviewer.user)
        .select_related("cycle__scheme", "cycle__edition_record")
        .annotate(declared=Exists(made), pledged=pledged(reviewer=reviewer, cycle=OuterRef("cycle_id")))
        .exclude(declared=True, pledged=True)
        .order_by("number")
    )
    cycles = {row.cycle_id: row.cycle for row in rows if not row.pledged}
    unpledged = sorted(cycles.values(), key=lambda cycle: (-cycle.year, cycle.pk))
    return unpledged, [row for row in rows if not row.declared]


def open_sheets(reviewer: Reviewer) -> list[OpenSheet]:
    """My sheets not sealed yet, the most urgent first."""
    made = RecusalDeclaration.objects.filter(reviewer=reviewer, application=OuterRef("application_id"))
    visit = SiteVisit.objects.filter(application=OuterRef("application_id"))
    sheets = list(
        _sheets(reviewer, "draft")
        .exclude(application__state__in=GONE)
        .select_related("application__cycle__edition_record")
        .prefetch_related("application__cycle__milestones")
        .annotate(
            done=Count("items", filter=Q(items__percent__isnull=False)),
            declared=Exists(made),
            visit_id=Subquery(visit.values("pk")[:1]),
            pledged=pledged(reviewer=reviewer, cycle=OuterRef("application__cycle_id")),
        )
    )
    sizes: dict[tuple[int, str], int] = {}
    rows = []
    heard = heard_of(sheet.application_id for sheet in sheets if sheet.stage == Stage.PRESENTATION)
    for sheet in sheets:
        cycle = sheet.application.cycle
        key = (cycle.pk, sheet.stage)
        if key not in sizes:
            sizes[key] = len(score_form(cycle, sheet.stage).lines)
        slot = heard.get(sheet.application_id) if sheet.stage == Stage.PRESENTATION else None
        due = (seal_by(cycle, slot) if slot else None) or due_of(cycle, sheet.stage)
        rows.append(
            OpenSheet(
                sheet, sheet.done, sizes[key], due, sheet.declared, sheet.pledged, slot, _visit_of(sheet)
            )
        )
    return sorted(rows, key=lambda row: (row.due is None, row.due, row.sheet.application.number))


def _visit_of(sheet: Any) -> int | None:
    return sheet.visit_id if sheet.stage == Stage.SITE and sheet.declared else None


def sealed_sheets(reviewer: Reviewer) -> QuerySet[Sheet]:
    """My sealed sheets, the newest first, each with `report_id` and `report_state` of what the panel made of it."""
    report = Consolidation.objects.filter(application_id=OuterRef("application_id"), stage=OuterRef("stage"))
    return (
        _sheets(reviewer, "sealed")
        .annotate(
            report_id=Subquery(report.values("pk")[:1]), report_state=Subquery(report.values("state")[:1])
        )
        .order_by("-sealed_at", "-pk")
    )


def led_consolidations(reviewer: Reviewer) -> list[Consolidation]:
    """What I have to settle as lead, now or once all is sealed; each with `sealed` of `seats` sheets, and `due`.

    `awaited`: members have still to speak on what was settled. `lacks`: which reviewers are lacking, in words.
    """
    to_speak = Duty.objects.filter(kind=CONSENT, subject_type=Consolidation._meta.label_lower, closed_at=None)
    live = Sheet.objects.filter(
        ~recused_from(), application_id=OuterRef("application_id"), stage=OuterRef("stage"), state__in=LIVE
    )
    seats = PanelMember.objects.filter(
        panel=OuterRef("panel_id"), reviewer=OuterRef("reviewer_id"), industry_expert=True
    )
    rows = (
        Consolidation.objects.filter(panel__members__reviewer=reviewer, panel__members__lead=True)
        .filter(state__in=("waiting", "open", "signing"))
        .exclude(application__state__in=GONE)
        .select_related(
            "panel",
            "application__organisation",
            "application__cycle__scheme",
            "application__cycle__edition_record",
        )
        .prefetch_related("application__cycle__milestones")
        .annotate(
            sealed=_number(live.filter(state="sealed")),
            seats=_number(live),
            experts=_number(live.filter(Exists(seats))),
            awaited=Exists(to_speak.filter(subject_id=Cast(OuterRef("pk"), CharField()))),
        )
        .order_by("state", "application__number", "stage")
    )
    found: list[Consolidation] = list(without_conflict(with_owed(rows), reviewer.user))
    for row in found:
        row.due = due_of(row.application.cycle, row.stage)  # type: ignore[attr-defined]
        row.lacks = _bench(row).lacks  # type: ignore[attr-defined]
    return found


def _bench(row: Any) -> Bench:
    """From a row with `sealed`, `seats` and `experts`."""
    edition = row.application.cycle.edition
    return Bench(
        sealed=row.sealed,
        drafts=row.seats - row.sealed,
        experts=row.experts,
        owed=row.owed,
        minimum=int(edition.value("panel_minimum")),
        experts_needed=int(edition.value("panel_industry_experts")),
    )


def asked(reviewer: Reviewer) -> list[Duty]:
    """Where I have to speak on a settled item, or to sign a report, the most urgent first."""
    kinds = (CONSENT, COUNTERSIGN)
    duties = Duty.objects.filter(user=reviewer.user, kind__in=kinds, closed_at=None)
    return list(duties.order_by("due_at", "pk"))


def next_sheet(reviewer: Reviewer) -> OpenSheet | None:
    """The most urgent sheet that may be opened."""
    return next((row for row in open_sheets(reviewer) if row.opens), None)


def consolidation_led(sheet: Sheet) -> Consolidation | None:
    """The consolidation of a sheet if its reviewer leads it and it is open."""
    return (
        Consolidation.objects.filter(
            application=sheet.application_id,
            stage=sheet.stage,
            state="open",
            panel__members__reviewer=sheet.reviewer_id,
            panel__members__lead=True,
        )
        .select_related("application__organisation")
        .first()
    )


def sealed_of(sheet: Sheet) -> dict[str, int]:
    """How many of the panel's sheets for the same application and stage are sealed."""
    rows = Sheet.objects.filter(application=sheet.application_id, stage=sheet.stage, state__in=LIVE)
    return rows.aggregate(sealed=Count("pk", filter=Q(state="sealed")), seats=Count("pk"))


def _sheets(reviewer: Reviewer, state: str) -> QuerySet[Sheet]:
    rows = Sheet.objects.filter(reviewer=reviewer, state=state)
    return without_conflict(rows, reviewer.user).select_related(
        "application__organisation", "application__cycle__scheme", "panel"
    )


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("application_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
