"""What a correction may ask for, and what an answer to it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from applications.models import Application
from applications.questions import FIGURES, ORGANISATION, OTHER

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


def correctable(application: Application) -> dict[str, str]:
    """Everything an item of a correction may name, in the order of the file: code → label."""
    return {row.code: row.label for row in application.cycle.edition.conditions} | PARTS


def parts_changed(
    before: Iterable[Mapping[str, str]], after: Iterable[Mapping[str, str]]
) -> list[tuple[str, str]]:
    """(label, NEW, CHANGED or GONE) of each part whose digest differs; both as `progress.parts` gives them."""
    old = {row["code"]: row for row in before}
    new = {row["code"]: row for row in after}
    found = [
        (row["label"], CHANGED if code in old else NEW)
        for code, row in new.items()
        if code not in old or old[code]["digest"] != row["digest"]
    ]
    return found + [(row["label"], GONE) for code, row in old.items() if code not in new]
