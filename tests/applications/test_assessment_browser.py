"""Nothing typed is lost: the network, the session, the tab and the server die in mid-typing, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentItem
from ground import clock
from tests.applications import builders
from tests.applications.assessments import colleague, furnish, online, picture
from tests.applications.browsing import (
    AWAY,
    OFFERED,
    QUIET,
    RETRYING,
    kept_locally,
)

pytestmark = [pytest.mark.django_db(transaction=True)]

TEXT = "公司高层每季度主持质量例会，"
MORE = "并到班组答复问题。"
AUTOSAVE = "**/autosave/"
Open = Callable[..., Page]


@pytest.fixture
def owner(now: datetime) -> User:
    user, application = builders.filled(builders.running_cycle(now), now)
    online(application, user, now)
    return user


@pytest.fixture
def draft(owner: User) -> Application:
    return Application.objects.get(created_by=owner)


def address(application: Application, code: str = "4.1.2", name: str = "assessment_item") -> str:
    return reverse(f"applications:{name}", args=[application.pk, code])


def editor(context: BrowserContext, application: Application, code: str = "4.1.2") -> Page:
    page = context.new_page()
    page.goto(address(application, code))
    return page


def write(page: Page, words: str) -> None:
    """Type at the end of the text, letter by letter."""
    area = page.locator("#id_text")
    area.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def state(page: Page) -> Any:
    return page.locator("#text-form [data-save-state]")


def stored(application: Application, code: str = "4.1.2") -> str:
    row = AssessmentItem.objects.filter(application=application, code=code).first()
    return row.text if row else ""


def settle(page: Page, application: Application, words: str) -> None:
    """Wait until the server holds these words and the page says so."""
    for _ in range(200):
        if stored(application) == words:
            break
        page.wait_for_timeout(100)
    assert stored(application) == words
    expect(state(page)).to_contain_text("已保存")


def die(page: Page) -> None:
    """The tab crashes: unlike a closing page it gets no chance to save once more."""
    page.wait_for_timeout(QUIET)
    with suppress(Error):
        page.goto("chrome://crash")
    page.close()


def test_what_is_typed_is_saved_by_itself(enter: Any, owner: User, draft: Application) -> None:
    page = editor(enter(owner), draft)
    write(page, TEXT)
    expect(state(page)).to_have_text("已保存 09:00:00")
    assert stored(draft) == TEXT
    assert TEXT not in kept_locally(page)
    expect(page.locator("#id_text_words")).to_contain_text(f"本条 {len(TEXT)} 字")
    expect(page.locator("#preview")).to_contain_text(TEXT)


def test_the_network_is_cut(enter: Any, owner: User, draft: Application) -> None:
    context = enter(owner)
    page = editor(context, draft)
    write(page, TEXT)
    expect(state(page)).to_contain_text("已保存")
    context.set_offline(True)
    write(page, MORE)
    expect(state(page)).to_contain_text(AWAY)
    assert stored(draft) == TEXT
    assert TEXT + MORE in kept_locally(page)
    write(page, "断网时还在写。")
    context.set_offline(False)
    settle(page, draft, TEXT + MORE + "断网时还在写。")


def test_the_tab_dies(enter: Any, owner: User, draft: Application) -> None:
    context = enter(owner)
    page = editor(context, draft)
    context.set_offline(True)
    write(page, TEXT + MORE)
    die(page)
    context.set_offline(False)
    assert stored(draft) == ""
    page = editor(context, draft)
    expect(page.get_by_text(OFFERED)).to_be_visible()
    expect(page.locator("#id_text")).to_have_value("")
    page.get_by_role("button", name="恢复到表单里").click()
    expect(page.locator("#id_text")).to_have_value(TEXT + MORE)
    settle(page, draft, TEXT + MORE)
    page.reload()
    expect(page.get_by_text(OFFERED)).to_have_count(0)


def test_the_session_ends(enter: Any, owner: User, draft: Application) -> None:
    page = editor(enter(owner), draft)
    write(page, TEXT)
    expect(state(page)).to_contain_text("已保存")
    Session.objects.all().delete()
    write(page, MORE)
    expect(state(page)).to_contain_text("登录已过期")
    write(page, "过期后还在写。")
    page.get_by_role("link", name="重新登录").click()
    page.locator("[name=username]").fill(owner.username)
    page.locator("[name=password]").fill("demo password")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{address(draft)}")
    expect(page.get_by_text(OFFERED)).to_be_visible()
    page.get_by_role("button", name="恢复到表单里").click()
    settle(page, draft, TEXT + MORE + "过期后还在写。")


def test_the_server_is_down(enter: Any, owner: User, draft: Application) -> None:
    page = editor(enter(owner), draft)
    page.route(AUTOSAVE, lambda route: route.fulfill(status=503, body="down"))
    write(page, TEXT)
    expect(state(page)).to_contain_text(RETRYING)
    page.unroute(AUTOSAVE)
    settle(page, draft, TEXT)


def test_the_servers_answer_is_lost(enter: Any, owner: User, draft: Application) -> None:
    """The text was saved but nobody heard of it: the retry is no conflict with oneself."""
    page = editor(enter(owner), draft)
    lost: list[str] = []

    def swallow(route: Route) -> None:
        lost.append(route.fetch().text())
        route.abort()

    page.route(AUTOSAVE, swallow, times=1)
    write(page, TEXT)
    expect(state(page)).to_contain_text(RETRYING)
    expect(state(page)).to_contain_text("已保存")
    assert lost
    assert stored(draft) == TEXT
    write(page, MORE)
    settle(page, draft, TEXT + MORE)


def test_the_server_is_down_when_the_form_is_sent(enter: Any, owner: User, draft: Application) -> None:
    """Pressing the button into a dead server: the copy in the browser brings the text back."""
    page = editor(enter(owner), draft)
    page.route(AUTOSAVE, lambda route: route.abort())
    page.route(
        f"**{address(draft)}",
        lambda route: (
            route.fulfill(status=503, body="down") if route.request.method == "POST" else route.continue_()
        ),
    )
    write(page, TEXT)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("down")).to_be_visible()
    page.unroute(f"**{address(draft)}")
    page.goto(address(draft))
    expect(page.get_by_text(OFFERED)).to_be_visible()
    assert stored(draft) == ""
    page.unroute(AUTOSAVE)
    page.get_by_role("button", name="恢复到表单里").click()
    settle(page, draft, TEXT)


def test_figures_and_score_survive_too(enter: Any, owner: User, draft: Application) -> None:
    context = enter(owner)
    page = editor(context, draft)
    context.set_offline(True)
    page.locator("#id_figures-0-label").fill("一次合格率")
    page.get_by_role("button", name="添加一行").click()
    page.locator("#id_figures-1-label").fill("客诉件数")
    page.locator("#id_figures-1-third").fill("3")
    page.locator("label.percent", has_text="65%").click()
    die(page)
    context.set_offline(False)
    page = editor(context, draft)
    expect(page.get_by_text(OFFERED)).to_have_count(2)
    for _ in range(2):
        page.get_by_role("button", name="恢复到表单里").first.click()
    expect(page.locator("#id_figures-1-label")).to_be_visible()
    expect(page.locator("#figures-form [data-save-state]")).to_contain_text("已保存")
    expect(page.locator("#percent-form [data-save-state]")).to_contain_text("已保存")
    expect(page.locator("#charts svg")).to_have_count(1)
    item = AssessmentItem.objects.get(application=draft, code="4.1.2")
    assert item.self_percent == 65
    assert [(row.label, row.third) for row in item.figures.all()] == [("一次合格率", None), ("客诉件数", 3)]


def test_two_editors_meet(enter: Any, owner: User, draft: Application) -> None:
    other = colleague(draft, name="张三")
    services.save_item_text(
        application=draft, code="4.1.2", text="共同的开头。\n", version=0, actor=owner, now=clock.now()
    )
    first, second = editor(enter(owner), draft), editor(enter(other), draft)
    expect(second.locator("#presence")).to_contain_text("正在查看 4.1.2")
    write(first, "甲补充的一句。")
    expect(state(first)).to_contain_text("已保存")
    write(second, "乙补充的一句。")
    box = second.locator(".conflict")
    expect(box).to_contain_text("甲补充的一句。")
    expect(box).to_contain_text("乙补充的一句。")
    assert stored(draft) == "共同的开头。\n甲补充的一句。"
    write(second, "乙还在写。")
    second.get_by_role("button", name="逐处对照，合并两份").click()
    second.wait_for_url("**/conflict/")
    expect(second.locator("del")).to_contain_text("甲")
    expect(second.locator("ins").last).to_contain_text("乙还在写。")
    expect(second.locator("#id_text")).to_have_value("共同的开头。\n甲补充的一句。\n乙补充的一句。乙还在写。")
    second.get_by_role("button", name="保存合并后的内容").click()
    second.wait_for_url(f"**{address(draft)}")
    expect(second.get_by_text(OFFERED)).to_have_count(0)
    item = AssessmentItem.objects.get(application=draft, code="4.1.2")
    assert item.text == "共同的开头。\n甲补充的一句。\n乙补充的一句。乙还在写。"
    kept = set(item.versions.values_list("text", flat=True))
    assert {"共同的开头。\n甲补充的一句。", "共同的开头。\n乙补充的一句。乙还在写。"} <= kept
    first.reload()
    expect(first.locator("#presence")).to_contain_text("张三")


@pytest.mark.parametrize(("button", "stands"), [("用我写的", "乙的。"), ("用已保存的", "甲的。")])
def test_one_text_is_taken_on_the_spot(
    enter: Any, owner: User, draft: Application, button: str, stands: str
) -> None:
    first, second = editor(enter(owner), draft), editor(enter(colleague(draft)), draft)
    write(first, "甲的。")
    expect(state(first)).to_contain_text("已保存")
    write(second, "乙的。")
    second.get_by_role("button", name=button).click()
    settle(second, draft, stands)
    expect(second.locator("#id_text")).to_have_value(stands)
    second.reload()
    item = AssessmentItem.objects.get(application=draft, code="4.1.2")
    texts = {
        *item.versions.values_list("text", flat=True),
        *item.conflict_copies.values_list("text", flat=True),
    }
    assert {"甲的。", "乙的。"} <= texts


def test_the_toolbar_and_pasted_tables(enter: Any, owner: User, draft: Application) -> None:
    page = editor(enter(owner), draft)
    write(page, "方法")
    page.get_by_role("button", name="标题").click()
    expect(page.locator("#id_text")).to_have_value("## 方法")
    write(page, "\n")
    page.get_by_role("button", name="加粗").click()
    page.keyboard.type("重点")
    page.locator("#id_text").evaluate(
        """area => {
            area.setSelectionRange(area.value.length, area.value.length);
            const data = new DataTransfer();
            data.setData("text/plain", "指标\\t2025\\n合格率\\t99|1");
            data.setData("text/html", "<table></table>");
            area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#id_text")).to_have_value(
        "## 方法\n**重点**\n\n| 指标 | 2025 |\n|---|---|\n| 合格率 | 99\\|1 |\n"
    )
    page.keyboard.press("Control+z")
    expect(page.locator("#id_text")).to_have_value("## 方法\n**重点**")
    expect(page.locator("#preview h3")).to_have_text("方法")
    expect(page.locator("#preview strong")).to_have_text("重点")


