"""Journeys: people at real browsers (Debian's Chromium) in front of a real server, on a clock that the test moves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser

from demo.timeline import on
from ground import clock
from tests.journeys.album import Album
from tests.journeys.cast import Cast

# Playwright runs a loop in this thread, Django then takes every query for a mistake. Here is only one thread at work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARTEFACTS = Path(__file__).resolve().parents[2] / "var" / "journeys"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    # The browser's own words (日期、选择文件) are Chinese too, as with the people who will use it.
    own = {"executable_path": program, "args": list(FLAGS), "env": os.environ | {"LANGUAGE": "zh_CN"}}
    return {**browser_type_launch_args, **own}


@pytest.fixture
def stopped() -> Iterator[clock.StoppedClock]:
    """The portal's clock, for the test and for the server's threads; a journey moves it with `move_to`."""
    with clock.frozen(on(2026, 1, 6)) as standing:
        yield standing


@pytest.fixture(scope="session", autouse=True)
def _no_connection_lingers() -> None:
    """The server's threads let go of the database after each request, so that it can be dropped at the end."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def examined() -> set[tuple[str, str]]:
    """The kinds of pages that axe has looked at in this run."""
    return set()


@pytest.fixture(scope="session")
def looks() -> set[str]:
    """The looks of words whose contrast axe has judged in this run."""
    return set()


@pytest.fixture
def cast_for(
    browser: Browser,
    live_server: Any,
    transactional_db: None,
    stopped: clock.StoppedClock,
    examined: set[tuple[str, str]],
    looks: set[str],
) -> Iterator[Callable[..., Cast]]:
    """Gather everybody for a journey of that name: `cast_for("park")`. At the end the album must be clean."""
    gathered: list[Cast] = []

    def gather(name: str, timezone: str = "Asia/Shanghai") -> Cast:
        cast = Cast(browser, live_server.url, Album(ARTEFACTS / name, examined, looks), stopped, timezone)
        gathered.append(cast)
        return cast

    yield gather
    for cast in gathered:
        cast.leave()
        assert not cast.album.faults, "\n".join(cast.album.faults)


@pytest.fixture
def at() -> Callable[..., datetime]:
    """A moment in Asia/Shanghai: at(2026, 3, 3, 9)."""
    return on
