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
from scoring.models import Panel, Reviewer, Sheet, Training, Unavailability
from scoring.services import Seat
from tests.scoring.builders import House
from tests.scoring.office import page, picks

Login = Callable[[User], Client]
MONTH = timedelta(days=30)


def unfit(house: House, how: str) -> list[Seat]:
    """A bench whose third member can't do it."""
    seats = house.bench()
    hinder(house, seats[2].reviewer, how)
    return seats


def hinder(house: House, one: Reviewer, how: str) -> None:
    """`one` can't take the house's two applicants."""
    today = localtime(house.now).date()
    if how == "reviewer_absent":
        Unavailability.objects.create(reviewer=one, since=today, until=today + MONTH)
    elif how == "load_exceeded":
        Reviewer.objects.filter(pk=one.pk).update(load_limit=1)
        one.refresh_from_db()
    else:
        Training.objects.create(reviewer=one, name="x", held_on=today, valid_until=today + MONTH / 2)


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


def short(house: House) -> Panel:
    """A started panel that lacks a reviewer for both applicants."""
    panel = house.panel()
    member = house.pool[2]
    for application in house.applications:
        services.declare_recusal(
            reviewer=member,
            application=application,
            kind="family",
            reason="x",
            actor=member.user,
            now=house.now,
        )
    return panel


@pytest.mark.parametrize("how", ["reviewer_absent", "load_exceeded", "training_expired"])
def test_a_substitute_is_asked_the_same(house: House, how: str) -> None:
    panel, fresh = short(house), house.reviewer()
    hinder(house, fresh, how)
    change = {"panel": panel, "seat": Seat(fresh), "actor": house.head, "now": house.now}
    for given in ({}, {"override": " "}, {"override": "没有别人", "actor": house.clerk}):
        with pytest.raises(Refused) as refused:
            services.seat_substitute(**change | given)
        extra = ("override_by_head",) if given.get("actor") else ()
        assert refused.value.codes == (how, *extra)
    assert not panel.members.filter(reviewer=fresh).exists()
    services.seat_substitute(**change, override="没有别人")
    assert Sheet.objects.filter(reviewer=fresh).count() == 2
    (entry,) = (row for row in entries_of(panel) if row.action == "panel.substitute")
    details = entry.content["details"]
    assert (details["reason"], len(details["despite"])) == ("没有别人", 1)


def test_a_substitutes_load_is_what_lacks_reviewers_and_the_override_lifts_no_other_rule(
    house: House,
) -> None:
    panel, able = short(house), house.reviewer(load_limit=2)
    twice = {"panel": panel, "seat": Seat(house.pool[2]), "actor": house.head, "now": house.now}
    with pytest.raises(Refused) as refused:
        services.seat_substitute(**twice, override="没有别人")
    assert set(refused.value.codes) == {"seated_twice", "conflict_of_interest"}
    services.seat_substitute(panel=panel, seat=Seat(able), actor=house.clerk, now=house.now)
    assert panel.members.filter(reviewer=able).exists()


def test_the_substitutes_page_says_why_and_only_the_head_may_override(house: House, client_of: Login) -> None:
    panel, fresh = short(house), house.reviewer(load_limit=1)
    address, picked = page("seat_substitute", panel.pk), {"reviewer": fresh.pk, "override": "没有别人"}
    answer = client_of(house.clerk).post(address, picked)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "本年度最多承担 1 家，列入后为 2 家" in text
    assert "只有评定办主任可以写明理由后仍然列入" in text
    assert 'name="override"' not in text
    head = client_of(house.head)
    assert 'name="override"' in head.get(address).content.decode()
    assert head.post(address, picked | {"override": ""}).status_code == 422
    assert head.post(address, picked).status_code == 302
    assert panel.members.filter(reviewer=fresh).exists()
