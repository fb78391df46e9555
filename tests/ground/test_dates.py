"""A day or moment of a year nobody meant is refused at its field."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from ground.dates import DayField, MomentField


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (DayField(), "0001-01-01"),
        (DayField(), "1799-12-31"),
        (DayField(), "2101-01-01"),
        (DayField(), "9999-12-31"),
        (MomentField(), "0001-01-01T00:00"),
        (MomentField(), "9999-12-31T23:59:59"),
        (MomentField(), "9999-12-31T23:59:59-12:00"),
    ],
)
def test_out_of_reach(field: Any, text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        field.clean(text)
    assert [error.code for error in raised.value.error_list] == ["date_out_of_range"]


@pytest.mark.parametrize("text", ["1800-01-01", "2100-12-31"])
def test_the_ends_count(text: str) -> None:
    assert DayField().clean(text).isoformat() == text
    assert MomentField().clean(f"{text}T12:00").year == int(text[:4])
