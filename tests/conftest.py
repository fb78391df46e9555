"""Fixtures for all tests: a clock that stands still, people with roles, pages as they see them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from pathlib import PurePath

import pytest
from coverage import Coverage
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from ground import clock
from tests.factories import make_user
from tests.flush import _flush_passes_the_ledger  # noqa: F401  (a fixture for every test that empties the tables)
from tests.kept import (  # noqa: F401
    MORNING,
    _shelf_is_emptied,
    neighbours,
    pytest_fixture_setup,
    pytest_runtest_setup,
)

# A busy machine takes longer to answer a page than the five seconds a browser test waits by itself; milliseconds.
expect.set_options(timeout=20_000)
# Tests whose pages and browsers pass through rules that others prove branch by branch: measuring them doubles their time.
PASSING_THROUGH = (
    *("tests/accounts", "tests/architecture", "tests/journeys", "tests/leaks", "tests/publicity"),
    *(
        "tests/scoring",
        "tests/documents/test_upload_browser.py",
        "tests/applications/test_assessment_browser.py",
    ),
)
MEASURED_AMONG_THEM = (
    "tests/scoring/test_visit_references.py",
    *("tests/scoring/test_sheet_reasons.py", "tests/scoring/test_detect_recusals.py"),
    *(
        "tests/scoring/test_pool_import.py",
        "tests/scoring/test_pool_careers.py",
        "tests/scoring/test_decline_file.py",
        "tests/scoring/test_differences.py",
    ),
    *("tests/scoring/test_proposals.py", "tests/scoring/test_fairness_page.py"),
    *("tests/publicity/test_sweep_windows.py", "tests/publicity/test_publish_notice.py"),
)


# The long walks, then the other browsers: started last they would keep one worker busy while the other is done, and a
# walk whose tests two workers share is walked twice.
FIRST = (
    *("tests/journeys/test_park_year.py", "tests/architecture/test_routes.py", "tests/leaks"),
    *("tests/journeys/test_city_year.py", "tests/journeys"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first; pytest-django has put what commits to the end."""
    items[:] = neighbours(sorted(items, key=_turn))


def _turn(item: pytest.Item) -> int:
    where = PurePath(item.path).relative_to(item.config.rootpath).as_posix()
    return next((turn for turn, place in enumerate(FIRST) if where.startswith(place)), len(FIRST))


def pytest_sessionstart() -> None:
    """Looking for garbage while the tests are collected takes two fifths of that time and finds next to nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: looking through it for garbage again and again is a fifth of the time."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure branches only where rules are proven."""
    measuring = Coverage.current()
    if measuring is None or not _passes_through(item):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def _passes_through(item: pytest.Item) -> bool:
    where = PurePath(item.path).relative_to(item.config.rootpath).as_posix()
    return (
        where.startswith(PASSING_THROUGH)
        and not where.endswith("_rules.py")
        and where not in MEASURED_AMONG_THEM
    )


@pytest.fixture
def now() -> Iterator[datetime]:
    """Monday 2026-08-03 09:00 in Shanghai; the portal's clock stands still there."""
    with clock.frozen(MORNING):
        yield MORNING


@pytest.fixture
def client_of(db: None) -> Callable[[User], Client]:
    """A browser in which that user is logged in."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture
def user_with(db: None) -> Callable[..., User]:
    """Make a user holding roles: user_with("office_head:park", "reviewer")."""
    return make_user


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()
