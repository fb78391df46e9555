"""Publicity windows, duties after an award, sanctions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.law import editions, workdays
from awards.law.editions import Edition
from publicity.rules import duties, sanctions, window

PARK, CITY = editions.get("park-2023"), editions.get("city-2016")
MOMENTS = st.datetimes(datetime(2023, 1, 2), datetime(2026, 11, 30), timezones=st.just(UTC))
MODES: st.SearchStrategy[window.Mode] = st.sampled_from(["calendar", "working"])


@pytest.mark.clause("R25")
@given(MOMENTS, MODES)
def test_a_window_is_never_shorter_than_its_days(moment: datetime, mode: window.Mode) -> None:
    found = window.count(PARK, [moment], mode)
    published = moment.astimezone(window.ZONE)
    assert found.day_one == published.date() + timedelta(days=1)
    assert (found.last_day - found.day_one).days + 1 >= 7
    assert found.closes_at - published >= timedelta(days=7)
    assert workdays.is_workday(found.last_day)
    assert found.closes_at.isoformat() == f"{found.last_day + timedelta(days=1)}T00:00:00+08:00"
    assert found.rolled == (mode == "calendar" and (found.last_day - found.day_one).days > 6)


@given(MOMENTS)
def test_working_days_are_never_over_before_calendar_days(moment: datetime) -> None:
    assert (
        window.count(PARK, [moment], "working").last_day >= window.count(PARK, [moment], "calendar").last_day
    )


@given(MOMENTS, MOMENTS)
def test_the_last_site_counts(one: datetime, other: datetime) -> None:
    assert window.count(CITY, [one, other]) == window.count(CITY, [other, one])
    assert window.count(CITY, [one, other]) == window.count(CITY, [max(one, other)] * 2)


def test_what_a_window_refuses() -> None:
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    with pytest.raises(window.WrongSites) as wrong:
        window.count(CITY, [moment])
    assert (wrong.value.expected, wrong.value.given) == (2, 1)
    with pytest.raises(window.NoZone) as naive:
        window.count(CITY, [moment, moment.replace(tzinfo=None)])
    assert naive.value.index == 1
    with pytest.raises(workdays.UnknownYear):
        window.count(PARK, [datetime(2026, 12, 28, tzinfo=UTC)])


def test_a_year_that_the_office_entered_counts() -> None:
    new_year = frozenset({date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)})
    extra = {2027: workdays.YearCalendar(2027, "评定办录入", new_year, frozenset())}
    moment = datetime(2026, 12, 25, 2, tzinfo=UTC)
    assert window.count(PARK, [moment], None, extra).last_day == date(2027, 1, 4)


def test_an_edition_may_do_without_rolling() -> None:
    content = PARK.content
    content["parameters"]["publicity_holiday_roll"]["value"] = False
    found = window.count(Edition.from_content(content), [datetime(2026, 9, 28, 2, tzinfo=UTC)])
    assert (found.last_day, found.rolled) == (date(2026, 10, 5), False)


@pytest.mark.clause("R2")
def test_validity_ends_on_the_same_day() -> None:
    assert duties.valid_until(PARK, date(2024, 2, 29)) == date(2027, 2, 28)
    assert duties.valid_until(CITY, date(2024, 12, 1)) == date(2027, 12, 1)


@pytest.mark.clause("R32")
def test_a_holder_may_apply_again_after_three_full_years() -> None:
    assert duties.reapply_from(PARK, date(2023, 11, 20)) == date(2026, 11, 20)


@pytest.mark.clause("R28")
@pytest.mark.parametrize("edition", [PARK, CITY], ids=lambda edition: edition.code)
def test_thirty_days_to_report(edition: Edition) -> None:
    assert duties.report_due(edition, date(2026, 6, 1)) == date(2026, 7, 1)
    assert duties.report_due(edition, date(2026, 9, 1)) == date(2026, 10, 8)
    assert not duties.is_late(edition, date(2026, 6, 1), date(2026, 7, 1))
    assert duties.is_late(edition, date(2026, 6, 1), date(2026, 7, 2))
    assert edition.value("late_reports") == "accepted_marked"
    events = edition.events("incident_events")
    assert [event.article[-3:] for event in events] == ["(一)", "(二)", "(三)", "(四)", "(五)"]


@pytest.mark.clause("R10", "R28")
def test_what_is_reported_is_another_list_than_what_bars() -> None:
    for edition in (PARK, CITY):
        assert "larger" in edition.value("accident_grades")
        assert edition.events("incident_events")[0].code == "major_accident"


def test_grounds() -> None:
    expected = ("major_accident", "consecutive_failed_checks", "other_serious", "fraud")
    assert sanctions.grounds(PARK) == sanctions.grounds(CITY) == expected
    with pytest.raises(sanctions.UnknownGround):
        sanctions.apply(PARK, "bad_luck", date(2026, 1, 1), 0)


@given(st.sampled_from([PARK, CITY]), st.dates(date(2017, 1, 1), date(2090, 1, 1)), st.integers(0, 10**7))
def test_money_comes_back_after_fraud_alone(edition: Edition, day: date, paid: int) -> None:
    for ground in sanctions.grounds(edition):
        found = sanctions.apply(edition, ground, day, paid)
        assert found.revoke
        assert found.public_notice
        assert found.clawback == (paid if ground == "fraud" else 0)
        assert (found.ban_until is not None) == (edition is PARK)