def test_a_picture_is_put_in(enter: Any, owner: User, draft: Application) -> None:
    page = editor(enter(owner), draft)
    upload = picture(300, 200)
    files = {"name": "流程图.png", "mimeType": "image/png", "buffer": upload.read()}
    page.locator("[data-markup-toolbar] input[type=file]").set_input_files(files)
    expect(page.locator("#id_text")).to_have_value("![流程图](1)\n")
    shown = page.locator("#preview img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 300
    bad = {"name": "x.png", "mimeType": "image/png", "buffer": b"<svg/>"}
    page.locator("[data-markup-toolbar] input[type=file]").set_input_files(bad)
    expect(page.locator("[data-tool-state]")).to_contain_text("这里只收")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_accessible(enter: Any, owner: User, draft: Application, width: int) -> None:
    furnish(draft, owner, clock.now())
    given = {"application": draft, "code": "4.1.3", "now": clock.now()}
    services.keep_conflict_copy(text="乙", actor=owner, **given)
    page = enter(owner).new_page()
    page.set_viewport_size({"width": width, "height": 900})
    version = AssessmentItem.objects.get(application=draft, code="4.1.2").versions.first()
    whole = ("assessment", "choose_assessment_mode", "read_assessment", "assessment_pdf", "page_index")
    pages = [reverse(f"applications:{name}", args=[draft.pk]) for name in whole]
    pages += [address(draft), address(draft, name="item_versions"), address(draft, "4.1.3", "item_conflict")]
    pages.append(f"{address(draft, name='item_versions')}{version.pk}/")
    for place in pages:
        page.goto(place)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{place}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
