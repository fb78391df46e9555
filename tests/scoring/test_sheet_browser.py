"""The sheet in a real browser: its state line tells of a refused field and of a lost network, both."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from scoring.models import Sheet

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_a_refused_field_hides_no_lost_network(context: BrowserContext, sheet: Sheet) -> None:
    page = context.new_page()
    page.goto(sheet.get_absolute_url())
    state = page.locator("[data-save-state]")
    field = lambda name: page.locator(f"[name='{name}-4.1.2']")  # noqa: E731
    field("evidence").fill("附件99")
    field("strengths").focus()
    expect(state).to_contain_text("有一项没有保存")
    context.set_offline(True)
    expect(state).to_contain_text("现在没有网络")
    expect(state).to_contain_text("有一项没有保存")
    field("strengths").fill("方法成系统")
    field("opportunities").focus()
    expect(state).to_contain_text("没有网络")
    expect(state).to_contain_text("有一项没有保存")
    context.set_offline(False)
    expect(state).to_have_text("有一项没有保存，请看该栏的说明。")
    assert sheet.items.get().strengths == "方法成系统"
    field("evidence").fill("自评4.1.2")
    field("strengths").focus()
    expect(state).to_contain_text("已保存")


def test_a_percentage_outside_the_band_is_told_not_dropped(context: BrowserContext, sheet: Sheet) -> None:
    page = context.new_page()
    page.goto(sheet.get_absolute_url())
    item = page.locator("#item-4\\.1\\.2")
    select = item.locator("select[data-points]")
    select.focus()
    page.keyboard.type("5")
    unbanded = item.get_by_text("键入的数没有记下。请先在第一步选区间")
    expect(unbanded).to_be_visible()
    item.get_by_role("radio", name="30").first.check()
    expect(unbanded).to_be_hidden()
    told = item.get_by_text("键入的数不是所选区间内的百分比")
    for digits, value in (("55", ""), ("57", ""), ("35", "35")):
        select.focus()
        page.wait_for_timeout(1300)  # typed anew, not a third digit
        page.keyboard.type(digits)
        expect(select).to_have_value(value)
        expect(told).to_be_visible(visible=not value)
    item.get_by_role("radio", name="50").first.check()
    cleared = item.get_by_text("原来评的 35% 不在这个区间内，已清除")
    expect(cleared).to_be_visible()
    expect(select).to_have_value("")
    item.get_by_role("radio", name="30").first.check()
    expect(select).to_have_value("35")
    expect(cleared).to_be_hidden()
    item.get_by_role("radio", name="50").first.check()
    select.select_option("55")
    expect(cleared).to_be_hidden()
