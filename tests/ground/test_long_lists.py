"""Long lists: every page shows what it would if all rows were read, whichever end it is read from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant, User
from ground import clock, web
from ground.web import page_of

NUMBER = 23


@pytest.fixture
def grants(db: None, monkeypatch: pytest.MonkeyPatch) -> QuerySet[RoleGrant]:
    """Twenty-three grants of as many people in four scopes: most are alike in what they are sorted by."""
    monkeypatch.setattr(web, "MANY", 10)
    people = User.objects.bulk_create(
        User(username=f"u{number:02}", name=f"张{number % 3}") for number in range(NUMBER)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role="reviewer", scope_key=str(number % 4), granted_at=clock.now())
        for number, user in enumerate(people)
    )
    return RoleGrant.objects.select_related("user")


ORDERS: dict[str, Callable[[QuerySet[RoleGrant]], QuerySet[Any, Any]]] = {
    "own column": lambda rows: rows.order_by("scope_key"),
    "of what is joined": lambda rows: rows.order_by("-user__name", "-pk"),
    "counted": lambda rows: rows.annotate(n=Count("user__role_grants")).order_by("n", "scope_key"),
    "an expression, empty ones last": lambda rows: rows.order_by(F("revoked_at").desc(nulls_last=True)),
    "distinct": lambda rows: (
        rows.filter(user__role_grants__role="reviewer").distinct().order_by("user__name")
    ),
    "columns": lambda rows: rows.order_by("scope_key").values_list("pk", "user__name"),
}


@pytest.mark.parametrize("order", ORDERS)
def test_all_pages_together_are_the_list(grants: QuerySet[RoleGrant], order: str) -> None:
    rows = ORDERS[order](grants)
    seen = [row for number in range(1, 6) for row in shown(rows, number)]
    keys = [row[0] if isinstance(row, tuple) else row.pk for row in seen]
    assert len(set(keys)) == len(seen) == NUMBER
    expected = [field(row) for row in rows] if (field := FIELDS.get(order)) else None
    assert expected is None or [field(row) for row in seen] == expected


FIELDS: dict[str, Callable[[RoleGrant], object]] = {
    "own column": lambda row: row.scope_key,
    "of what is joined": lambda row: (row.user.name, row.pk),
    "counted": lambda row: (row.n, row.scope_key),
    "distinct": lambda row: row.user.name,
}


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_page_is_read_with_two_queries(grants: QuerySet[RoleGrant], number: int) -> None:
    """One to count, one for the rows with all that is joined to them; the last page skips no row."""
    with CaptureQueriesContext(connection) as taken:
        names = [row.user.name for row in shown(grants.order_by("scope_key", "pk"), number)]
    assert len(names) == (5 if number < 5 else 3)
    assert len(taken) == 2
    assert ("OFFSET" in taken[-1]["sql"]) == (number == 3)


def shown(rows: QuerySet[Any, Any], number: int) -> list[Any]:
    return list(page_of(RequestFactory().get("/", {"page": number}), rows, 5))
