"""Who sees which page of a cycle: the public its call, the office and the supervisor the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards import services
from awards.models import Cycle
from ground import clock

OFFICE_PAGES = ("", "timetable/", "write-call/", "publish-call/", "cancel/")


def status(client, cycle, page: str) -> int:
    return client.get(f"/cycles/{cycle.pk}/{page}").status_code


def test_a_visitor_reads_published_calls_only(client, called, clerk, now):
    hidden = services.open_cycle(
        scheme_code="park", edition_code="park-2023", year=2027, actor=clerk, now=now
    )
    assert status(client, called, "call/") == 200
    assert status(client, hidden, "call/") == 404
    page = client.get("/cycles/").content.decode()
    assert str(called) in page
    assert str(hidden) not in page


def test_the_call_page_tells_who_what_and_when(client, called):
    page = client.get(f"/cycles/{called.pk}/call/").content.decode()
    for words in (
        "谁可以申报",
        "准备什么",
        "高于 600 分",
        "50 万元",
        "不超过 3 家",
        "第十一条(九)",
        "还剩",
        "不收取任何费用",
        f"关于{called}申报工作的通知",
        "通知原文",
    ):
        assert words in page
    assert 'href="/law/park-2023/#第十二条"' in page


@pytest.mark.parametrize("page", OFFICE_PAGES)
def test_a_visitor_is_asked_to_log_in_for_the_office_pages(client, called, page):
    answer = client.get(f"/cycles/{called.pk}/{page}")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("grant", ["office_head:city", "reviewer", "administrator", "authority:city"])
@pytest.mark.parametrize("page", OFFICE_PAGES)
def test_others_may_not_open_the_office_pages(client_of, user_with, called, draft, grant, page):
    """In sight but not allowed is 403."""
    assert status(client_of(user_with(grant)), called, page) == 403


@pytest.mark.parametrize("grant", ["office_head:city", "reviewer", "administrator", "authority:city"])
@pytest.mark.parametrize("page", [*OFFICE_PAGES, "call/"])
def test_a_cycle_in_preparation_is_out_of_sight(client_of, user_with, prepared, grant, page):
    assert status(client_of(user_with(grant)), prepared, page) == 404


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("office_head:park", (200, 200, 200, 200, 200)),
        ("office_clerk:park", (200, 200, 200, 403, 403)),
        ("supervisor", (200, 403, 403, 403, 403)),
        ("committee:park", (403, 403, 403, 403, 403)),
        ("finance:park", (403, 403, 403, 403, 403)),
    ],
)
def test_the_scheme_own_people(client_of, user_with, prepared, grant, expected):
    client = client_of(user_with(grant))
    assert tuple(status(client, prepared, page) for page in OFFICE_PAGES) == expected
    assert status(client, prepared, "call/") == 200


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("office_clerk:park", 200),
        ("office_head:park", 200),
        ("supervisor", 200),
        ("reviewer", 403),
        ("committee:park", 403),
    ],
)
def test_the_office_desk(client_of, user_with, called, grant, expected):
    assert client_of(user_with(grant)).get("/cycles/office/").status_code == expected


def test_the_desk_shows_own_schemes_only(client_of, clerk, called, called_for):
    other = called_for("city", 2026)
    page = client_of(clerk).get("/cycles/office/").content.decode()
    assert str(called) in page
    assert "完成资格审核" in page
    assert str(other) not in page


def test_the_supervisor_reads_all_and_opens_nothing(client_of, user_with, called, called_for):
    other = called_for("city", 2026)
    client = client_of(user_with("supervisor"))
    page = client.get("/cycles/office/").content.decode()
    assert str(called) in page
    assert str(other) in page
    assert "/cycles/open/" not in page.split("<main")[1]
    assert client.get("/cycles/open/").status_code == 403


def test_the_next_step_follows_the_state(client_of, clerk, head, draft, rows, now):
    def step(user) -> str:
        return (
            client_of(user).get(f"/cycles/{draft.pk}/").content.decode().split("下一步")[1].split("</div>")[0]
        )

    assert "排定工作安排" in step(clerk)
    services.set_timetable(cycle=draft, rows=rows, actor=clerk, now=now)
    assert "拟写申报通知" in step(clerk)
    services.write_call(cycle=draft, number="苏园质〔2026〕1号", text="正文", actor=clerk, now=now)
    assert f"/cycles/{draft.pk}/publish-call/" in step(head)
    assert "等主任" in step(clerk)
    assert "publish-call" not in step(clerk)
    services.publish_call(cycle=draft, actor=head, now=now)
    assert "查看已提交的申报" in step(clerk)


def test_the_first_page_does_not_say_that_nothing_waits_while_a_next_step_stands(client_of, clerk, draft):
    page = client_of(clerk).get("/cycles/office/").content.decode()
    assert "排定工作安排" in page
    assert "没有等您办理的事项" not in page
    draft.delete()
    assert "没有等您办理的事项" in client_of(clerk).get("/cycles/office/").content.decode()


def test_publishing_through_the_page(client_of, head, prepared):
    client = client_of(head)
    assert "任何人都能看到通知" in client.get(f"/cycles/{prepared.pk}/publish-call/").content.decode()
    answer = client.post(f"/cycles/{prepared.pk}/publish-call/")
    assert (answer.status_code, Cycle.objects.get().state) == (302, "open")
    assert client.post(f"/cycles/{prepared.pk}/publish-call/").status_code == 422


def test_publishing_an_unready_call_says_what_is_missing(client_of, head, draft):
    client = client_of(head)
    answer = client.get(f"/cycles/{draft.pk}/publish-call/")
    assert {fault.code for fault in answer.context["faults"]} == {
        "milestone_missing",
        "number_missing",
        "text_missing",
    }
    assert client.post(f"/cycles/{draft.pk}/publish-call/").status_code == 422


def test_writing_the_call_through_the_page(client_of, clerk, draft):
    client = client_of(clerk)
    assert "一、申报范围" in client.get(f"/cycles/{draft.pk}/write-call/").content.decode()
    answer = client.post(f"/cycles/{draft.pk}/write-call/", {"number": "", "text": "只写了正文"})
    assert answer.status_code == 422
    assert "只写了正文" in answer.content.decode()
    assert (
        client.post(
            f"/cycles/{draft.pk}/write-call/", {"number": "甲〔2026〕1号", "text": "正文"}
        ).status_code
        == 302
    )
    draft.refresh_from_db()
    assert (draft.call_number, draft.call_text) == ("甲〔2026〕1号", "正文")


def test_cancelling_through_the_page(client_of, head, called, client):
    officer = client_of(head)
    assert officer.post(f"/cycles/{called.pk}/cancel/", {"reason": ""}).status_code == 422
    assert officer.post(f"/cycles/{called.pk}/cancel/", {"reason": "办法修订"}).status_code == 302
    assert "理由：办法修订" in client.get(f"/cycles/{called.pk}/call/").content.decode()
    assert "已经取消" in client.get(f"/cycles/{called.pk}/call/").content.decode()


@pytest.mark.parametrize(
    ("grant", "offered"),
    [
        ("", True),
        ("applicant_owner:1", True),
        ("applicant_editor:1", True),
        ("applicant_viewer:1", False),
        ("reviewer", False),
        ("committee:park", False),
        ("office_clerk:park", False),
    ],
)
def test_only_who_may_apply_is_offered_to(client_of, user_with, called, rows, now, grant, offered):
    user = user_with(grant) if grant else user_with()
    with clock.frozen(rows["application"][0] + timedelta(hours=1)):
        page = client_of(user).get(f"/cycles/{called.pk}/call/").content.decode()
    assert (">开始申报</a>" in page) is offered


def test_applications_are_offered_only_while_they_are_taken(client, called, rows, now):
    address, words = f"/cycles/{called.pk}/call/", "开始申报</a>"
    assert words not in client.get(address).content.decode()
    with clock.frozen(rows["application"][0]):
        assert words in client.get(address).content.decode()
    with clock.frozen(rows["application"][1] + timedelta(seconds=1)):
        assert words not in client.get(address).content.decode()


# ---- queries ----
def queries_of(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("address", "grant", "most"),
    [
        ("/cycles/", "", 5),
        ("/cycles/office/", "office_head:park", 15),
        ("/cycles/open/", "office_head:park", 15),
    ],
)
def test_lists_cost_the_same_with_one_and_three_rows(
    client, client_of, user_with, called_for, address, grant, most
):
    reader = client_of(user_with(grant)) if grant else client
    called_for("park", 2025)
    one = queries_of(reader, address)
    called_for("park", 2026)
    called_for("park", 2027)
    assert queries_of(reader, address) == one
    assert one <= most


@pytest.mark.parametrize(
    ("page", "grant"), [("call/", ""), ("", "office_head:park"), ("timetable/", "office_head:park")]
)
def test_pages_of_a_cycle_are_cheap(client, client_of, user_with, called, page, grant):
    reader = client_of(user_with(grant)) if grant else client
    assert queries_of(reader, f"/cycles/{called.pk}/{page}") <= 15
