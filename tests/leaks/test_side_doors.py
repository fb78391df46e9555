"""While sheets are filled in, no order and no search tells of them; and the walk would find a leak if there were one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from pytest_django.plugin import DjangoDbBlocker

from ground import clock
from scoring.models import Sheet
from tests.architecture.source import routes
from tests.leaks import year as told
from tests.leaks.posts import Posts
from tests.leaks.steps import take
from tests.leaks.walk import Walk
from tests.leaks.year import Year, addresses, begin
from tests.scoring.builders import seal, sheets_of

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture(scope="module")
def early(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    """The year while sheets are being filled in."""
    with django_db_blocker.unblock(), clock.frozen(NOW), transaction.atomic():
        walk = Walk(begin(NOW))
        take(walk.year, "scoring")
        for role in ("clerk", "p_expert", "city_clerk"):
            walk.client(role)
        yield walk
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def score_all(year: Year, **percents: int) -> None:
    """Every open sheet of panel P sealed, at these percentages."""
    for key, percent in percents.items():
        for sheet in sheets_of(year.panels["P"], year.files[key]):
            if sheet.state == "draft" and sheet.reviewer.user != year.users["p_expert"]:
                seal(sheet, percent, NOW)


@pytest.mark.django_db
def test_no_order_gives_hidden_scores_away(early: Walk) -> None:
    found = []
    for percents in ({"A": 90, "B": 60, "C": 20}, {"A": 20, "B": 60, "C": 90}):
        with undone():
            score_all(early.year, **percents)
            found.append({role: early.orders(role) for role in ("clerk", "p_expert")})
    assert max(len(order) for order in found[0]["clerk"].values()) == len(early.year.files)
    assert found[0] == found[1]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["p_expert", "city_clerk"])
def test_no_search_finds_what_is_hidden(early: Walk, role: str) -> None:
    hidden = "秘Amaterialp_third密" if role == "p_expert" else told.NAMES["A"]
    assert early.findings(role, hidden) == early.findings(role, "没有" * (len(hidden) // 2))


@pytest.mark.django_db
def test_the_walk_finds_a_planted_leak(early: Walk) -> None:
    """Visibility taken away from the sheets: the walk must cry out."""
    walk = Walk(early.year)
    everything = Sheet.objects.select_related(
        "application__cycle__scheme", "application__organisation", "panel"
    )
    with mock.patch("scoring.views.sheets.sheets_visible_to", return_value=everything):
        walk.go("p_expert")
    assert walk.leaks, "the words of p_third's sheet"
    assert all("p_expert learns sheet of A material p_third" in leak for leak in walk.leaks)


@pytest.mark.django_db
def test_the_walk_finds_a_planted_oracle(early: Walk) -> None:
    """A page that says "forbidden" of what is there and "not found" of what is not."""

    def telling(request: HttpRequest, sheet_id: int) -> Sheet:
        get_object_or_404(Sheet, pk=sheet_id)
        raise PermissionDenied

    walk = Walk(early.year)
    with mock.patch("scoring.views.sheets.sheet_or_404", telling):
        walk.go("p_expert", twins=True)
    assert any("tells sheet_id apart" in oracle for oracle in walk.oracles)


@pytest.mark.django_db
def test_the_walk_finds_a_form_that_tells(early: Walk) -> None:
    """A form that says whose sheet it is, and one that is refused later where there is something to refuse."""

    def telling(request: HttpRequest, sheet_id: int) -> HttpResponse:
        sheet = get_object_or_404(Sheet, pk=sheet_id)
        return JsonResponse({"message": sheet.items.exclude(strengths="")[0].strengths}, status=422)

    walk = Walk(early.year)
    route = next(route for route in routes() if route.name == "scoring:save_field")
    with mock.patch.object(route.entry, "callback", telling):
        Posts(walk).send("p_expert", route, addresses(early.year), twins=True)
    assert any("p_expert learns sheet of A material p_third" in leak for leak in walk.leaks)
    assert any("tells sheet_id apart by POST" in oracle for oracle in walk.oracles)
