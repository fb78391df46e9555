"""The pool by training, load and days away; the export is exactly what is filtered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime
from openpyxl import load_workbook

from accounts.models import User
from scoring.models import Reviewer, Training, Unavailability
from tests.kept import kept
from tests.scoring.builders import House

Login = Callable[[User], Client]
POOL, EXPORT = reverse("scoring:reviewers"), reverse("scoring:export_reviewers")


@kept
def pool(house: House) -> dict[str, Reviewer]:
    """甲乙丙 sit in a panel for two applicants; 丁 has nothing to do."""
    seats = house.bench()
    for seat, name in zip(seats, "甲乙丙", strict=True):
        User.objects.filter(pk=seat.reviewer.user_id).update(name=name)
    house.form(seats)
    house.reviewer(name="丁")
    people = {one.user.name: one for one in Reviewer.objects.select_related("user")}
    today = localtime(house.now).date()
    day = timedelta(days=1)
    Reviewer.objects.filter(pk=people["甲"].pk).update(load_limit=2)
    Reviewer.objects.filter(pk=people["乙"].pk).update(load_limit=3)
    Training.objects.create(reviewer=people["甲"], name="a", held_on=today, valid_until=today)
    Training.objects.create(reviewer=people["乙"], name="a", held_on=today - 9 * day, valid_until=today - day)
    Training.objects.create(reviewer=people["丙"], name="a", held_on=today - 9 * day)
    Unavailability.objects.create(reviewer=people["乙"], since=today - day, until=today)
    Unavailability.objects.create(reviewer=people["丙"], since=today + day, until=today + 2 * day)
    return people


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "甲乙丙丁"),
        ({"training": "valid"}, "甲丙"),
        ({"training": "expired"}, "乙"),
        ({"training": "none"}, "丁"),
        ({"load": "none"}, "丁"),
        ({"load": "full"}, "甲"),
        ({"load": "room"}, "乙丙丁"),
        ({"presence": "away"}, "乙"),
        ({"presence": "here", "load": "room"}, "丙丁"),
        ({"training": "nonsense", "load": "x", "presence": "?", "cycle": "0"}, "甲乙丙丁"),
    ],
)
def test_filters(
    house: House, client_of: Login, pool: dict[str, Reviewer], asked: dict[str, str], found: str
) -> None:
    client = client_of(house.clerk)
    page = client.get(POOL, asked).context["page"]
    assert {row.user.name for row in page} == set(found)
    sheet = load_workbook(BytesIO(client.get(EXPORT, asked).content)).active
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == set(found)


def test_the_load_is_that_of_the_cycle(house: House, client_of: Login, pool: dict[str, Reviewer]) -> None:
    client = client_of(house.clerk)
    rows: Any = client.get(POOL, {"sort": "-load"}).context["page"]
    assert [(row.user.name == "丁", row.load) for row in rows] == [(False, 2)] * 3 + [(True, 0)]
    assert "2 / 3" in client.get(POOL).content.decode()


def test_the_list_is_paged(house: House, client_of: Login) -> None:
    for _ in range(26):
        house.reviewer()
    page = client_of(house.clerk).get(POOL).context["page"]
    assert (len(page), page.paginator.count) == (25, 26)
