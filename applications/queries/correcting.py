"""What a correction may ask for, and what an answer to it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from applications.models import Application
from applications.queries.assessment import is_online
from applications.queries.opening import ITEM, Opened
from applications.queries.progress import live_evidence, other_gaps, sections
from applications.queries.section import Gap, Section
from applications.queries.years import differing_profits, figures_to_submit
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
# An item that nobody opened, and that points to another file for one that was replaced.
FOLLOWED: Final = "链接的证明材料已更换，条目内容未改"


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


def opened_sections(application: Application, allowed: Opened, now: datetime) -> tuple[Section, ...]:
    """The sections with what is missing in them and can be mended in what a correction opens (`allowed`).

    What is missing elsewhere stops no answer: the applicant could do nothing about it.
    """
    figures = None
    if FIGURES in allowed.codes:
        figures = figures_to_submit(application.organisation, application.submitted_at or now)
    evidence = live_evidence(application)
    found = sections(application, now, evidence=evidence, corrected=figures)
    rest = Section(OTHER, "其他材料", "active", other_gaps(evidence))
    return tuple(
        replace(part, gaps=tuple(gap for gap in part.gaps if _mendable(gap, allowed)))
        for part in (*found, rest)
    )


def one_sided_profits(application: Application, asked: Iterable[str]) -> tuple[str, ...]:
    """The years whose net profit differs from the file's figures after a correction that asked for one of the two alone.

    They can't be made to agree in it: what is wrong may be the one that stayed locked.
    """
    if len({"profit", FIGURES} & set(asked)) != 1:
        return ()
    return differing_profits(application, application.submitted_figures)


def _mendable(gap: Gap, allowed: Opened) -> bool:
    if gap.condition:
        return allowed.condition(gap.condition)
    if gap.facts:
        return any(allowed.fact(key) for key in gap.facts)
    return allowed.section(gap.section.removesuffix("-file"))


def parts_changed(
    before: Iterable[Mapping[str, str]], after: Iterable[Mapping[str, str]], allowed: Opened
) -> list[tuple[str, str]]:
    """(label, NEW, CHANGED, FOLLOWED or GONE) of each part whose digest differs; both as `parts.parts` gives them.

    `allowed`: what the correction opened.
    """
    old = {row["code"]: row for row in before}
    new = {row["code"]: row for row in after}
    found = [
        (row["label"], _how(code, allowed) if code in old else NEW)
        for code, row in new.items()
        if code not in old or old[code]["digest"] != row["digest"]
    ]
    return found + [(row["label"], GONE) for code, row in old.items() if code not in new]


def _how(code: str, allowed: Opened) -> str:
    return FOLLOWED if code.startswith(ITEM) and not allowed.section(code) else CHANGED
