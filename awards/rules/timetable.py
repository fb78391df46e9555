"""Does a cycle's timetable (工作安排) hold together?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from ground.errors import Fault

# In the order of the articles; a stage neither starts nor ends before the one ahead of it.
LABELS: Mapping[str, str] = {
    "application": "网上申报",
    "recommendation": "推荐单位签署意见",
    "eligibility": "资格审核",
    "material": "材料评审",
    "presentation": "陈述答辩",
    "site": "现场评审",
    "deliberation": "评定委审议",
}
KINDS = tuple(LABELS)
Row = tuple[datetime, datetime]


def start_field(kind: str) -> str:
    return f"{kind}_start"


def due_field(kind: str) -> str:
    return f"{kind}_due"


def faults_in(rows: Mapping[str, Row]) -> list[Fault]:
    """Every fault of a timetable, each at the field it concerns (`application_start`, `application_due`, …).

    Codes: milestone_unknown, milestone_missing, due_before_start, order_wrong.
    """
    faults = [Fault("milestone_unknown", f"没有“{kind}”这一环节。") for kind in rows if kind not in LABELS]
    for kind, label in LABELS.items():
        if kind not in rows:
            faults.append(Fault("milestone_missing", f"请填写“{label}”的开始和截止时间。", start_field(kind)))
        elif rows[kind][1] <= rows[kind][0]:
            faults.append(Fault("due_before_start", f"“{label}”的截止时间应晚于开始时间。", due_field(kind)))
    present = [kind for kind in KINDS if kind in rows]
    for earlier, later in pairwise(present):
        words = f"不应早于“{LABELS[earlier]}”的"
        if rows[later][0] < rows[earlier][0]:
            faults.append(
                Fault("order_wrong", f"“{LABELS[later]}”的开始时间{words}开始时间。", start_field(later))
            )
        if rows[later][1] < rows[earlier][1]:
            faults.append(
                Fault("order_wrong", f"“{LABELS[later]}”的截止时间{words}截止时间。", due_field(later))
            )
    if {"application", "material"} <= rows.keys() and rows["material"][0] < rows["application"][1]:
        faults.append(Fault("order_wrong", "材料评审应在申报截止之后开始。", start_field("material")))
    return faults


def faults_in_change(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Fault]:
    """What may not change any more once the call is public: the application dates people rely on.

    The start stays; the deadline may be put off, never brought forward. Codes: start_published, deadline_earlier.
    """
    kind = "application"
    if kind not in before or kind not in after:
        return []
    faults = []
    if before[kind][0] != after[kind][0]:
        faults.append(Fault("start_published", "申报通知已发布，申报开始时间不能再改。", start_field(kind)))
    if after[kind][1] < before[kind][1]:
        faults.append(Fault("deadline_earlier", "申报截止时间已公布，只能延后，不能提前。", due_field(kind)))
    return faults
