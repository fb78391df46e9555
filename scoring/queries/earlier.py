"""What the stage before concluded, for those who score the next one, where the edition allows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scoring.models import ConsolidatedItem, Sheet, Stage

PARAMETER = "show_previous_consensus"
# The presentation has a rubric of its own: the visit goes over the same items as the material review.
BEFORE = {Stage.SITE: Stage.MATERIAL}


@dataclass(frozen=True)
class Earlier:
    """The signed consensus (合议结果) of the stage before: its score, and the percentage of each item."""

    label: str
    score: Decimal | None
    percents: dict[str, int]


def earlier_consensus(sheet: Sheet) -> Earlier | None:
    """None where the edition keeps it back, nothing is signed, or the stage before scored other items."""
    edition = sheet.application.cycle.edition
    stage = BEFORE.get(Stage(sheet.stage))
    if stage is None or not (edition.has(PARAMETER) and edition.value(PARAMETER)):
        return None
    items = list(
        ConsolidatedItem.objects.filter(
            consolidation__application=sheet.application_id,
            consolidation__stage=stage,
            consolidation__state="signed",
        ).select_related("consolidation")
    )
    if not items:
        return None
    score = items[0].consolidation.score
    return Earlier(stage.label, score, {item.item: item.percent for item in items})
