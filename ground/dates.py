"""Fields for a day and for a moment: every form takes its own from here, so that none keeps a year nobody meant.

A year far out breaks every page that shows it (1 January of year 1 in Shanghai is no date in UTC).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django import forms
from django.core.exceptions import ValidationError

FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2100


def within_reach(day: date) -> None:
    """Raises ValidationError date_out_of_range for a day, or moment, outside FIRST_YEAR to LAST_YEAR."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            f"请核对年份：应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间。", code="date_out_of_range"
        )


class DayField(forms.DateField):
    default_validators = [within_reach]


class MomentField(forms.DateTimeField):
    default_validators = [within_reach]
