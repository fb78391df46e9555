"""Scoring without a network in a real browser: opened after a reload, written, brought back; conflict; keys and width."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from scoring import services
from scoring.models import OfflineDevice, Sheet
from scoring.views import offline_sheets
from tests.scoring.builders import House
from tests.scoring.offline_pages import (
    DUMP,
    PASSPHRASE,
    SECRET,
    card,
    logged_in,
    offline_sheet,
    set_up,
    strengths,
    synced,
    unlock,
)
from tests.scoring.reviewing import sheet_of
from tests.scoring.visiting import make_site, site_panel

pytestmark = [pytest.mark.django_db(transaction=True)]


def elsewhere(sheet: Sheet, house: House, **values: Any) -> None:
    services.save_items(sheet=sheet, items={"4.1.2": values}, actor=sheet.reviewer.user, now=house.now)


def test_a_day_on_site_without_a_network(context: BrowserContext, sheet: Sheet, house: House) -> None:
    page, faults = set_up(context)
    name = sheet.application.organisation.name
    context.set_offline(True)
    page.reload()
    unlock(page, "not the passphrase")
    expect(page.get_by_text("口令不对")).to_be_visible()
    unlock(page)
    page.get_by_role("button", name=name).click()
    item = card(page)
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
    elsewhere(sheet, house, strengths="办公室里的")
    context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("办公室里的")
    row.refresh_from_db()
    assert row.strengths == "办公室里的", "nothing is overwritten before a choice"
    page.get_by_role("button", name="用这台设备上的").click()
    expect(page.get_by_text("已同步", exact=True)).to_be_visible()
    row.refresh_from_db()
    assert row.strengths == "设备上的"
    assert faults == []


def test_a_band_says_what_fits_and_a_change_says_what_it_took(context: BrowserContext, sheet: Sheet) -> None:
    page, faults = offline_sheet(context, sheet)
    item, mark = card(page), page.locator("[data-jump='4.1.2']")
    percent, asks = item.get_by_label("第二步"), item.get_by_text("评 25% 及以下、85% 及以上的，须写明")
    words = [band.process for band in sheet.application.cycle.criteria.bands]
    assert len(words) == 6
    expect(item.locator(".band-choice > label")).to_have_text(
        [re.compile(f"{re.escape(text)}$") for text in words]
    )
    expect(percent.locator("option")).to_have_text(["先选区间"])
    item.get_by_role("radio", name="70%–85%").check()
    percent.select_option("80")
    expect(asks).to_be_hidden()
    expect(mark).to_have_class("scored")
    percent.select_option("85")
    expect(asks).to_be_visible()
    expect(mark).to_have_class("short")
    expect(mark).to_contain_text("，缺说明")
    strengths(page).fill("有实例")
    expect(mark).to_have_class("scored")
    item.get_by_role("radio", name="70%–85%").focus()
    page.keyboard.press("ArrowUp")
    told = item.get_by_role("status")
    expect(told).to_contain_text("原来评的 85% 不在这个区间内，已清除")
    expect(percent).to_have_value("")
    expect(mark).to_have_class("unscored")
    page.reload()
    unlock(page)
    page.get_by_role("button", name=sheet.application.organisation.name).click()
    expect(told).to_contain_text("原来评的 85% 不在这个区间内，已清除")
    item.get_by_text("第一步：选最符合的区间").click()
    item.get_by_role("radio", name="70%–85%").check()
    expect(percent).to_have_value("85")
    expect(told).to_be_hidden()
    item.get_by_role("radio", name="50%–65%").check()
    percent.select_option("55")
    expect(told).to_be_hidden()
    context.set_offline(False)
    synced(page)
    row = sheet.items.get()
    assert (row.band, row.percent, row.strengths, faults) == (50, 55, "有实例", [])


@pytest.mark.parametrize("width", [390, 1280])
def test_from_item_to_item_by_list_button_and_keys(context: BrowserContext, sheet: Sheet, width: int) -> None:
    page, faults = offline_sheet(context, sheet)
    page.set_viewport_size({"width": width, "height": 844})
    fold = page.get_by_text("目录", exact=True)
    links = page.get_by_role("navigation", name="评分项目录").get_by_role("link")
    expect(page.locator("[data-jump]")).to_have_count(23)
    if width == 390:
        expect(links).to_have_count(0)
        fold.focus()
        page.keyboard.press("Enter")
        expect(links).to_have_count(23)
        page.keyboard.press("Escape")
        expect(links).to_have_count(0)
        fold.click()
    links.filter(has_text="4.7.2").focus()
    page.keyboard.press("Enter")
    last = card(page, "4.7.2")
    expect(last.get_by_role("radio").first).to_be_focused()
    expect(last.get_by_role("heading")).to_be_in_viewport()
    expect(page.get_by_text("已评 0 / 23 项")).to_be_in_viewport()
    assert page.evaluate(
        "document.querySelector('.sheet-head').getBoundingClientRect().bottom"
        " <= document.getElementById('item-4.7.2').getBoundingClientRect().top"
    ), "the head covers nothing of the item"
    if width == 390:
        expect(links).to_have_count(0)
    last.get_by_role("radio").nth(3).check()
    last.get_by_label("第二步").select_option("50")
    expect(page.get_by_text("已评 1 / 23 项")).to_be_in_viewport()
    page.get_by_role("button", name="下一个未评").click()
    expect(card(page, "4.7.3").get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Alt+k")
    expect(last.get_by_label("第二步")).to_be_focused()
    page.keyboard.press("Alt+n")
    page.keyboard.press("Alt+j")
    expect(card(page, "4.7.4").get_by_role("radio").first).to_be_focused()
    if width == 390:
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert (found.generate_report() if found.violations_count else "", faults) == ("", [])


def test_a_dispute_and_a_refusal_hold_back_nothing_else(
    context: BrowserContext, sheet: Sheet, house: House
) -> None:
    page, faults = offline_sheet(context, sheet)
    item = card(page)
    item.get_by_role("radio", name="50%–65%").check()
    item.get_by_label("第二步").select_option("60")
    item.get_by_role("textbox", name="依据").fill("附件99")
    strengths(page).fill("没有争议的")
    card(page, "4.1.3").get_by_label("优势").fill("别的条目")
    elsewhere(sheet, house, band=30, percent=40)
    context.set_offline(False)
    box = page.get_by_role("alert")
    expect(box).to_have_count(1)
    expect(box).to_contain_text("区间 50%–65%，评 60%")
    expect(box).to_contain_text("区间 30%–45%，评 40%")
    expect(item.locator(".field-error")).to_have_count(1)
    expect(item.locator(".text-evidence .field-error")).to_contain_text("附件99")
    expect(
        page.get_by_text("2 处还没有同步；有内容在别处也改过，请在下面选择；1 处平台没有接受")
    ).to_be_visible()
    expect(page.locator("[data-jump='4.1.2']")).to_contain_text("，请核对")
    row = sheet.items.get(item="4.1.2")
    assert (row.band, row.percent, row.strengths, row.evidence) == (30, 40, "没有争议的", "")
    assert sheet.items.get(item="4.1.3").strengths == "别的条目"
    page.get_by_role("button", name="用这台设备上的").click()
    expect(box).to_have_count(0)
    item.get_by_role("textbox", name="依据").fill("自评4.1.2")
    synced(page)
    row.refresh_from_db()
    assert (row.band, row.percent, row.evidence) == (50, 60, "自评4.1.2")
    assert faults == []


def test_a_presentation_has_no_bands_to_choose(
    browser: Browser, live_server: Any, now: datetime, transactional_db: None
) -> None:
    site = make_site(now, 1)
    sheet = sheet_of(site_panel(site), 1, site.applications[0], "presentation")
    context = logged_in(browser, live_server, sheet.reviewer.user)
    page, faults = set_up(context)
    context.set_offline(True)
    page.get_by_role("button", name=f"{sheet.application.organisation.name}　陈述答辩").click()
    first = page.locator("[data-item]").first
    expect(page.get_by_role("radio")).to_have_count(0)
    first.get_by_label("评分").select_option("90")
    expect(page.locator("[data-jump]").first).to_contain_text("，缺说明")
    first.get_by_label("优势").fill("讲得清楚")
    expect(page.locator("[data-jump]").first).to_contain_text("，已评")
    context.set_offline(False)
    synced(page)
    row = sheet.items.get()
    assert (row.band, row.percent, row.strengths, faults) == (None, 90, "讲得清楚", [])
    context.close()


def held_answer(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, Callable[[], None]]:
    """The next answer to a device is saved, but waits: an event for that, and what lets it go."""
    saved, go = threading.Event(), threading.Event()
    original = offline_sheets._synced

    def slow(*arguments: Any) -> Any:
        answer = original(*arguments)
        saved.set()
        go.wait(20)
        return answer

    monkeypatch.setattr(offline_sheets, "_synced", slow)
    return saved, go.set


def test_what_is_typed_while_a_sync_is_under_way_stays(
    context: BrowserContext, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, faults = offline_sheet(context, sheet)
    item = card(page)
    item.get_by_role("radio", name="50%–65%").check()
    item.get_by_label("第二步").select_option("60")
    strengths(page).fill("第一句")
    item.get_by_label("改进机会").fill("又划掉的")
    saved, go = held_answer(monkeypatch)
    context.set_offline(False)
    assert saved.wait(20)
    item.get_by_label("第二步").select_option("65")
    item.get_by_label("改进机会").fill("")
    strengths(page).fill("第一句，第二句")
    page.keyboard.press("Home")
    go()
    synced(page)
    row = sheet.items.get()
    assert (row.band, row.percent, row.strengths, row.opportunities) == (50, 65, "第一句，第二句", "")
    expect(strengths(page)).to_be_focused()
    assert page.evaluate("document.activeElement.selectionStart") == 0, "the caret stays where it was"
    assert faults == []


def test_a_sheet_opened_while_a_sync_is_under_way_is_the_one_synced(
    context: BrowserContext, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, faults = offline_sheet(context, sheet)
    name = sheet.application.organisation.name
    strengths(page).fill("第一句")
    page.get_by_role("button", name="返回列表").click()
    saved, go = held_answer(monkeypatch)
    context.set_offline(False)
    assert saved.wait(20)
    page.get_by_role("button", name=name).click()
    card(page).get_by_label("改进机会").fill("打开后写的")
    go()
    synced(page)
    page.get_by_role("button", name="返回列表").click()
    page.get_by_role("button", name=name).click()
    row = sheet.items.get()
    assert (row.strengths, row.opportunities, faults) == ("第一句", "打开后写的", [])
