"""Writing on a visit: agenda, answers, interviews, documents, minutes, captions, entry by entry and several at once.

An entry has a key: "opening_text" (a field of the visit), "line-12-subject", "answer-34-4.1.2-outcome" (sheet 34, item
4.1.2) or "photo-5-caption".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from audit.services import record
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from scoring.models import SiteVisit, VisitAnswer, VisitLine, VisitPhoto
from scoring.queries.references import Issue, issues_to_verify, numbered_lines
from scoring.queries.visits import Access
from scoring.services.visits import MINUTES, locked_visit

LINES_MOST: Final = 100
LINE_FIELDS: Final = {
    VisitLine.Kind.AGENDA: ("on", "starts", "ends", "subject", "who", "place"),
    VisitLine.Kind.INTERVIEW: ("on", "who", "subject", "notes"),
    VisitLine.Kind.DOCUMENT: ("subject", "place", "notes"),
}
MINUTES_FIELDS: Final = tuple(f"{part}_{name}" for part in MINUTES for name in ("at", "present", "text"))
ANSWER_FIELDS: Final = ("outcome", "answer")


@dataclass(frozen=True)
class Entry:
    """Where a key leads: the row and its field; `plan`: part of what the applicant is shown."""

    row: SiteVisit | VisitLine | VisitAnswer | VisitPhoto
    field: str
    plan: bool = False

    @property
    def value(self) -> Any:
        return getattr(self.row, self.field)


def entries_of(visit: SiteVisit, issues: Iterable[Issue] | None = None) -> dict[str, Entry]:
    """Every key of a visit with its entry, the minutes first. Answers not begun have rows that are not saved yet.

    `issues`: the questions carried over, where the caller has read them.
    """
    found = {name: Entry(visit, name) for name in MINUTES_FIELDS}
    for line in numbered_lines(visit.lines.filter(removed_at=None)):
        agenda = line.kind == VisitLine.Kind.AGENDA
        for name in LINE_FIELDS[VisitLine.Kind(line.kind)]:
            found[f"line-{line.pk}-{name}"] = Entry(line, name, plan=agenda)
    begun = {(row.sheet_id, row.item): row for row in visit.answers.all()}
    for issue in issues_to_verify(visit.application) if issues is None else issues:
        place = (issue.sheet_id, issue.item)
        row = begun.get(place) or VisitAnswer(visit=visit, sheet_id=issue.sheet_id, item=issue.item)
        for name in ANSWER_FIELDS:
            found[f"answer-{issue.sheet_id}-{issue.item}-{name}"] = Entry(row, name)
    for photo in visit.photos.filter(removed_at=None).select_related("file"):
        found[f"photo-{photo.pk}-caption"] = Entry(photo, "caption")
    return found


def as_typed(value: object) -> str:
    """A value as a field of a form shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def may_write(access: Access, entry: Entry) -> bool:
    """The agenda is the planners', all else theirs who go; signed minutes are nobody's."""
    if isinstance(entry.row, SiteVisit):
        part = entry.field.partition("_")[0]
        return access.write and getattr(entry.row, f"{part}_signed_at") is None
    return access.plan if entry.plan else access.write


@transaction.atomic
def save_visit(
    *, visit: SiteVisit, values: Mapping[str, Any], revision: int, actor: Actor, now: datetime
) -> int:
    """Save entries by their keys, all or none; the revision afterwards.

    `revision`: the save on top of which they were written; what somebody else saved since is not overwritten. Refused:
    unknown_entry, minutes_signed, stale_revision (one fault for each key).
    """
    locked, access = locked_visit(visit, actor)
    entries, me = entries_of(locked), person(actor)
    faults, changed = [], {}
    for key, value in values.items():
        entry = entries.get(key)
        if entry is None:
            faults.append(Fault("unknown_entry", "这一行已经移除，请刷新页面。", key))
        elif entry.value != value:
            faults += _against(locked, access, key, entry, value, revision, me.pk)
            changed[key] = (entry, value)
    refuse_if(faults)
    if not changed:
        return locked.revision
    locked.revision += 1
    rows: dict[int, Any] = {}
    for key, (entry, value) in changed.items():
        setattr(entry.row, entry.field, value)
        locked.touched[key] = [locked.revision, me.pk, me.name]
        rows[id(entry.row)] = entry.row
    for row in rows.values():
        if row is not locked:
            row.save()
    locked.saved_at = now
    locked.save(update_fields=["revision", "touched", "saved_at", *MINUTES_FIELDS])
    visit.revision, visit.touched, visit.saved_at = locked.revision, locked.touched, now
    return locked.revision


@transaction.atomic
def add_line(
    *, visit: SiteVisit, kind: str, actor: Actor, now: datetime, client_id: UUID | None = None
) -> VisitLine:
    """A new empty line of the agenda, the interviews or the documents. Refused: too_many_lines."""
    locked, access = locked_visit(visit, actor)
    _require_line(access, kind)
    if locked.lines.filter(kind=kind, removed_at=None).count() >= LINES_MOST:
        raise Refused("too_many_lines", f"最多 {LINES_MOST} 行。")
    day = locked.starts_on if kind == VisitLine.Kind.AGENDA else None
    last = locked.lines.filter(kind=kind, removed_at=None).exclude(on=None).last()
    return VisitLine.objects.create(
        visit=locked,
        kind=kind,
        on=last.on if last else day,
        client_id=client_id,
        added_by=person(actor),
        added_at=now,
    )


@transaction.atomic
def remove_line(*, line: VisitLine, actor: Actor, now: datetime) -> None:
    """Take a line off; the ledger keeps what it said. Removing twice changes nothing."""
    locked, access = locked_visit(line.visit, actor)
    _require_line(access, line.kind)
    if not VisitLine.objects.filter(pk=line.pk, removed_at=None).update(removed_at=now):
        return
    fields = LINE_FIELDS[VisitLine.Kind(line.kind)]
    record(
        actor=actor,
        action="visit.remove_line",
        subject=locked,
        at=now,
        before={"kind": line.kind} | {name: as_typed(getattr(line, name)) for name in fields},
    )


def _against(
    visit: SiteVisit, access: Access, key: str, entry: Entry, value: object, revision: int, me: int
) -> list[Fault]:
    if not may_write(access, entry):
        if entry.row is visit and access.write:
            return [Fault("minutes_signed", "纪要已经签署，不能再修改。", key)]
        raise PermissionDenied("现场评审由评定办、带队的人和参加人员填写；报告签署后不再修改。")
    saved, by, name = visit.touched.get(key, (0, me, ""))
    kept = as_typed(entry.value)
    if saved > revision and by != me and kept and not as_typed(value).startswith(kept):
        return [Fault("stale_revision", f"{name}刚刚保存了“{kept}”，请核对。", key)]
    return []


def _require_line(access: Access, kind: str) -> None:
    if not (access.plan if kind == VisitLine.Kind.AGENDA else access.write):
        raise PermissionDenied("现场评审由评定办、带队的人和参加人员填写；报告签署后不再修改。")
