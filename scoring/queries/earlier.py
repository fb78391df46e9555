"""What went before the visit on site, item by item, as far as the member who scores it may know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from scoring.models import ConsolidatedItem, Sheet, SheetItem, Stage
from scoring.queries.score_forms import SHOWN, ScoreForm, score_form

# The presentation has a rubric of its own: the visit goes over the same items as the material review.
BEFORE = {Stage.SITE: Stage.MATERIAL}


@dataclass(frozen=True)
class Earlier:
    """The stage before: its score and the percentage of each item.

    The signed consensus (合议结果) where the edition shows it; otherwise, `own`, what the member's own sealed sheet says.
    """

    label: str
    score: Decimal | None
    percents: dict[str, int]
    own: bool = False

    @property
    def whose(self) -> str:
        """Whose figures these are, in words to the member."""
        return f"您本人的{self.label}" if self.own else f"{self.label}合议"


def earlier_of(sheet: Sheet) -> Earlier | None:
    """For the sheet's own reviewer; None where there is nothing that they may know. Two queries at most."""
    stage = BEFORE.get(Stage(sheet.stage))
    if stage is None:
        return None
    edition = sheet.application.cycle.edition
    shown = edition.has(SHOWN) and edition.value(SHOWN)
    return (_consensus(sheet, stage) if shown else None) or _own(sheet, stage)


def form_of(sheet: Sheet, earlier: Earlier | None) -> ScoreForm:
    """The sheet's blank form; where nothing goes before for its reviewer, nothing asks for what has changed."""
    form = score_form(sheet.application.cycle, sheet.stage)
    return replace(form, explains=False) if earlier is None else form


def _consensus(sheet: Sheet, stage: Stage) -> Earlier | None:
    items = list(
        ConsolidatedItem.objects.filter(
            consolidation__application=sheet.application_id,
            consolidation__stage=stage,
            consolidation__state="signed",
        ).select_related("consolidation")
    )
    if not items:
        return None
    return Earlier(stage.label, items[0].consolidation.score, {item.item: item.percent for item in items})


def _own(sheet: Sheet, stage: Stage) -> Earlier | None:
    rows = list(
        SheetItem.objects.filter(
            sheet__application=sheet.application_id,
            sheet__stage=stage,
            sheet__reviewer=sheet.reviewer_id,
            sheet__state="sealed",
        )
        .exclude(percent=None)
        .values_list("item", "percent", "sheet__total")
    )
    if not rows:
        return None
    percents = {item: percent for item, percent, _ in rows if percent is not None}
    return Earlier(stage.label, rows[0][2], percents, own=True)
