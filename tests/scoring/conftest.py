"""A park in its material review, and one in its site review, with two applicants each; a browser for who scores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from scoring.models import OfflineDevice, Panel, Sheet
from tests.flush import _flush_passes_the_ledger  # noqa: F401
from tests.kept import kept
from tests.scoring.builders import House, make_house, seal_all, settle_all, sign
from tests.scoring.devices import add
from tests.scoring.offline_pages import logged_in
from tests.scoring.reviewing import sheet_of
from tests.scoring.visiting import make_site, site_panel

# Playwright runs a loop in this thread, Django then takes every query for a mistake. Here is only one thread at work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture
def context(browser: Browser, live_server: Any, sheet: Sheet) -> Iterator[BrowserContext]:
    context = logged_in(browser, live_server, sheet.reviewer.user)
    yield context
    context.close()


@kept
def house(db: None, now: datetime) -> House:
    house = make_house(now)
    house.applicant(name="苏州甲精密制造有限公司")
    house.applicant(name="苏州乙软件服务有限公司")
    return house


@kept
def sheet(house: House) -> Sheet:
    """The open sheet of a panel's lead for the first applicant."""
    return sheet_of(house.panel(), 0, house.applications[0])


@kept
def device(sheet: Sheet, house: House) -> OfflineDevice:
    return add(sheet, house)


@kept
def signed(now: datetime, db: None) -> House:
    """Two applicants, a panel of four (lead, expert, two more), all signed."""
    house = make_house(now)
    for name in ("苏州甲有限公司", "苏州乙有限公司"):
        house.applicant(name=name)
    panel = house.panel(4)
    for application, percents in zip(house.applications, ([50, 50, 50, 75], [60, 60, 60, 60]), strict=True):
        report = seal_all(panel, application, percents, now)
        settle_all(report, 55, now, "看法不一，已议定。")
        sign(report, now)
    return house


@kept
def site(db: None, now: datetime) -> House:
    return make_site(now)


@kept
def panel(site: House) -> Panel:
    return site_panel(site)
