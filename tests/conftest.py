"""Fixtures for all tests: a clock that stands still, people with roles, pages as they see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from ground import clock
from tests.factories import make_user
from tests.flush import _flush_passes_the_ledger  # noqa: F401  (a fixture for every test that empties the tables)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def now() -> Iterator[datetime]:
    """Monday 2026-08-03 09:00 in Shanghai; the portal's clock stands still there."""
    moment = datetime(2026, 8, 3, 9, 0, tzinfo=SHANGHAI)
    with clock.frozen(moment):
        yield moment


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
