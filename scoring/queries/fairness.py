"""What the page on even scoring reads: sealed sheets of the stages in which nothing is open any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from accounts.permissions import has_role, in_portal
from accounts.roles import Role
from awards.models import Cycle
from scoring.models import Panel, Sheet, SheetItem, Stage
from scoring.queries.benches import GONE
from scoring.queries.conflicts import without_conflict
from scoring.queries.eligible import STAGES
from scoring.rules import fairness
from scoring.rules.fairness import Mark, Total


def may_see_fairness(user: object, cycle: Cycle) -> bool:
    """The head of the scheme's office and the supervisor, nobody else."""
    return has_role(user, Role.OFFICE_HEAD, **cycle.scopes()) or in_portal(user, Role.SUPERVISOR)


def sealed_stages(cycle: Cycle) -> list[Stage]:
    """The stages that are wholly sealed: sheets there are, none is open, and no panel has still to start."""
    open_sheet = Q(state="draft") & ~Q(application__state__in=GONE)
    rows = (
        Sheet.objects.filter(panel__cycle=cycle)
        .order_by()
        .values_list("stage")
        .annotate(open=Count("pk", filter=open_sheet), sealed=Count("pk", filter=Q(state="sealed")))
    )
    forming = {
        stage
        for kind in Panel.objects.filter(cycle=cycle, state="forming")
        .order_by()
        .values_list("kind", flat=True)
        for stage in STAGES[kind]
    }
    done = {stage for stage, open_, sealed in rows if sealed and not open_}
    return [stage for stage in Stage if stage.value in done and stage not in forming]


def sheets_of_stage(cycle: Cycle, stage: str, user: object, panel: Panel | None = None) -> QuerySet[Sheet]:
    """The sheets that count in a stage, without applicants that `user` is recused from."""
    sheets = _counted(cycle, user).filter(stage=stage)
    return sheets if panel is None else sheets.filter(panel=panel)


def _counted(cycle: Cycle, user: object) -> QuerySet[Sheet]:
    sheets = Sheet.objects.filter(panel__cycle=cycle, state="sealed").exclude(application__state__in=GONE)
    return without_conflict(sheets, user).order_by()


def marks_of(sheets: QuerySet[Sheet]) -> list[Mark]:
    rows = SheetItem.objects.filter(sheet__in=sheets).order_by()
    given = rows.values_list("sheet__reviewer_id", "sheet__application_id", "item", "percent")
    return [
        Mark(reviewer, file, item, percent) for reviewer, file, item, percent in given if percent is not None
    ]


def totals_of(sheets: QuerySet[Sheet]) -> list[Total]:
    rows = sheets.values_list("reviewer_id", "application_id", "total")
    return [Total(reviewer, file, float(total)) for reviewer, file, total in rows if total is not None]


@dataclass(frozen=True)
class Filed:
    """An application as the page names it."""

    number: str
    name: str


@dataclass(frozen=True)
class Scored:
    """A sealed sheet's total, with the panel it was given in (key) and the names of reviewer and applicant."""

    stage: str
    panel: int
    total: Total
    reviewer: str
    filed: Filed


def scored_sheets(cycle: Cycle, stages: Sequence[str], user: object) -> list[Scored]:
    """The sheets that count in `stages`, without applicants that `user` is recused from. One query."""
    rows = _counted(cycle, user).filter(stage__in=stages)
    given = rows.values_list(
        "stage",
        "panel_id",
        "reviewer_id",
        "application_id",
        "total",
        "reviewer__user__name",
        "application__number",
        "application__organisation__name",
    )
    return [
        Scored(stage, panel, Total(reviewer, file, float(total)), person, Filed(number, name))
        for stage, panel, reviewer, file, total, person, number, name in given
        if total is not None
    ]


def panels_of_stage(cycle: Cycle, stage: str) -> dict[int, str]:
    """The panels that scored the stage, by key."""
    kinds = [kind for kind, stages in STAGES.items() if stage in stages]
    return dict(Panel.objects.filter(cycle=cycle, kind__in=kinds).order_by("name").values_list("pk", "name"))


def normalised_scores(cycle: Cycle, scores: dict[int, dict[str, Decimal]]) -> dict[int, dict[str, Decimal]]:
    """`scores` (application → stage → score) as the edition's `normalisation` has them; unchanged where it says none.

    `z_score` adds to each stage score what evening out the reviewers adds to the mean of its sheets.
    """
    edition = cycle.edition
    if not edition.has("normalisation") or edition.value("normalisation") == "none":
        return scores
    scale = Decimal(edition.value("score_scale"))
    places = Decimal(1).scaleb(-int(edition.value("stage_score_decimals")))
    made: dict[int, dict[str, Decimal]] = {file: dict(stages) for file, stages in scores.items()}
    for stage in Stage.values:
        sheets = Sheet.objects.filter(panel__cycle=cycle, stage=stage, state="sealed").exclude(
            application__state__in=GONE
        )
        for file, row in fairness.normalised(totals_of(sheets), scale=float(scale)).items():
            if stage in made.get(file, {}):
                moved = made[file][stage] + fairness.decimal_of(row.evened) - fairness.decimal_of(row.raw)
                made[file][stage] = fairness.kept_within(moved, scale, places)
    return made
