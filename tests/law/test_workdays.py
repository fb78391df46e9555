"""Working days: against an independent source day by day; unknown years are refused, entered ones count."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

from awards.law import source, workdays
from awards.law.workdays import YearCalendar

GOOD: dict[str, Any] = {
    "year": 2027,
    "source": "评定办录入",
    "days_off": [{"name": "元旦", "from": "2027-01-01", "until": "2027-01-03"}],
    "made_up": ["2027-01-09"],
}


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_each_day_of_the_year(year: int) -> None:
    day, differing = date(year, 1, 1), []
    while day.year == year:
        if workdays.is_workday(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []
    assert str(year) in workdays.source(year)


def test_years_that_ship() -> None:
    assert workdays.years() == (2023, 2024, 2025, 2026)


@pytest.mark.parametrize("year", [2022, 2027])
def test_an_unknown_year_is_never_guessed(year: int) -> None:
    with pytest.raises(workdays.UnknownYear, match=str(year)) as caught:
        workdays.is_workday(date(year, 6, 1))
    assert caught.value.year == year


def test_a_year_entered_by_the_office() -> None:
    extra = {2027: YearCalendar.from_content(GOOD)}
    assert not workdays.is_workday(date(2027, 1, 1), extra)
    assert workdays.is_workday(date(2027, 1, 9), extra)
    assert workdays.first_workday_from(date(2027, 1, 1), extra) == date(2027, 1, 4)
    assert workdays.source(2027, extra) == "评定办录入"
    assert workdays.is_workday(date(2026, 1, 5), extra)
    corrected = YearCalendar(2026, "更正", frozenset({date(2026, 6, 1)}), frozenset())
    assert not workdays.is_workday(date(2026, 6, 1), {2026: corrected})


def test_the_nth_working_day() -> None:
    assert workdays.nth_workday_from(date(2026, 10, 1), 1) == date(2026, 10, 8)
    assert workdays.nth_workday_from(date(2026, 10, 1), 3) == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"year": "x"}, "应为数字"),
        ({"made_up": ["2027-01-01"]}, "不能既放假又上班"),
        ({"made_up": ["2026-01-09"]}, "不在 2027 年内"),
        ({"days_off": [{"name": "元旦", "from": "2027-01-03", "until": "2027-01-01"}]}, "止日早于起日"),
        ({"days_off": [{"name": "元旦", "from": "2026-12-31", "until": "2027-01-01"}]}, "不在 2027 年内"),
        ({"days_off": [{"from": "2027-01-01", "until": "2027-13-01"}]}, "缺少这一项"),
        ({"note": "x"}, "不认识的项目"),
    ],
)
def test_a_faulty_year_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(source.Refused, match=said):
        YearCalendar.from_content({**GOOD, **change})


def test_a_faulty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2027.yaml"
    path.write_text("year: 2027\nsource: x\ndays_off: []\nmade_up: [2026-01-01]\n", encoding="utf-8")
    with pytest.raises(source.Refused, match=r"2027.yaml:4: made_up\[0\]"):
        workdays.load(path)
