"""The figures of the last years, and the office's word on a code whose check digit does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import holds_anywhere, person
from accounts.roles import OFFICE_ROLES
from applications.models import Organisation, YearFigures
from applications.permissions import require_writer
from applications.queries.years import MONEY, SERVICE, figure_label, told, years_to_enter
from audit.services import record
from ground.errors import Fault, Refused, refuse_if

LARGEST: Final = Decimal(10) ** 14


@transaction.atomic
def enter_year_figures(
    *,
    organisation: Organisation,
    rows: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> None:
    """Enter the figures of the last years (queries.years.years_to_enter): year → {revenue, …}; None where there is no figure.

    A figure that isn't named stays as it is.

    Only the net profit may be negative; research and exports can't exceed what the other figures allow.
    Refused: unknown_year, number_negative, number_invalid, more_than_revenue.
    """
    require_writer(actor, organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    years = years_to_enter(organisation, now)
    faults: list[Fault] = []
    kept = {row.year: row for row in organisation.years.filter(year__in=years)}
    for year, row in rows.items():
        if year not in years:
            raise Refused("unknown_year", f"只填写 {years[-1]} 至 {years[0]} 年度的数据。")
        standing = {name: getattr(kept.get(year), name, None) for name in (*MONEY, *SERVICE)}
        faults += _faults(year, {**standing, **row})
    refuse_if(faults)
    before = {str(year): told(row) for year, row in kept.items()}
    for year, row in rows.items():
        if not row:
            continue
        entry = kept.setdefault(year, YearFigures(organisation=organisation, year=year))
        for name in (*MONEY, *SERVICE):
            if name in row:
                setattr(entry, name, row[name])
        if "service_unit" in row:
            entry.service_unit = " ".join(str(row["service_unit"] or "").split())[:20]
    after = {str(year): told(row) for year, row in kept.items()}
    if before == after:
        return
    for entry in kept.values():
        entry.saved_by, entry.saved_at = person(actor), now
        entry.save()
    record(
        actor=actor,
        action="organisation.figures",
        subject=organisation,
        at=now,
        before=before or None,
        after=after,
    )


@transaction.atomic
def verify_code(*, organisation: Organisation, note: str, actor: Actor, now: datetime) -> None:
    """The office has compared the code with the licence: the flag goes. Refused: wrong_state, note_required.

    Any scheme's office may: the register serves all of them.
    """
    if not holds_anywhere(actor, *OFFICE_ROLES):
        raise PermissionDenied("信用代码由评定办核对。")
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not locked.uscc_unverified:
        raise Refused("wrong_state", "这家组织的信用代码已经核对过了。请刷新页面。")
    note = note.strip()
    if not note:
        raise Refused("note_required", "请写明核对情况，例如“与营业执照原件一致”。", field="note")
    locked.uscc_unverified = False
    locked.save(update_fields=["uscc_unverified"])
    record(
        actor=actor,
        action="organisation.verify_code",
        subject=locked,
        at=now,
        before={"uscc_unverified": True},
        after={"uscc_unverified": False},
        details={"reason": note},
    )
    organisation.refresh_from_db()


def _faults(year: int, row: Mapping[str, Any]) -> list[Fault]:
    faults = []
    for name in (*MONEY, *SERVICE):
        value = row.get(name)
        if value is None:
            continue
        field, label = f"{name}_{year}", f"{year} 年度{figure_label(name)}"
        if value < 0 and name != "net_profit":
            faults.append(Fault("number_negative", f"{label}不能是负数。", field))
        elif abs(value) >= LARGEST:
            faults.append(Fault("number_invalid", f"请核对{label}，单位是元。", field))
        elif name == "satisfaction" and value > 100:
            faults.append(Fault("number_invalid", f"{label}在 0 到 100 之间。", field))
    revenue = row.get("revenue")
    exports = row.get("exports")
    if exports is not None and revenue is not None and exports > revenue:
        faults.append(
            Fault("more_than_revenue", f"{year} 年度出口额大于营业收入，请核对。", f"exports_{year}")
        )
    return faults
