"""Bringing back what was written on a score sheet without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from audit.services import record
from ground.errors import refuse_if
from scoring.models import OfflineDevice, Sheet, SheetItem
from scoring.queries.score_forms import ScoreForm, as_text, score_form
from scoring.services.devices import trusted_device
from scoring.services.entries import fitted
from scoring.services.sheets import save_items

# Each of the two, and what its reviewer reads there when the other one was refused.
PARTNER: Final = {"band": "percent", "percent": "band"}
TOGETHER: Final = {
    "band": "评分没有被接受，区间也没有保存。",
    "percent": "区间没有被接受，评分也没有保存。",
}


@dataclass
class SyncedSheet:
    """What became of what a device sent; the rest is saved.

    `conflicts`: field → what stands there now, saved elsewhere since; `refused`: field → why.
    """

    conflicts: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def sync_sheet(
    *,
    device: OfflineDevice,
    sheet: Sheet,
    entries: Mapping[str, Any],
    refused: Mapping[str, str],
    taken: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> SyncedSheet:
    """Save what can be saved, field by field, band and percentage of an item together; sending it again changes nothing.

    1. Lock device and sheet; 2. hold back what the form has refused already, what doesn't fit, and 3. what would go over
    something saved elsewhere since; 4. save the rest and note it. `entries`: field (such as "percent-4.1.2") → clean
    value; `taken`: field → what the device had before, as `as_text`. Refused: device_revoked, unknown_item, as
    save_items where the sheet is written on no more; PermissionDenied: not the sheet of the device's reviewer.
    """
    trusted = trusted_device(device, actor)
    locked = (
        Sheet.objects.select_related("application__cycle__edition_record")
        .select_for_update(of=("self",))
        .get(pk=sheet.pk)
    )
    if locked.reviewer_id != trusted.reviewer_id:
        raise PermissionDenied("只能由评审员本人办理。")
    form = score_form(locked.application.cycle, locked.stage)
    rows = {row.item: row for row in locked.items.all()}
    done = SyncedSheet(refused=dict(refused))
    fitting = _fitting(form, locked, rows, _without(entries, done), done)
    stands = {name: as_text(_kept(form, locked, rows, name)) for name in fitting}
    lost = {
        name
        for name, value in fitting.items()
        if stands[name] not in (taken.get(name, ""), as_text(entries.get(name)), as_text(value))
    }
    lost |= {_partner(name) for name in lost} & fitting.keys()
    done.conflicts = {name: stands[name] for name in fitting if name in lost}
    saved = {name: value for name, value in fitting.items() if name not in lost}
    if any(stands[name] != as_text(value) for name, value in saved.items()):
        items, whole = _by_item(saved)
        save_items(sheet=sheet, items=items, **whole, actor=actor, now=now)
        record(
            actor=actor,
            action="device.sync",
            subject=locked,
            at=now,
            details={"device": trusted.name, "saved": sorted(saved), "conflicts": sorted(done.conflicts)},
        )
    return done


def _fitting(
    form: ScoreForm,
    sheet: Sheet,
    rows: Mapping[str, SheetItem],
    entries: Mapping[str, Any],
    done: SyncedSheet,
) -> dict[str, Any]:
    """The entries as they would be saved, with what they bring along; what speaks against the others goes to `done`."""
    items, whole = _by_item(entries)
    found, faults = fitted(form, sheet.application, rows, items)
    refuse_if(fault for fault in faults if fault.code == "unknown_item")
    for fault in faults:
        # The scale's faults name the item, which has its percentage for a field.
        line = form.line(fault.field)
        at = f"percent-{line.code}" if line else fault.field
        done.refused[at] = fault.message.removeprefix(f"{line.title}：") if line else fault.message
    values = {f"{name}-{code}": value for code, one in found.items() for name, value in one.items()}
    return _without(values | whole, done)


def _without(entries: Mapping[str, Any], done: SyncedSheet) -> dict[str, Any]:
    """What is not refused; of band and percentage neither, where one of them is."""
    for name in [name for name in done.refused if _partner(name) in entries]:
        partner = _partner(name)
        done.refused.setdefault(partner, TOGETHER[partner.partition("-")[0]])
    return {name: value for name, value in entries.items() if name not in done.refused}


def _partner(name: str) -> str:
    field_name, _, code = name.partition("-")
    return f"{PARTNER[field_name]}-{code}" if field_name in PARTNER else ""


def _by_item(entries: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """As `save_items` takes them: item code → its fields, and the fields of the sheet itself."""
    items: dict[str, dict[str, Any]] = {}
    whole: dict[str, Any] = {}
    for key, value in entries.items():
        name, _, code = key.partition("-")
        (items.setdefault(code, {}) if code else whole)[name] = value
    return items, whole


def _kept(form: ScoreForm, sheet: Sheet, rows: Mapping[str, SheetItem], key: str) -> Any:
    """What stands in that field now; a percentage saved without its band is shown with it."""
    name, _, code = key.partition("-")
    if not code:
        return getattr(sheet, name)
    row = rows.get(code)
    if row is None:
        return None
    if name == "band" and row.band is None and row.percent is not None:
        return form.band_start(row.percent)
    return getattr(row, name)
