"""Worlds that take long to build: built once, kept while the next tests ask for the same, undone test by test.

A fixture under `@kept` is built inside a transaction that outlasts the tests, on a savepoint of its own. Each test gets a
copy of what the fixture returned, and what it writes is rolled back to there. A test that asks for other worlds, or that
commits, has what it doesn't ask for rolled back first: it never sees rows of a world that it didn't name.
"""

from __future__ import annotations

import copy
import copyreg
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from awards.law.editions import Edition
from ground import clock

# Monday
MORNING = datetime(2026, 8, 3, 9, 0, tzinfo=clock.SHANGHAI)

Build = Callable[..., Any]
# What a kept fixture may ask for beside other kept ones.
GIVEN: dict[str, Any] = {"now": MORNING, "db": None}

# What can't change is shared, not copied: that is what a reducer means by a name.
for _frozen in (Edition, MappingProxyType):
    copyreg.pickle(_frozen, lambda one: type(one).__name__)  # type: ignore[arg-type]


@dataclass
class Level:
    """One world on the shelf; `made`: what this and the fixtures below it returned."""

    build: Build
    before: str
    made: dict[Build, Any]


class Shelf:
    """The worlds in the database now, each built on those below it."""

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.outer: transaction.Atomic | None = None
        self.copies: dict[Build, Any] = {}

    def trim(self, wanted: list[Build]) -> None:
        """Take down all that isn't `wanted` or stands on something that isn't."""
        self.copies = {}
        same = 0
        while same < min(len(wanted), len(self.levels)) and self.levels[same].build is wanted[same]:
            same += 1
        if not same and self.outer is not None:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)
            self.outer = None
        elif same < len(self.levels):
            transaction.savepoint_rollback(self.levels[same].before)
        del self.levels[same:]

    def put(self, wanted: list[Build]) -> None:
        """Build what is still missing of `wanted`, then copy all of it for one test."""
        if self.outer is None:
            self.outer = transaction.atomic()
            self.outer._from_testcase = True  # type: ignore[attr-defined]  # a service may still be durable in it
            self.outer.__enter__()
        for build in wanted[len(self.levels) :]:
            made = copy.deepcopy(self.levels[-1].made) if self.levels else {}
            before = transaction.savepoint()
            try:
                with clock.frozen(MORNING):
                    made[build] = build(**_arguments(build, made))
            except Exception:  # raised once more where the test asks for it
                transaction.savepoint_rollback(before)
                break
            self.levels.append(Level(build, before, made))
        self.copies = copy.deepcopy(self.levels[-1].made) if self.levels else {}


_SHELF = Shelf()


def kept(build: Build) -> Any:
    """A fixture whose world is kept. It may ask for `now` (always `MORNING`), `db` and other kept fixtures.

    In a test that commits, or that puts an ordinary fixture below it, it is an ordinary one.
    """

    def fixture(**given: Any) -> Any:
        return _SHELF.copies[build] if build in _SHELF.copies else build(**given)

    fixture.__name__, fixture.__doc__ = build.__name__, build.__doc__
    fixture.__signature__ = inspect.signature(build)  # type: ignore[attr-defined]
    fixture.kept = build  # type: ignore[attr-defined]
    return pytest.fixture(fixture)


def _arguments(build: Build, made: dict[Build, Any]) -> dict[str, Any]:
    by_name = GIVEN | {one.__name__: value for one, value in made.items()}
    return {name: by_name[name] for name in inspect.signature(build).parameters}


def neighbours(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests of each file, those that ask for the same worlds side by side."""
    ordered: list[pytest.Item] = []
    for _, alike in groupby(items, key=lambda item: (item.path, _commits(item))):
        ordered += sorted(alike, key=lambda item: [build.__qualname__ for build in _asked(item)])
    return ordered


def _asked(item: pytest.Item) -> list[Build]:
    """The kept worlds that a test asks for, each behind those it stands on; none for a test that commits."""
    if _commits(item):
        return []
    defined = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    found: list[Build] = []

    def visit(name: str) -> bool:
        build = getattr(defined[name][-1].func, "kept", None) if name in defined else None
        if build is None:
            return name in GIVEN
        if build not in found:
            if not all(visit(other) for other in inspect.signature(build).parameters):
                return False
            found.append(build)
        return True

    for name in sorted(_fixtures(item)):
        visit(name)
    return found


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(
        {"transactional_db", "live_server"} & set(_fixtures(item))
        or (marker and marker.kwargs.get("transaction"))
    )


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.fixture(scope="session")
def _shelf_is_emptied(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _SHELF.trim([])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Take down what this test doesn't ask for, before any of its fixtures."""
    if _SHELF.outer is not None:
        with item.config.stash[blocking_manager_key].unblock():
            _SHELF.trim(_asked(item))


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Build what it asks for, before the transaction of its own begins."""
    if fixturedef.argname == "_django_db_helper" and (wanted := _asked(request.node)):
        request.getfixturevalue("_shelf_is_emptied")
        with request.config.stash[blocking_manager_key].unblock():
            _SHELF.put(wanted)
