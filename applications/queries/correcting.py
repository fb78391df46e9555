"""What a correction may ask for, and what an answer to it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from applications.models import Application
from applications.queries.assessment import is_online
from applications.queries.opening import ITEM
from applications.questions import BY_CONDITION, FIGURES, ORGANISATION, OTHER

# Parts of the file that are no condition: code of the item → label.
PARTS: Final = {
    ORGANISATION: "组织信息（登记资料）",
    FIGURES: "近三年经营数据",
    "profile": "组织概述",
    "report": "自评报告",
    OTHER: "其他材料",
}
NEW: Final = "新增"
CHANGED: Final = "修改"
GONE: Final = "移除"


def correctable(application: Application) -> dict[str, dict[str, str]]:
    """Everything an item of a correction may name, in groups: name of the group → code → label.

    Conditions only where the applicant has something to mend: an answer, evidence or the register entry; a ban is
    the portal's own record. Items of the self-assessment only where it is written item by item.
    """
    groups = {
        "申报条件": {
            row.code: row.label for row in application.cycle.edition.conditions if row.code in BY_CONDITION
        },
        "申报材料": dict(PARTS),
    }
    return groups | ({"自评条目": _items(application)} if is_online(application) else {})


def item_labels(application: Application) -> dict[str, str]:
    """code → label of whatever an item of a correction has named, also of a file that has changed its ways since."""
    conditions = {row.code: row.label for row in application.cycle.edition.conditions}
    return conditions | PARTS | _items(application)


def _items(application: Application) -> dict[str, str]:
    return {
        f"{ITEM}{item.code}": f"自评 {item.code} {item.title}" for item in application.cycle.criteria.items
    }


def parts_changed(
    before: Iterable[Mapping[str, str]], after: Iterable[Mapping[str, str]]
) -> list[tuple[str, str]]:
    """(label, NEW, CHANGED or GONE) of each part whose digest differs; both as `parts.parts` gives them."""
    old = {row["code"]: row for row in before}
    new = {row["code"]: row for row in after}
    found = [
        (row["label"], CHANGED if code in old else NEW)
        for code, row in new.items()
        if code not in old or old[code]["digest"] != row["digest"]
    ]
    return found + [(row["label"], GONE) for code, row in old.items() if code not in new]
