"""Who of the pool can take work: standing, days away, load against its limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from scoring.models import Reviewer, Training, Unavailability
from scoring.queries import eligible_reviewers
from scoring.queries.eligible import covers, load_of
from scoring.queries.past_work import loads_of
from scoring.services import Seat, declare_recusal, seat_substitute, start_panel
from tests.kept import kept
from tests.scoring.builders import House, make_house

pytestmark = pytest.mark.django_db


@kept
def house(now: datetime) -> House:
    return make_house(now)


def names(house: House, **given: str) -> list[str]:
    return [entry.reviewer.user.name for entry in eligible_reviewers(house.cycle, **given)]


def test_the_disqualified_and_the_full_are_left_out(house: House) -> None:
    house.applicant()
    house.applicant()
    free, full, gone = (house.reviewer(name=name) for name in ("甲", "乙", "丙"))
    seats = [*house.bench()]
    house.form([*seats, Seat(full)])
    Reviewer.objects.filter(pk=full.pk).update(load_limit=2)
    Reviewer.objects.filter(pk=gone.pk).update(disqualified_at=house.now)
    found = {entry.reviewer.pk: entry for entry in eligible_reviewers(house.cycle)}
    assert free.pk in found
    assert not {full.pk, gone.pk} & set(found)
    assert found[free.pk].room is None
    assert found[seats[0].reviewer.pk].load == 2
    Reviewer.objects.filter(pk=full.pk).update(load_limit=3)
    assert {entry.reviewer.pk: entry.room for entry in eligible_reviewers(house.cycle)}[full.pk] == 1


def test_only_who_is_away_for_the_whole_stage_is_left_out(house: House) -> None:
    away, partly = house.reviewer(name="甲"), house.reviewer(name="乙")
    begin = house.now.date()
    Unavailability.objects.create(reviewer=away, since=begin, until=begin + timedelta(days=14))
    Unavailability.objects.create(
        reviewer=away, since=begin + timedelta(days=15), until=begin + timedelta(days=60)
    )
    Unavailability.objects.create(reviewer=partly, since=begin, until=begin + timedelta(days=14))
    assert names(house) == ["乙"]
    assert [entry.away for entry in eligible_reviewers(house.cycle)] == [
        ((begin, begin + timedelta(days=14)),)
    ]


def test_a_training_counts_to_the_last_day_of_the_stage(house: House) -> None:
    lasting, ending, none = (house.reviewer(name=name) for name in ("甲", "乙", "丙"))
    last = (house.now + timedelta(days=30)).date()
    Training.objects.create(reviewer=lasting, name="评审员培训", held_on=date(2025, 1, 1), valid_until=last)
    Training.objects.create(
        reviewer=ending, name="评审员培训", held_on=date(2025, 1, 1), valid_until=last - timedelta(days=1)
    )
    valid = {entry.reviewer.pk: entry.training_valid for entry in eligible_reviewers(house.cycle)}
    assert valid == {lasting.pk: True, ending.pk: False, none.pk: None}


def test_as_many_queries_for_many_as_for_one(
    house: House, django_assert_num_queries: Callable[[int], object]
) -> None:
    house.applicant()
    house.form(house.bench())
    house.cycle.timetable  # noqa: B018  (loaded once for each cycle)
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        eligible_reviewers(house.cycle)


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        ([(1, 31)], True),
        ([(1, 15), (16, 31)], True),
        ([(1, 15), (17, 31)], False),
        ([(2, 31)], False),
        ([(1, 30)], False),
        ([], False),
    ],
)
def test_no_day_is_left_only_when_every_day_is_covered(spans: list[tuple[int, int]], whole: bool) -> None:
    days = [(date(2026, 8, first), date(2026, 8, last)) for first, last in spans]
    assert covers(days, (date(2026, 8, 1), date(2026, 8, 31))) is whole


def test_a_substitute_counts_only_the_files_taken_over(house: House) -> None:
    one, other = house.applicant(), house.applicant()
    panel = house.form(house.bench(), applications=[one, other])
    start_panel(panel=panel, actor=house.clerk, now=house.now)
    seat = panel.members.select_related("reviewer__user").order_by("id")[2]
    declare_recusal(
        reviewer=seat.reviewer,
        application=one,
        kind="family",
        reason="近亲属",
        actor=seat.reviewer.user,
        now=house.now,
    )
    fresh = house.reviewer(name="丁", kind="expert")
    seat_substitute(panel=panel, seat=Seat(fresh, industry_expert=True), actor=house.clerk, now=house.now)
    kept = panel.members.order_by("id")[0].reviewer_id
    assert load_of(house.cycle, [fresh.pk, seat.reviewer_id, kept]) == {
        fresh.pk: 1,
        seat.reviewer_id: 1,
        kept: 2,
    }
    assert [load.load for load in loads_of(fresh, house.head)] == [1]
