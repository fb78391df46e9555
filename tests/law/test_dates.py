"""Years are counted to the day; 29 February ends on the 28th."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.law import dates

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
YEARS = st.integers(-50, 50)


@pytest.mark.parametrize(
    ("day", "years", "end"),
    [
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2027, 2, 28), -3, date(2024, 2, 28)),
        (date(2023, 11, 1), 5, date(2028, 11, 1)),
    ],
)
def test_add_years(day: date, years: int, end: date) -> None:
    assert dates.add_years(day, years) == end


def test_outside_the_calendar() -> None:
    with pytest.raises(ValueError, match="year"):
        dates.add_years(date(9999, 1, 1), 1)


@given(DAYS, YEARS)
def test_the_day_stays(day: date, years: int) -> None:
    end = dates.add_years(day, years)
    assert end.year == day.year + years
    assert (end.month, end.day) in ((day.month, day.day), (2, 28))


@given(DAYS, DAYS)
def test_full_years(one: date, other: date) -> None:
    years = dates.full_years_between(one, other)
    assert dates.add_years(one, years) <= other < dates.add_years(one, years + 1)


@given(DAYS, st.integers(1, 10))
def test_both_boundary_days_count(as_of: date, years: int) -> None:
    first = dates.add_years(as_of, -years)
    assert dates.within_years_back(first, as_of, years)
    assert dates.within_years_back(as_of, as_of, years)
    assert not dates.within_years_back(date.fromordinal(first.toordinal() - 1), as_of, years)
    assert not dates.within_years_back(date.fromordinal(as_of.toordinal() + 1), as_of, years)


def test_a_ban_bars_before_its_last_day() -> None:
    assert dates.bars(date(2031, 3, 1), date(2031, 2, 28))
    assert not dates.bars(date(2031, 3, 1), date(2031, 3, 1))
