"""Worlds that are kept: copied for each test, undone behind it, and never seen by a test that doesn't name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import connection

from accounts.models import User
from ground import clock
from tests.factories import make_user
from tests.kept import MORNING, Shelf, kept

pytestmark = pytest.mark.django_db
BUILT: list[str] = []


@dataclass
class Village:
    people: list[User] = field(default_factory=list)


@kept
def village(now: datetime) -> Village:
    return found_village(now)


def found_village(now: datetime) -> Village:
    BUILT.append("village")
    assert clock.now() == now == MORNING
    return Village([make_user(name="甲")])


@kept
def town(village: Village) -> Village:
    """Changes the village that it stands on."""
    return grow(village)


def grow(found_village: Village) -> Village:
    BUILT.append("town")
    found_village.people.append(make_user(name="乙"))
    return found_village


def test_it_is_built_once_and_what_stood_on_it_is_taken_down_alone(db: None) -> None:
    shelf, names = Shelf(), User.objects.order_by("pk").values_list("name", flat=True)
    BUILT.clear()
    for wanted in ([found_village], [found_village, grow], [found_village, grow], [found_village]):
        shelf.trim(wanted)
        shelf.put(wanted)
        assert [user.name for user in shelf.copies[found_village].people] == list(names.all())
        assert len(names.all()) == len(wanted)
    assert BUILT == ["village", "town"]
    shelf.trim([])
    assert (list(names.all()), shelf.copies) == ([], {})


@pytest.mark.parametrize("time", [1, 2])
def test_a_test_finds_the_world_as_built_whatever_the_one_before_did(village: Village, time: int) -> None:
    assert [user.name for user in village.people] == ["甲"]
    assert list(User.objects.values_list("name", flat=True)) == ["甲"]
    village.people[0].name = village.people[0].username = "改"
    village.people.append(village.people[0])
    village.people[0].save()
    make_user(name="丙")


@pytest.mark.parametrize("time", [1, 2])
def test_what_stands_on_it_shares_its_objects(village: Village, town: Village, time: int) -> None:
    assert town is village
    assert sorted(user.name for user in town.people) == sorted(User.objects.values_list("name", flat=True))
    assert len(town.people) == 2
    User.objects.all().delete()


def test_who_names_no_world_finds_none() -> None:
    assert not User.objects.exists()


def test_who_asks_for_less_sees_no_more(village: Village) -> None:
    assert [user.name for user in village.people] == ["甲"]
    assert User.objects.count() == 1


@pytest.fixture
def below() -> str:
    return "plain"


@kept
def upon(village: Village, below: str) -> int:
    """Stands on an ordinary fixture: built for each test."""
    BUILT.append(below)
    return make_user(name="丁").pk


@pytest.mark.parametrize("time", [1, 2])
def test_what_stands_on_an_ordinary_fixture_is_built_each_time(
    village: Village, upon: int, time: int
) -> None:
    assert BUILT.pop() == "plain"
    assert User.objects.count() == 2


@kept
def shaky(village: Village) -> User:
    """Fails when it is built for all, not when it is built for one."""
    user = make_user(name="戊")
    BUILT.append("shaky")
    if BUILT.count("shaky") == 1:
        raise ValueError
    return user


def test_a_world_that_fails_leaves_nothing_and_is_built_where_its_error_is_seen(
    village: Village, shaky: User
) -> None:
    assert BUILT.count("shaky") == 2
    assert list(User.objects.order_by("pk")) == [*village.people, shaky]


def test_a_test_that_commits_builds_its_own(transactional_db: None, village: Village) -> None:
    assert list(User.objects.values_list("name", flat=True)) == ["甲"]
    assert not connection.in_atomic_block
