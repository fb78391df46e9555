"""Nothing typed on a page of the application is lost: network, session and a colleague in mid-typing, in a real browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from applications import services
from applications.models import Application
from ground import clock
from tests.applications import builders
from tests.applications.assessments import colleague
from tests.applications.browsing import (
    AWAY,
    OFFERED,
    kept_locally,
)

pytestmark = [pytest.mark.django_db(transaction=True)]
NOTE = "第一张证书由总部持有，"
MORE = "第二张在本年五月换证。"


@pytest.fixture
def draft(now: datetime) -> Application:
    return builders.draft(builders.running_cycle(now), now)[1]


@pytest.fixture
def owner(draft: Application) -> User:
    return draft.created_by


def opened(page: Page, application: Application, question: str = "certified_system") -> Page:
    page.goto(reverse("applications:condition", args=[application.pk, question]))
    return page


def state(page: Page) -> Any:
    return page.locator("[data-save-state]")


def write(page: Page, words: str) -> None:
    page.locator("#id_note").press_sequentially(words)
    page.keyboard.press("Tab")


def test_the_network_dies_in_a_row(enter: Any, owner: User, draft: Application) -> None:
    """A row begun is kept here until it is whole; whole, it is kept until the network is back; then it is saved."""
    context = enter(owner)
    page = opened(context.new_page(), draft)
    expect(page.locator("#id_rows-0-standard")).to_be_hidden()
    page.get_by_label("有，逐项列出").check()
    expect(page.locator("#id_rows-0-standard")).to_be_visible()
    page.locator("#id_rows-0-valid_until").fill("2028-05-31")
    page.keyboard.press("Tab")
    expect(state(page)).to_have_text("还没有填完整，填好后自动保存。已填的内容留在这台电脑上。")
    assert "2028-05-31" in kept_locally(page)
    context.set_offline(True)
    page.locator("#id_rows-0-standard").fill("GB/T 19001")
    write(page, NOTE)
    expect(state(page)).to_contain_text(AWAY)
    draft.refresh_from_db()
    assert draft.facts == {}
    context.set_offline(False)
    expect(state(page)).to_have_text("已保存 09:00:00")
    draft.refresh_from_db()
    assert draft.facts["certificates"] == [{"standard": "GB/T 19001", "valid_until": "2028-05-31"}]
    assert draft.notes == {"certified_system": NOTE}
    assert NOTE not in kept_locally(page)


def test_the_session_dies_in_a_row(enter: Any, owner: User, draft: Application) -> None:
    page = opened(enter(owner).new_page(), draft)
    write(page, NOTE)
    expect(state(page)).to_contain_text("已保存")
    Session.objects.all().delete()
    write(page, MORE)
    expect(state(page)).to_contain_text("登录已过期")
    page.get_by_role("link", name="重新登录").click()
    page.locator("[name=username]").fill(owner.username)
    page.locator("[name=password]").fill("demo password")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/conditions/certified_system/")
    expect(page.get_by_text(OFFERED)).to_be_visible()
    page.get_by_role("button", name="恢复到表单里").click()
    expect(page.locator("#id_note")).to_have_value(NOTE + MORE)
    expect(state(page)).to_contain_text("已保存")
    draft.refresh_from_db()
    assert draft.notes == {"certified_system": NOTE + MORE}


@pytest.mark.parametrize(("button", "stands"), [("用我写的", "9"), ("用已保存的", "7")])
def test_a_colleague_was_faster(
    enter: Any, owner: User, draft: Application, button: str, stands: str
) -> None:
    page = opened(enter(owner).new_page(), draft, "profit")
    services.save_facts(
        application=draft,
        facts={"net_profit": {"2025": "7"}},
        version=draft.version,
        actor=colleague(draft, name="张三"),
        now=clock.now(),
    )
    page.locator("#id_profit_2025").fill("9")
    page.keyboard.press("Tab")
    box = page.locator(".conflict")
    expect(box).to_contain_text("张三刚刚也改了这一项")
    expect(box).to_contain_text("净利润：2025 年：7 元")
    expect(box).to_contain_text("净利润：2025 年：9 元")
    page.get_by_role("button", name=button).click()
    expect(box).to_have_count(0)
    expect(page.locator("#id_profit_2025")).to_have_value(stands)
    expect(state(page)).to_contain_text("已保存")
    draft.refresh_from_db()
    assert draft.facts["net_profit"] == {"2025": stands}
    expect(page.get_by_text(OFFERED)).to_have_count(0)


def test_the_register_entry(enter: Any, owner: User, draft: Application) -> None:
    """Each field by itself: a wrong one is told at its place, a colleague's other field is no conflict."""
    page = enter(owner).new_page()
    organisation = draft.organisation
    page.goto(reverse("applications:edit_organisation", args=[organisation.pk]))
    services.update_organisation(
        organisation=organisation,
        data={**builders.organisation_data(), "name": organisation.name, "address": "同事改的路 9 号"},
        actor=colleague(draft),
        now=clock.now(),
    )
    page.locator("#id_employees").fill("-3")
    page.keyboard.press("Tab")
    expect(page.locator("[data-autosave-error]")).to_have_text("职工人数不能是负数。")
    page.locator("#id_contact_phone").fill("0512-68880000")
    page.keyboard.press("Tab")
    for _ in range(100):
        organisation.refresh_from_db()
        if organisation.contact_phone == "0512-68880000":
            break
        page.wait_for_timeout(50)
    assert (organisation.contact_phone, organisation.address) == ("0512-68880000", "同事改的路 9 号")
    expect(page.locator(".conflict")).to_have_count(0)
    page.locator("#id_employees").fill("330")
    page.keyboard.press("Tab")
    expect(state(page)).to_contain_text("已保存")
