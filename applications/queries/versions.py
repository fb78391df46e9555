"""The kept versions of the profile and of the questions: what they hold, in words, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from applications.models import Application, SectionVersion
from applications.questions import BY_CODE, facts_asked
from applications.rules import difference
from applications.rules.words import in_plain
from applications.wording import LABELS, answers_in_words, in_lines

PROFILE: Final = "profile"
NOTE_LABEL: Final = "说明"


@dataclass(frozen=True)
class VersionLine:
    """A kept version in the list, with what it changed in a few words."""

    version: SectionVersion
    changed: str
    current: bool


def section_label(section: str) -> str:
    return "组织概述" if section == PROFILE else BY_CODE[section].title


def section_content(application: Application, section: str) -> dict[str, Any]:
    """How the section stands now, as versions keep it."""
    if section == PROFILE:
        return {"text": application.profile_text}
    keys = [key for key in BY_CODE[section].facts if key in application.facts]
    return {
        "facts": {key: application.facts[key] for key in keys},
        "note": application.notes.get(section, ""),
    }


def content_in_words(application: Application, section: str, content: Mapping[str, Any]) -> str:
    """What a version says, as text to be compared and read."""
    if section == PROFILE:
        return str(content.get("text", ""))
    question = BY_CODE[section]
    facts = content.get("facts", {})
    asked = facts_asked(question, application.cycle.edition, application.organisation.kind)
    keys = [key for key in question.facts if key in asked or key in facts]
    return in_lines(answers_in_words(question, facts, keys), content.get("note", ""))


def answers_taken_back(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether an answer is missing from `new`, or one was chosen anew. Amounts, rows and notes are typed: they go on."""
    before, after = old.get("facts", {}), new.get("facts", {})
    for key, value in before.items():
        if isinstance(value, (list, dict)):
            if _filled(after.get(key)) < _filled(value):
                return True
        elif after.get(key) != value:
            return True
    return False


def versions_of_section(application: Application, section: str) -> list[VersionLine]:
    """What is kept of a section, the newest first, each with what it changed against the one before."""
    rows = list(application.section_versions.filter(section=section).select_related("saved_by"))
    lines = []
    standing = next((row for row in rows if row.kind != SectionVersion.Kind.ASIDE), None)
    for place, row in enumerate(rows):
        before = _before(rows, place)
        changed = _changed(section, before.content if before else {}, row.content)
        lines.append(VersionLine(row, changed, row is standing))
    return lines


def changes_of(
    application: Application, version: SectionVersion
) -> tuple[tuple[difference.Piece, ...], tuple[difference.Piece, ...]]:
    """(what the version changed against the one before, what differs between it and what stands now)."""
    section = version.section
    rows = application.section_versions.filter(section=section, pk__lt=version.pk)
    before = rows.exclude(kind=SectionVersion.Kind.ASIDE).first()
    text = content_in_words(application, section, version.content)
    old = content_in_words(application, section, before.content) if before else ""
    now = content_in_words(application, section, section_content(application, section))
    return difference.inline(old, text), difference.inline(text, now)


def _before(rows: list[SectionVersion], place: int) -> SectionVersion | None:
    return next((row for row in rows[place + 1 :] if row.kind != SectionVersion.Kind.ASIDE), None)


def _changed(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if section == PROFILE:
        words, before = in_plain(new.get("text", "")), in_plain(old.get("text", ""))
        step = words - before
        return (
            f"{words} 字"
            if not old or not step
            else f"{words} 字（{'多' if step > 0 else '少'} {abs(step)} 字）"
        )
    before, after = old.get("facts", {}), new.get("facts", {})
    labels = [LABELS[key] for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    if old.get("note", "") != new.get("note", ""):
        labels.append(NOTE_LABEL)
    return "、".join(labels) or "没有差别"


def _filled(value: Any) -> int:
    """How many places of an answer are filled in."""
    if isinstance(value, dict):
        return sum(_filled(part) for part in value.values())
    if isinstance(value, list):
        return sum(_filled(part) for part in value)
    return int(value not in (None, ""))
