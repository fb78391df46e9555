"""Sending a sheet back: what the head of the office wrote, and why a sheet can't be sent back (any more)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.queries import entries_of
from scoring.models import Consolidation, Sheet


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


def why_not_reopened(sheet: Sheet) -> str:
    """The one cause that keeps a sealed sheet from being sent back; empty where none does. One query at most."""
    if sheet.state == "superseded":
        return f"这份评分表已被第 {sheet.version + 1} 版替代，不能再退回。"
    if sheet.state == "void":
        return "这份评分表已经作废，不能再退回。"
    report = Consolidation.objects.get(application=sheet.application_id, stage=sheet.stage)
    return {
        "waiting": "",
        "open": "全部评分表都已封存，评审员已经互相看到评分，不能再退回。有不妥的条目由组长在合议中说明并确定。",
        "signing": "组长已经签署评审报告，评分表不能再退回。",
        "signed": "评审报告已经签署，评分表不能再退回。",
    }[report.state]
