"""Holidays of a year, entered by the office from the State Council's notice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from audit.services import record
from awards.models import OfficeWorkdays
from awards.permissions import is_office_anywhere
from ground.errors import Fault, refuse_if

SATURDAY = 5


@transaction.atomic
def enter_workdays(
    *,
    year: int,
    holidays: Collection[date],
    makeup_days: Collection[date],
    source: str,
    actor: User,
    now: datetime,
) -> OfficeWorkdays:
    """Enter or correct the holidays (放假日) and make-up working days (调休上班日) of a year.

    The calendar serves all schemes, so the office of any scheme may enter it; the ledger keeps what stood before.
    It counts before the calendar shipped for that year, should the State Council have changed its mind.
    Refused: source_missing, holidays_missing, other_year, both_kinds, makeup_not_weekend.
    """
    if not is_office_anywhere(actor):
        raise PermissionDenied("节假日安排由评定办录入。")
    refuse_if(_faults(year, holidays, makeup_days, source))
    content = {
        "holidays": [day.isoformat() for day in sorted(set(holidays))],
        "makeup_days": [day.isoformat() for day in sorted(set(makeup_days))],
        "source": source.strip(),
    }
    kept = OfficeWorkdays.objects.select_for_update().filter(year=year).first()
    before = None if kept is None else {key: getattr(kept, key) for key in content}
    entered, _ = OfficeWorkdays.objects.update_or_create(
        year=year, defaults={**content, "entered_by": actor, "entered_at": now}
    )
    record(
        actor=actor,
        action="workdays.entered",
        subject=entered,
        at=now,
        before=before,
        after=content,
        details={"label": "录入节假日安排", "year": year},
    )
    return entered


def _faults(year: int, holidays: Collection[date], makeup_days: Collection[date], source: str) -> list[Fault]:
    faults = []
    if not source.strip():
        faults.append(
            Fault("source_missing", "请写明国务院办公厅通知的文号或网址，公示期限以它为依据。", "source")
        )
    if not holidays:
        faults.append(Fault("holidays_missing", "请填写放假日，每行一天。", "holidays"))
    for field, days in (("holidays", holidays), ("makeup_days", makeup_days)):
        strangers = sorted(day for day in days if day.year != year)
        if strangers:
            words = "、".join(day.isoformat() for day in strangers)
            faults.append(Fault("other_year", f"这些日期不在 {year} 年：{words}。", field))
    both = sorted(set(holidays) & set(makeup_days))
    if both:
        words = "、".join(day.isoformat() for day in both)
        faults.append(Fault("both_kinds", f"同一天不能既放假又上班：{words}。", "makeup_days"))
    plain = sorted(day for day in makeup_days if day.weekday() < SATURDAY)
    if plain:
        words = "、".join(day.isoformat() for day in plain)
        faults.append(Fault("makeup_not_weekend", f"调休上班日应是周六或周日：{words}。", "makeup_days"))
    return faults
