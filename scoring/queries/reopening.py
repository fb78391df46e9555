"""Why a sheet has a new version: what the head of the office wrote on sending it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.queries import entries_of
from scoring.models import Sheet


@dataclass(frozen=True)
class Reopening:
    """A sheet sent back (退回重评): the version it replaces, when and why."""

    earlier: Sheet
    at: datetime
    reason: str


def reopening_of(sheet: Sheet) -> Reopening | None:
    """What sent the version before `sheet` back; None for a first version, or where that was not sent back. Two queries."""
    if sheet.version == 1:
        return None
    earlier = Sheet.objects.get(
        application=sheet.application_id,
        stage=sheet.stage,
        reviewer=sheet.reviewer_id,
        version=sheet.version - 1,
    )
    entry = entries_of(earlier).filter(action="sheet.supersede").last()
    return Reopening(earlier, entry.at, str(entry.content["details"]["reason"])) if entry else None
