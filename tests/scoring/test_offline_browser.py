"""Scoring without a network in a real browser: opened after a reload, written, brought back; conflict; a lost device."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scoring import services
from scoring.models import OfflineDevice, Sheet
from tests.scoring.builders import House
from tests.scoring.offline_pages import DUMP, PASSPHRASE, logged_in, set_up, unlock
from tests.scoring.reviewing import sheet_of

# Playwright runs a loop in this thread, Django then takes every query for a mistake. Here is only one thread at work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytestmark = [pytest.mark.django_db(transaction=True)]

SECRET = "车间看板三个月没有更新"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture
def sheet(house: House) -> Sheet:
    return sheet_of(house.panel(), 0, house.applications[0])


@pytest.fixture
def context(browser: Browser, live_server: Any, sheet: Sheet) -> Iterator[BrowserContext]:
    context = logged_in(browser, live_server, sheet.reviewer.user)
    yield context
    context.close()


def strengths(page: Page) -> Any:
    return page.locator("#item-4\\.1\\.2").get_by_label("优势")


def elsewhere(sheet: Sheet, house: House, text: str) -> None:
    services.save_items(
        sheet=sheet, items={"4.1.2": {"strengths": text}}, actor=sheet.reviewer.user, now=house.now
    )


def test_a_day_on_site_without_a_network(context: BrowserContext, sheet: Sheet, house: House) -> None:
    page, faults = set_up(context)
    name = sheet.application.organisation.name
    context.set_offline(True)
    page.reload()
    unlock(page, "not the passphrase")
    expect(page.get_by_text("口令不对")).to_be_visible()
    unlock(page)
    page.get_by_role("button", name=name).click()
    item = page.locator("#item-4\\.1\\.2")
    item.get_by_role("radio", name="50%–65% 对总体要求有有效的方法").check()
    item.get_by_label("第二步").select_option("60")
    strengths(page).fill(SECRET)
    expect(page.get_by_text("2 处还没有同步")).to_be_visible()
    page.get_by_text("申报材料", exact=True).click()
    with context.expect_page():
        page.get_by_role("button", name="自评报告.pdf").click()
    page.reload()
    unlock(page)
    page.get_by_role("button", name=name).click()
    expect(strengths(page)).to_have_value(SECRET)
    kept = page.evaluate(DUMP)
    assert "sheets=2 " in kept
    assert "files=2 " in kept
    assert "key:true" not in kept
    for plain in (SECRET, name, "%PDF", "4.1.2", PASSPHRASE, OfflineDevice.objects.get().key):
        assert plain not in kept
    assert not sheet.items.exists()

    context.set_offline(False)
    expect(page.get_by_text("已同步", exact=True)).to_be_visible()
    row = sheet.items.get()
    assert (row.item, row.band, row.percent, row.strengths) == ("4.1.2", 50, 60, SECRET)

    context.set_offline(True)
    strengths(page).fill("设备上的")
    elsewhere(sheet, house, "办公室里的")
    context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("办公室里的")
    row.refresh_from_db()
    assert row.strengths == "办公室里的", "nothing is overwritten before a choice"
    page.get_by_role("button", name="用这台设备上的").click()
    expect(page.get_by_text("已同步", exact=True)).to_be_visible()
    row.refresh_from_db()
    assert row.strengths == "设备上的"
    assert faults == []


def test_a_lost_device_is_emptied_when_it_comes_back(
    context: BrowserContext, sheet: Sheet, house: House
) -> None:
    page, faults = set_up(context)
    context.set_offline(True)
    page.get_by_role("button", name=sheet.application.organisation.name).click()
    strengths(page).fill(SECRET)
    expect(page.get_by_text("1 处还没有同步")).to_be_visible()
    services.revoke_device(device=OfflineDevice.objects.get(), actor=sheet.reviewer.user, now=house.now)
    context.set_offline(False)
    expect(page.get_by_text("这台设备已停用")).to_be_visible()
    assert page.evaluate(DUMP).split() == ["files=0", "meta=0", "photos=0", "sheets=0", "visits=0"]
    assert OfflineDevice.objects.get().wiped_at is not None
    assert not sheet.items.exists()
    page.reload()
    expect(page.get_by_role("button", name="启用这台设备")).to_be_visible()
    assert faults == []


def test_who_is_recused_keeps_nothing_of_the_file_but_the_own_words(
    context: BrowserContext, sheet: Sheet, house: House
) -> None:
    page, faults = set_up(context)
    name = sheet.application.organisation.name
    context.set_offline(True)
    page.get_by_role("button", name=name).click()
    strengths(page).fill(SECRET)
    expect(page.get_by_text("1 处还没有同步")).to_be_visible()
    services.declare_recusal(
        reviewer=sheet.reviewer,
        application=sheet.application,
        kind="shareholding",
        reason="持有该公司股票",
        actor=sheet.reviewer.user,
        now=house.now,
    )
    context.set_offline(False)
    expect(page.get_by_text("申报材料已从设备上删除")).to_be_visible()
    expect(page.get_by_text(SECRET)).to_be_visible()
    assert page.get_by_text("自评报告.pdf").count() == 0
    assert page.get_by_role("textbox").count() == 0
    expect(page.get_by_text("4.1.2 优势")).to_be_visible()
    assert "files=1 " in page.evaluate(DUMP)
    page.get_by_role("button", name="从设备上删除").click()
    expect(page.get_by_role("heading", name="我的评分表")).to_be_visible()
    assert page.get_by_role("button", name=name).count() == 0
    assert "sheets=1 " in page.evaluate(DUMP)
    assert faults == []


def test_who_has_logged_out_opens_nothing_once_the_portal_is_reached(
    context: BrowserContext, sheet: Sheet
) -> None:
    page, _ = set_up(context)
    context.clear_cookies()
    page.reload()
    expect(page.get_by_role("heading", name="须重新登录")).to_be_visible()
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="须重新登录")).to_be_visible()
    assert page.get_by_label("离线口令").count() == 0
