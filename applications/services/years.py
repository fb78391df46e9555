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
from audit.services import record
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if

SPAN: Final = 3
MONEY: Final = ("revenue", "net_profit", "tax", "total_assets", "research", "exports")
SERVICE: Final = ("service_volume", "satisfaction")
LARGEST: Final = Decimal(10) ** 14


def figure_years(now: datetime) -> tuple[int, ...]:
    """The three full calendar years before now, the latest first."""
    last = now.astimezone(SHANGHAI).year - 1
    return tuple(range(last, last - SPAN, -1))


@transaction.atomic
def enter_year_figures(
    *,
    organisation: Organisation,
    rows: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> None:
    """Enter the figures of the last three years: year → {revenue, …}; None where there is no figure.

    Only the net profit may be negative; research and exports can't exceed what the other figures allow.
    Refused: unknown_year, number_negative, number_invalid, more_than_revenue.
    """
    require_writer(actor, organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    years = figure_years(now)
    faults: list[Fault] = []
    for year, row in rows.items():
        if year not in years:
            raise Refused("unknown_year", f"只填写 {years[-1]} 至 {years[0]} 年度的数据。")
        faults += _faults(year, row)
    refuse_if(faults)
    kept = {row.year: row for row in organisation.years.filter(year__in=years)}
    before = {str(year): _told(row) for year, row in kept.items()}
    for year, row in rows.items():
        entry = kept.setdefault(year, YearFigures(organisation=organisation, year=year))
        for name in (*MONEY, *SERVICE):
            setattr(entry, name, row.get(name))
        entry.service_unit = " ".join(str(row.get("service_unit") or "").split())[:20]
    after = {str(year): _told(row) for year, row in kept.items()}
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
        field, label = f"{name}_{year}", f"{year} 年度{_label(name)}"
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


def _label(name: str) -> str:
    return str(YearFigures._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _told(row: YearFigures) -> dict[str, str]:
    """A year as the ledger keeps it: what is given, as exact text."""
    values = {name: getattr(row, name) for name in (*MONEY, *SERVICE)}
    told = {name: f"{Decimal(value).normalize():f}" for name, value in values.items() if value is not None}
    return told | ({"service_unit": row.service_unit} if row.service_unit else {})
