"""Offline scoring on devices in a real browser: two windows, a lost device, who is recused, who has logged out."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from scoring import services
from scoring.models import OfflineDevice, Sheet
from tests.scoring.builders import House
from tests.scoring.offline_pages import DUMP, SECRET, offline_sheet, set_up, strengths, synced, unlock

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_the_window_opened_last_has_the_sheet_and_the_other_writes_nothing_over_it(
    context: BrowserContext, sheet: Sheet
) -> None:
    page, faults = offline_sheet(context, sheet)
    name = sheet.application.organisation.name
    strengths(page).fill("第一个窗口写的")
    other = context.new_page()
    other.on("pageerror", lambda error: faults.append(str(error)))
    other.goto("/scoring/offline/")
    unlock(other, "not the passphrase")
    expect(other.get_by_text("口令不对")).to_be_visible()
    expect(strengths(page)).to_have_value("第一个窗口写的")
    unlock(other)
    expect(page.get_by_text("已在另一个窗口打开，这个窗口已锁定")).to_be_visible()
    expect(strengths(page)).to_have_count(0)
    other.get_by_role("button", name=name).click()
    expect(strengths(other)).to_have_value("第一个窗口写的")
    strengths(other).fill("第二个窗口写的")
    expect(other.get_by_text("1 处还没有同步")).to_be_visible()

    unlock(page)
    expect(other.get_by_text("已在另一个窗口打开，这个窗口已锁定")).to_be_visible()
    page.get_by_role("button", name=name).click()
    expect(strengths(page)).to_have_value("第二个窗口写的")
    page.get_by_role("button", name="返回列表").click()
    page.get_by_role("button", name="锁定").click()
    unlock(page)
    expect(page.get_by_role("heading", name="我的评分表")).to_be_visible()
    context.set_offline(False)
    page.get_by_role("button", name=name).click()
    synced(page)
    assert (sheet.items.get().strengths, faults) == ("第二个窗口写的", [])


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
