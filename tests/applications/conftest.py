"""Tests that commit empty the database afterwards, past the ledger's guards; real browsers for pages that save."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from accounts.models import User
from awards.models import Cycle
from tests.applications import builders
from tests.applications.browsing import QUIET
from tests.factories import make_user
from tests.flush import _flush_passes_the_ledger  # noqa: F401
from tests.kept import kept

# Playwright runs a loop in this thread, Django then takes every query for a mistake. Here is only one thread at work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture
def enter(browser: Browser, live_server: Any) -> Iterator[Callable[[User], BrowserContext]]:
    """A browser of one's own, logged in."""
    opened: list[BrowserContext] = []

    def entered(user: User) -> BrowserContext:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context = browser.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(20_000)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        opened.append(context)
        return context

    yield entered
    for context in opened:
        # What a closing page still wants to save would meet a database that is being emptied.
        context.set_offline(True)
        for page in context.pages:
            page.wait_for_timeout(QUIET)
        context.close()


@kept
def cycle(now: datetime) -> Cycle:
    return builders.running_cycle(now)


@kept
def head(cycle: Cycle) -> User:
    return make_user("office_head:park")
