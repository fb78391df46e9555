"""Nothing that somebody typed is lost: a session that ends, a refusal, two clicks, two tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import Application
from demo import applying
from demo.roster import PASSWORD
from demo.timeline import last_year
from tests.journeys.cast import Cast
from tests.journeys.person import Person, beginning

pytestmark = [pytest.mark.journey]
TYPED = "本组织成立于二〇〇八年，现有职工一千二百六十人，以可靠的质量创造长期价值。"
OTHERS = "同事写的另一份概述。"


@pytest.fixture
def cast(cast_for: Callable[..., Cast], request: pytest.FixtureRequest) -> Cast:
    return cast_for(f"nothing-lost/{request.node.originalname.removeprefix('test_')}")


@pytest.fixture
def application(cast: Cast, at: Callable[..., datetime]) -> Application:
    """A draft of the park's year, being written by its owner."""
    roster = cast.roster
    cast.wait_until(at(2026, 4, 1))
    cycle = applying.call_year(
        roster, "park", "park-2023", 2026, "苏园质评办〔2026〕1号", last_year(2026), at(2026, 3, 3)
    )
    return applying.draft(roster, cycle, "ruian", at(2026, 3, 20))


@pytest.fixture
def writer(cast: Cast, application: Application) -> Person:
    return cast["org_ruian"]


def text_of(person: Person) -> str:
    return person.field("组织概述").input_value()


def test_a_session_that_ends_while_typing(writer: Person, application: Application) -> None:
    """The page says so, keeps the text, leads to the login and back, and offers the text again."""
    profile = f"/applications/{application.pk}/profile/"
    writer.open(profile)
    writer.fill(组织概述="第一句。")
    writer.page.keyboard.press("Tab")
    expect(writer.main.get_by_role("status").last).to_contain_text("已保存")
    Session.objects.all().delete()
    writer.fill(组织概述=TYPED)
    writer.page.keyboard.press("Tab")
    writer.sees("登录已过期", "内容留在这台电脑上")
    writer.album.keep(writer.page, "session-over")
    writer.follow("重新登录")
    writer.give_password("org_ruian", PASSWORD)
    assert writer.path == profile
    assert text_of(writer) == "第一句。"
    writer.sees("这台电脑上留有尚未提交的内容")
    writer.main.get_by_role("button", name="恢复到表单里").click()
    assert text_of(writer) == TYPED
    writer.press("保存并返回")
    application.refresh_from_db()
    assert application.profile_text == TYPED


def test_a_session_that_ends_before_a_form_is_sent(writer: Person, application: Application) -> None:
    """A form sent without a session leads to the login and back, and the text is offered again."""
    page = f"/applications/{application.pk}/conditions/licences/"
    writer.open(page)
    writer.choose("取得情况", "不适用")
    writer.fill(说明=TYPED)
    Session.objects.all().delete()
    writer.press("保存")
    writer.give_password("org_ruian", PASSWORD)
    assert writer.path == page
    writer.sees("这台电脑上留有尚未提交的内容")
    writer.main.get_by_role("button", name="恢复到表单里").click()
    assert writer.field("说明").input_value() == TYPED
    writer.press("保存")
    writer.sees("已保存")


def test_a_refusal_keeps_what_was_typed(writer: Person, application: Application) -> None:
    writer.open(f"/applications/{application.pk}/conditions/certified_system/")
    second = writer.main.get_by_role("group", name="证书 2")
    writer.fill(among=second, 证书有效期至=date(2028, 5, 31))
    writer.fill(补充说明=TYPED)
    writer.press("保存")
    writer.sees("有内容需要改正", "请填写认证标准")
    assert writer.field("证书有效期至", second).input_value() == "2028-05-31"
    assert writer.field("补充说明").input_value() == TYPED


def test_pressing_twice_does_it_once(
    cast: Cast, writer: Person, application: Application, at: Callable[..., datetime]
) -> None:
    """The second click of an impatient person, and the same form sent from a second tab, change nothing more."""
    applying.complete(cast.roster, application, "ruian", "zone", at(2026, 3, 21))
    applying.commit(cast.roster, application, "ruian", at(2026, 3, 21))
    submit = f"/applications/{application.pk}/submit/"
    second = Person(writer.page.context.new_page(), writer.album, "the same in a second tab")
    for tab in (writer, second):
        tab.open(submit)
    with writer.page.expect_navigation():
        writer.main.get_by_role("button", name="提交申报").dblclick()
    writer.sees("申报已提交")
    second.press("提交申报")
    application.refresh_from_db()
    assert application.state == "submitted"
    assert application.recommendations.count() == 1
    writer.open("/inbox/")
    assert writer.main.get_by_role("link", name=beginning("申报已提交")).count() == 1


def test_two_people_in_one_text(cast: Cast, writer: Person, application: Application) -> None:
    """A colleague saves the same text: the second sees both and chooses, with scripts and without."""
    roster = cast.roster
    colleague_user = roster.person("colleague", "沈同事", "编写人")
    roster.grant(colleague_user, Role.APPLICANT_EDITOR, str(application.organisation_id), "瑞安")
    colleague, profile = cast["colleague"], f"/applications/{application.pk}/profile/"
    writer.open(profile)
    colleague.open(profile)
    colleague.fill(组织概述=OTHERS)
    colleague.press("保存并返回")
    writer.fill(组织概述=TYPED)
    writer.page.keyboard.press("Tab")
    writer.sees("沈同事刚刚也改了这一项", TYPED, OTHERS)
    writer.album.keep(writer.page, "both-texts")
    writer.main.get_by_role("button", name="用我写的").click()
    expect(writer.main.get_by_role("status").last).to_contain_text("已保存")
    application.refresh_from_db()
    assert application.profile_text == TYPED


def test_a_tab_left_open_on_a_question(cast: Cast, writer: Person, application: Application) -> None:
    """A page opened before somebody saved the same question shows what is saved beside what was typed."""
    page = f"/applications/{application.pk}/conditions/licences/"
    stale = Person(writer.page.context.new_page(), writer.album, "a tab left open")
    stale.open(page)
    writer.open(page)
    writer.choose("取得情况", "还有缺少")
    writer.press("保存")
    stale.choose("取得情况", "不适用")
    stale.fill(说明=TYPED)
    expect(stale.page.locator(".conflict")).to_contain_text("刚刚也改了这一项")
    stale.press("保存")
    stale.sees("已保存的内容", "还有缺少")
    assert stale.field("说明").input_value() == TYPED
    stale.press("保存")
    stale.sees("已保存")
    application.refresh_from_db()
    assert application.facts["licences"] == "not_applicable"
