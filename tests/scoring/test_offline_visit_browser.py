"""A visit's record without a network in a real browser: written, photographed, brought back; conflict, refusal, the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scoring import services
from scoring.models import SiteVisit, VisitAnswer, VisitLine, VisitPhoto
from tests.applications.assessments import picture
from tests.scoring.offline_pages import DUMP, logged_in, set_up, unlock
from tests.scoring.reviewing import user
from tests.scoring.visiting import make_site, question, report_signed, site_panel, visit_plan

pytestmark = [pytest.mark.django_db(transaction=True)]

SECRET = "模具台账缺了两周"
TALK = "班组长说每周五补记"
CAPTION = "台账柜的封条"


@pytest.fixture
def visit(now: datetime, transactional_db: None) -> SiteVisit:
    site = make_site(now, 1)
    panel = site_panel(site)
    question(site, site.applications[0], "4.1.2", "看台账")
    return visit_plan(site, panel, site.applications[0])


@pytest.fixture
def context(browser: Browser, live_server: Any, visit: SiteVisit) -> Iterator[BrowserContext]:
    context = logged_in(browser, live_server, user(visit.panel, 1))
    yield context
    context.close()


def open_visit(page: Page, visit: SiteVisit) -> None:
    page.get_by_role("button", name=f"{visit.application.organisation.name}　现场记录").click()


def test_a_day_on_site_is_written_down_without_a_network(context: BrowserContext, visit: SiteVisit) -> None:
    page, faults = set_up(context)
    expect(page.get_by_role("heading", name="现场记录")).to_be_visible()
    context.set_offline(True)
    page.reload()
    unlock(page)
    open_visit(page, visit)
    page.get_by_label("核实结果").select_option(label="部分属实")
    page.get_by_label("核实情况").fill(SECRET)
    page.get_by_role("button", name="添加访谈").click()
    expect(page.get_by_label("日期")).to_be_focused()
    page.get_by_label("访谈对象及职务").fill("班组长")
    page.get_by_label("记录", exact=True).fill(TALK)
    page.get_by_label("纪要").first.fill("首次会议开过了")
    shot = picture()
    page.get_by_label("添加照片").set_input_files(
        [
            {"name": "柜子.png", "mimeType": "image/png", "buffer": shot.read()},
            {"name": "清单.txt", "mimeType": "text/plain", "buffer": b"x"},
        ]
    )
    expect(page.get_by_text("清单.txt 没有存下：只能是 PNG 或 JPG 照片")).to_be_visible()
    page.get_by_label("说明").fill(CAPTION)
    expect(page.get_by_text("5 处还没有同步")).to_be_visible()
    page.reload()
    unlock(page)
    open_visit(page, visit)
    expect(page.get_by_label("核实情况")).to_have_value(SECRET)
    expect(page.get_by_label("记录", exact=True)).to_have_value(TALK)
    expect(page.get_by_label("说明")).to_have_value(CAPTION)
    with context.expect_page():
        page.get_by_role("button", name="柜子.png").click()
    kept = page.evaluate(DUMP)
    assert "visits=1 " in kept
    assert "photos=1 " in kept
    for plain in (SECRET, TALK, CAPTION, "柜子", "IHDR", visit.application.organisation.name):
        assert plain not in kept
    assert not VisitLine.objects.exists()

    context.set_offline(False)
    expect(page.get_by_text("已同步", exact=True)).to_be_visible()
    answer, talk, photo = VisitAnswer.objects.get(), VisitLine.objects.get(), VisitPhoto.objects.get()
    assert (answer.outcome, answer.answer) == ("partly", SECRET)
    assert (talk.kind, talk.who, talk.notes, talk.client_id is not None) == (
        "interview",
        "班组长",
        TALK,
        True,
    )
    assert (photo.caption, photo.file.digest != "") == (CAPTION, True)
    visit.refresh_from_db()
    assert visit.opening_text == "首次会议开过了"
    expect(page.get_by_role("heading", name="访谈1")).to_be_visible()
    assert "photos=0 " in page.evaluate(DUMP)
    assert faults == []


def test_others_words_are_shown_and_what_is_refused_stays_with_its_reason(
    context: BrowserContext, visit: SiteVisit, now: datetime
) -> None:
    page, faults = set_up(context)
    open_visit(page, visit)
    context.set_offline(True)
    page.get_by_label("核实情况").fill("设备上的")
    page.get_by_label("纪要").first.fill("补一句")
    asked = visit.application.sheets.get(stage="material")
    key = f"answer-{asked.pk}-4.1.2-answer"
    values = {key: "组长写的"}
    services.save_visit(visit=visit, values=values, revision=0, actor=user(visit.panel, 0), now=now)
    SiteVisit.objects.filter(pk=visit.pk).update(opening_signed_at=now, opening_text="已签的纪要")
    context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("组长写的")
    expect(page.get_by_text("纪要已经签署，不能再修改")).to_be_visible()
    assert VisitAnswer.objects.get().answer == "组长写的", "nothing is overwritten before a choice"
    page.get_by_role("button", name="用这台设备上的").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    unlock(page)
    open_visit(page, visit)
    expect(page.get_by_label("核实情况")).to_have_value("设备上的")
    expect(page.get_by_text("补一句")).to_be_visible()
    assert VisitAnswer.objects.get().answer == "设备上的"
    page.get_by_role("button", name="从设备上删除").click()
    expect(page.get_by_text("已同步", exact=True)).to_be_visible()

    context.set_offline(True)
    page.get_by_label("核实情况").fill("来不及了")
    report_signed(visit.application)
    context.set_offline(False)
    expect(page.get_by_text("现场评审报告已签署")).to_be_visible()
    expect(page.get_by_text("来不及了")).to_be_visible()
    assert page.get_by_role("textbox").count() == 0
    page.get_by_role("button", name="从设备上删除").click()
    expect(page.get_by_role("heading", name="我的评分表")).to_be_visible()
    assert "visits=0" in page.evaluate(DUMP)
    assert faults == []
