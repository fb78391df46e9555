"""Dates and numbers as the pictures write them, the same way as the template filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from ground.moments import SHANGHAI


def day_of(value: date | datetime) -> date:
    """The legal day in Asia/Shanghai."""
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    if value is None:
        return "—"
    legal = day_of(value)
    return f"{legal.year}年{legal.month}月{legal.day}日"


def short_day(value: date | datetime) -> str:
    legal = day_of(value)
    return f"{legal.month}月{legal.day}日"


def two_places(number: Decimal) -> str:
    return str(number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
