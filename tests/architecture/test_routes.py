"""Every route answers each role with what routes.yaml says, and never with a fault of ours.

A route that the table does not have fails, and so does an argument of an address that the world can't fill.
`ROUTES_OUT=file` writes the table as the portal answers now, to be read line by line before it replaces the old one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from tests.architecture.source import Route, routes
from tests.architecture.world import ROLES, World, world

TABLE = Path(__file__).with_name("routes.yaml")
METHODS = ("get", "post")
# What a role may be told. Anything else is a fault of ours.
ANSWERS = {200, 202, 204, 302, 400, 403, 404, 405, 409, 422, 429}
# What needs no login is shown to everybody alike: a few are asked.
SOME = ("visitor", "owner", "head", "administrator")
Answers = dict[str, dict[str, dict[str, int]]]


def table() -> Answers:
    """Route → method → role → status, from the lines `status: roles` ("others": all that are not named)."""
    read = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {
        name: {method: _by_role(name, methods[method]) for method in METHODS}
        for name, methods in read.items()
    }


def _by_role(name: str, lines: Mapping[int, str]) -> dict[str, int]:
    found = {}
    for status, words in lines.items():
        for role in words.split():
            assert role not in found, f"{name}: {role} stands twice"
            found[role] = status
    others = found.pop("others", None)
    assert set(found) <= set(ROLES), f"{name}: {set(found) - set(ROLES)}"
    if others is not None:
        return {role: found.get(role, others) for role in ROLES}
    assert set(found) == set(ROLES), f"{name} lacks {set(ROLES) - set(found)}"
    return {role: found[role] for role in ROLES}


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), world() as made:
        yield made


def test_the_table_names_every_route_and_no_other() -> None:
    assert set(table()) == {route.name for route in routes()}


def test_no_line_allows_a_fault_of_ours() -> None:
    statuses = {s for methods in table().values() for roles in methods.values() for s in roles.values()}
    assert statuses <= ANSWERS


@pytest.mark.django_db
def test_every_route_answers_each_role_as_the_table_says(told: World) -> None:
    assert [(route.name, name) for route in routes() for name in told.unknown(route)] == []
    found = {route.name: _answers(told, route) for route in routes()}
    if "ROUTES_OUT" in os.environ:
        Path(os.environ["ROUTES_OUT"]).write_text(written(found), encoding="utf-8")
    expected = table()
    wrong = [
        f"{name} {method} {role}: {status}, not {expected[name][method][role]}"
        for name, methods in found.items()
        for method, roles in methods.items()
        for role, status in roles.items()
        if name in expected and expected[name][method][role] != status
    ]
    assert told.faults == []
    assert wrong == []


def _answers(told: World, route: Route) -> dict[str, dict[str, int]]:
    address = reverse(route.name, kwargs=told.address(route))
    asked = SOME if route.public else ROLES
    return {method: {role: told.answer(role, method, address) for role in asked} for method in METHODS}


def written(found: Answers) -> str:
    lines = []
    for name, methods in found.items():
        lines.append(f"{name}:")
        for method, roles in methods.items():
            groups: dict[int, list[str]] = {}
            for role, status in roles.items():
                groups.setdefault(status, []).append(role)
            rest = max(groups, key=lambda status: len(groups[status]))
            parts = [f"{status}: {' '.join(groups[status])}" for status in sorted(groups) if status != rest]
            lines.append(f"  {method}: {{{', '.join([*parts, f'{rest}: others'])}}}")
    return "\n".join(lines) + "\n"
