"""Bringing back what was written and photographed on a visit without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from ground.errors import Refused
from scoring.models import OfflineDevice, SiteVisit, VisitLine, VisitPhoto
from scoring.queries.visits import Access
from scoring.services.devices import trusted_device
from scoring.services.visit_entries import (
    Entry,
    add_line,
    as_typed,
    entries_of,
    may_write,
    save_visit,
)
from scoring.services.visits import add_photo, locked_visit

GONE = "这一行在平台上已经移除，没有保存。"
SIGNED = "纪要已经签署，不能再修改，没有保存。"


@dataclass(frozen=True)
class NewLine:
    """A line begun on the device under a name of its own; `values`: field → clean value."""

    client_id: UUID
    kind: str
    values: Mapping[str, Any]


@dataclass
class Synced:
    """What became of what a device sent; the rest is saved.

    `conflicts`: key → what stands there now, saved by somebody else; `refused`: key (for a new line its client id) → why;
    `lines`: client id → the line it has become.
    """

    revision: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def sync_visit(
    *,
    device: OfflineDevice,
    visit: SiteVisit,
    entries: Mapping[str, Any],
    taken: Mapping[str, str],
    lines: Sequence[NewLine],
    actor: Actor,
    now: datetime,
) -> Synced:
    """Save what can be saved, entry by entry; sending the same again changes nothing.

    1. Lock device and visit; 2. lines begun on the device, each once; 3. entries of lines and of the visit, unless somebody
    else has written there since; 4. save. `entries`: key (services.visit_entries) → clean value; `taken`: key → what the
    device had before, as `as_typed`. Refused: device_revoked; PermissionDenied: the actor doesn't write on this visit.
    """
    trusted_device(device, actor)
    locked, access = locked_visit(visit, actor)
    if not access.write:
        raise PermissionDenied("现场记录由参加现场评审的人员填写；报告签署后不再修改。")
    done = Synced(revision=locked.revision)
    made = {line.client_id: _come_in(locked, line, done, actor, now) for line in lines}
    known = entries_of(locked)
    wanted: dict[str, Any] = {}
    for key, value in entries.items():
        _take(done, access, known, wanted, key, value, taken.get(key, ""))
    me = person(actor).pk
    for line in lines:
        row = made[line.client_id]
        if row is None:
            continue
        for name, value in line.values.items():
            key = f"line-{row.pk}-{name}"
            _, by, _ = locked.touched.get(key, (0, me, ""))
            mine = as_typed(known[key].value) if by == me else ""
            _take(done, access, known, wanted, key, value, mine)
    done.revision = save_visit(visit=visit, values=wanted, revision=locked.revision, actor=actor, now=now)
    return done


@transaction.atomic
def sync_photo(
    *,
    device: OfflineDevice,
    visit: SiteVisit,
    upload: File[bytes],
    client_id: UUID,
    caption: str,
    actor: Actor,
    now: datetime,
) -> VisitPhoto:
    """A picture kept on the device until now; sent again it is kept once. Refused: device_revoked, as add_photo."""
    trusted_device(device, actor)
    return add_photo(visit=visit, upload=upload, caption=caption, client_id=client_id, actor=actor, now=now)


def _come_in(visit: SiteVisit, line: NewLine, done: Synced, actor: Actor, now: datetime) -> VisitLine | None:
    """The line's row, begun now or when it was first sent; None, with the reason in `done`, where there is none."""
    row = visit.lines.filter(client_id=line.client_id).first()
    if row is not None and row.removed_at is not None:
        done.refused[str(line.client_id)] = GONE
        return None
    if row is None:
        try:
            row = add_line(visit=visit, kind=line.kind, client_id=line.client_id, actor=actor, now=now)
        except Refused as refusal:
            done.refused[str(line.client_id)] = str(refusal)
            return None
    done.lines[str(line.client_id)] = row.pk
    return row


def _take(
    done: Synced,
    access: Access,
    known: Mapping[str, Entry],
    wanted: dict[str, Any],
    key: str,
    value: Any,
    taken: str,
) -> None:
    """Put one entry among those to save, or say in `done` why not."""
    entry = known.get(key)
    if entry is None:
        done.refused[key] = GONE
    elif entry.plan or not may_write(access, entry):
        done.refused[key] = SIGNED if isinstance(entry.row, SiteVisit) else "日程只能联网修改，没有保存。"
    elif as_typed(entry.value) not in (taken, as_typed(value)):
        done.conflicts[key] = as_typed(entry.value)
    else:
        wanted[key] = value
