"""Who is away, at their limit or no longer trained is not seated, unless the head says why (a reading of the edition)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localtime

from accounts.models import User
from audit.queries import entries_of
from ground.errors import Refused
from scoring import services
from scoring.models import Panel, Reviewer, Training, Unavailability
from scoring.services import Seat
from tests.scoring.builders import House
from tests.scoring.office import page, picks

Login = Callable[[User], Client]
MONTH = timedelta(days=30)


def unfit(house: House, how: str) -> list[Seat]:
    """A bench whose third member can't do it."""
    seats = house.bench()
    one, today = seats[2].reviewer, localtime(house.now).date()
    if how == "reviewer_absent":
        Unavailability.objects.create(reviewer=one, since=today, until=today + MONTH)
    elif how == "load_exceeded":
        Reviewer.objects.filter(pk=one.pk).update(load_limit=1)
        one.refresh_from_db()
    else:
        Training.objects.create(reviewer=one, name="x", held_on=today, valid_until=today + MONTH / 2)
    return seats


@pytest.mark.parametrize("how", ["reviewer_absent", "load_exceeded", "training_expired"])
def test_they_are_refused_and_the_head_may_say_why_not(house: House, how: str) -> None:
    seats = unfit(house, how)
    for given in ({}, {"override": "  "}, {"override": "没有别人", "actor": house.clerk}):
        with pytest.raises(Refused) as refused:
            house.form(seats, **{"actor": house.head, **given})
        extra = ("override_by_head",) if given.get("actor") else ()
        assert refused.value.codes == (how, *extra)
    panel = house.form(seats, actor=house.head, override="没有别的行业专家")
    details = entries_of(panel)[0].content["details"]
    assert details["reason"] == "没有别的行业专家"
    assert len(details["despite"]) == 1
    services.start_panel(panel=panel, actor=house.clerk, now=house.now)
    assert panel.state == "working"


def test_an_override_lifts_no_other_rule(house: House) -> None:
    seats = unfit(house, "load_exceeded")[1:]
    with pytest.raises(Refused) as refused:
        house.form(seats, actor=house.head, override="没有别人")
    assert refused.value.codes == ("too_few_reviewers", "no_lead", "load_exceeded")


def test_a_few_days_away_or_no_training_on_record_is_no_ground(house: House) -> None:
    seats, today = house.bench(), localtime(house.now).date()
    Unavailability.objects.create(reviewer=seats[0].reviewer, since=today, until=today + timedelta(days=3))
    assert house.form(seats).members.count() == 3


def test_who_stays_is_not_asked_again_and_who_comes_is(house: House) -> None:
    seats = unfit(house, "load_exceeded")
    panel = house.form(seats, actor=house.head, override="没有别人")
    change = {"panel": panel, "name": "改名", "actor": house.clerk, "now": house.now}
    services.change_panel(seats=seats, applications=house.applications, **change)
    late = house.reviewer(load_limit=0)
    with pytest.raises(Refused) as refused:
        services.change_panel(seats=[*seats, Seat(late)], applications=house.applications, **change)
    assert refused.value.codes == ("load_exceeded",)


def test_the_page_says_who_and_keeps_what_was_picked(house: House, client_of: Login) -> None:
    seats = unfit(house, "load_exceeded")
    address = page("form_panel", house.cycle.pk)
    answer = client_of(house.clerk).post(address, picks(seats, house))
    assert answer.status_code == 422
    assert "本年度最多承担 1 家，列入后为 2 家" in answer.content.decode()
    assert "仍然列入的理由" not in answer.content.decode()
    head = client_of(house.head)
    assert "仍然列入的理由" in head.get(address).content.decode()
    assert head.post(address, picks(seats, house, override="没有别人")).status_code == 302
    assert Panel.objects.get().members.count() == 3
