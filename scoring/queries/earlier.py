"""What the stage before concluded, for those who score the next one, where the edition allows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scoring.models import Consolidation, Sheet, Stage

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
    row = (
        Consolidation.objects.filter(application=sheet.application_id, stage=stage, state="signed")
        .prefetch_related("items")
        .first()
    )
    if row is None:
        return None
    return Earlier(row.get_stage_display(), row.score, {item.item: item.percent for item in row.items.all()})
