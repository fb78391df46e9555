"""The pages of the self-assessment: who opens them, what they cost, and that they work without a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentItem, ConflictCopy
from documents.models import StoredFile
from ground import clock
from tests.applications import builders
from tests.applications.assessments import codes_of, colleague, online, picture, write_all
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
MOST = 15


@dataclass
class World:
    """A draft with everything in its self-assessment, and a submitted application of somebody else."""

    now: datetime
    owner: User
    draft: Application
    submitter: User
    submitted: Application


def furnish(application: Application, user: User, now: datetime) -> None:
    online(application, user, now)
    write_all(application, user, now)
    image = services.add_assessment_image(
        application=application, code="4.1.2", upload=picture(), actor=user, now=now
    )
    text = f"## 方法\n我们**系统地**管理。\n\n![流程图]({image.number})"
    given = {"application": application, "code": "4.1.2", "actor": user, "now": now}
    services.save_item_text(text=text, version=99, **given)
    services.save_self_percent(percent=55, version=99, **given)
    rows = [
        {"label": "合格率", "unit": "%", "first": "97", "second": "98", "third": "99", "benchmark": "98.5"}
    ]
    services.save_figures(rows=rows, version=99, **given)
    services.link_evidence(evidence=application.evidence.first(), note="第 2 页", **given)


@pytest.fixture
def world(now: datetime) -> World:
    cycle = builders.running_cycle(now)
    owner, draft = builders.filled(cycle, now)
    furnish(draft, owner, now)
    submitter, submitted = builders.filled(cycle, now)
    furnish(submitted, submitter, now)
    services.submit_application(
        application=submitted, signatory="王示例", signatory_post="总经理", actor=submitter, now=now
    )
    return World(now, owner, draft, submitter, submitted)


def address(name: str, application: Application, *more: object) -> str:
    return reverse(f"applications:{name}", args=[application.pk, *more])


def pages_of(application: Application) -> dict[str, str]:
    version = application.assessment_items.get(code="4.1.2").versions.first()
    names = {
        name: address(name, application)
        for name in (
            "assessment",
            "read_assessment",
            "page_index",
            "assessment_pdf",
            "choose_assessment_mode",
        )
    }
    for name in ("assessment_item", "item_versions", "item_charts"):
        names[name] = address(name, application, "4.1.2")
    names["item_version"] = address("item_version", application, "4.1.2", version.pk)
    names["assessment_image"] = address("assessment_image", application, 1)
    return names


READERS = ("read_assessment", "assessment_pdf", "assessment_image")


def test_the_applicant_opens_every_page_and_strangers_none(world: World, client_of: Login) -> None:
    strangers = (
        world.submitter,
        make_user("office_head:park"),
        make_user("supervisor"),
        make_user("reviewer"),
    )
    for name, page in pages_of(world.draft).items():
        assert client_of(world.owner).get(page).status_code == 200, name
        for stranger in strangers:
            assert client_of(stranger).get(page).status_code == 404, (name, stranger.role_line)
        assert Client().get(page).status_code == 302


def test_officials_read_after_submission_only(world: World, client_of: Login) -> None:
    readers = (
        make_user("office_clerk:park"),
        make_user("supervisor"),
        make_user("committee:park"),
        make_user(f"recommender:{world.submitted.recommender_id}"),
    )
    for name, page in pages_of(world.submitted).items():
        for reader in readers:
            status = client_of(reader).get(page).status_code
            assert status == (200 if name in READERS else 403), (name, reader.role_line)
        assert client_of(make_user("office_clerk:city")).get(page).status_code == 404
    image = pages_of(world.submitted)["assessment_image"]
    services.take_back_application(application=world.submitted, actor=world.submitter, now=world.now)
    assert client_of(readers[0]).get(image).status_code == 404


def test_viewers_look_and_write_nothing(world: World, client_of: Login) -> None:
    client = client_of(colleague(world.draft, "applicant_viewer"))
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.2")
    page = client.get(address("assessment_item", world.draft, "4.1.2"))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    writes = {
        "assessment_item": {"text": "改", "version": 99},
        "save_self_percent": {"self_percent": 5, "version": 99},
        "save_figures": {"version": 99},
        "link_item_evidence": {"evidence": world.draft.evidence.last().pk},
        "add_item_image": {"upload": picture()},
    }
    for name, data in writes.items():
        assert client.post(address(name, world.draft, "4.1.2"), data).status_code == 403, name
    autosave = client.post(
        address("autosave_item", world.draft, "4.1.2"),
        json.dumps({"field": "text", "value": "改", "version": 99}),
        content_type="application/json",
    )
    assert autosave.status_code == 403
    for name in ("choose_assessment_mode", "remove_report", "page_index"):
        assert client.post(address(name, world.draft), {"mode": "report"}).status_code == 403, name
    version = address("item_version", world.draft, "4.1.2", item.versions.last().pk)
    assert client.post(version).status_code == 403
    assert client.get(address("item_conflict", world.draft, "4.1.2")).status_code == 403
    was = item.revision
    item.refresh_from_db()
    assert item.revision == was


def test_things_of_another_application_are_not_found(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    foreign = AssessmentItem.objects.get(application=world.submitted, code="4.1.2")
    version, link = foreign.versions.first(), foreign.evidence_links.get()
    assert client.get(address("item_version", world.draft, "4.1.2", version.pk)).status_code == 404
    assert client.post(address("unlink_item_evidence", world.draft, "4.1.2", link.pk)).status_code == 404
    assert client.get(address("assessment_image", world.draft, 99)).status_code == 404
    assert client.get(address("assessment_item", world.draft, "9.9.9")).status_code == 404
    job = services.request_print(application=world.submitted, actor=world.submitter, now=world.now)
    assert client.get(address("print_progress", world.draft, job.pk)).status_code == 404
    answer = client.post(
        address("link_item_evidence", world.draft, "4.1.2"), {"evidence": world.submitted.evidence.first().pk}
    )
    assert answer.status_code == 422


def test_a_report_not_submitted_shows_nothing_of_the_items(now: datetime, client_of: Login) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    furnish(application, user, now)
    services.choose_assessment_mode(application=application, mode="report", actor=user, now=now)
    services.submit_application(
        application=application, signatory="王示例", signatory_post="总经理", actor=user, now=now
    )
    office = client_of(make_user("office_clerk:park"))
    assert office.get(address("assessment_image", application, 1)).status_code == 404
    words = office.get(address("read_assessment", application)).content.decode()
    assert "系统地" not in words
    assert office.get(address("assessment_pdf", application)).status_code == 404


# ---- what they cost
def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert client.get(page).status_code == 200
    return len(taken)


def test_pages_cost_the_same_whatever_is_filled_in(world: World, now: datetime, client_of: Login) -> None:
    user, bare = builders.draft(world.draft.cycle, now)
    online(bare, user, now)
    services.save_item_text(application=bare, code="4.1.2", text="一", version=0, actor=user, now=now)
    empty, full = client_of(user), client_of(world.owner)
    for name in ("assessment", "read_assessment"):
        cost = queries(full, address(name, world.draft))
        assert cost <= MOST, name
        assert queries(empty, address(name, bare)) in range(cost - 3, cost + 1)  # nothing to prefetch
    for name in ("assessment_item", "item_versions"):
        cost = queries(full, address(name, world.draft, "4.1.2"))
        assert cost == queries(empty, address(name, bare, "4.1.2")) <= MOST, name
    assert queries(full, address("tasks", world.draft)) <= MOST
    assert queries(full, address("check_application", world.draft)) <= MOST


# ---- without a script
def test_a_text_is_saved_by_the_form(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    page = address("assessment_item", world.draft, "4.1.3")
    answer = client.post(page, {"text": "新的文字\r\n第二行", "version": "1"})
    assert answer["Location"] == page
    assert AssessmentItem.objects.get(application=world.draft, code="4.1.3").text == "新的文字\n第二行"
    assert client.post(page, {"text": "x", "version": "x"}).status_code == 422


def test_a_late_form_leads_to_both_texts(world: World, client_of: Login) -> None:
    other = colleague(world.draft, name="李同事")
    page = address("assessment_item", world.draft, "4.1.3")
    client = client_of(other)
    client_of(world.owner).post(page, {"text": "甲改过的\n共同的一行", "version": "1"})
    answer = client.post(page, {"text": "乙改过的\n共同的一行", "version": "1"})
    conflict = address("item_conflict", world.draft, "4.1.3")
    assert answer["Location"] == conflict
    shown = client.get(conflict)
    words = shown.content.decode()
    assert world.owner.name in words
    assert [piece.text for piece in shown.context["mine"] if piece.kind == "new"]
    assert shown.context["form"]["text"].value() == "甲改过的\n乙改过的\n共同的一行"
    assert client.get(page).context["conflict"] is True
    merged = {"version": "2", "choice": "merged", "text": "甲乙合并\n共同的一行"}
    assert client.post(conflict, merged).status_code == 302
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.3")
    assert item.text == "甲乙合并\n共同的一行"
    assert {"甲改过的\n共同的一行", "乙改过的\n共同的一行"} <= set(
        item.versions.values_list("text", flat=True)
    )
    assert client.get(conflict).status_code == 302


def test_a_third_text_meanwhile_is_compared_again(world: World, client_of: Login) -> None:
    other = colleague(world.draft)
    page, conflict = (address(name, world.draft, "4.1.3") for name in ("assessment_item", "item_conflict"))
    owner, client = client_of(world.owner), client_of(other)
    owner.post(page, {"text": "甲", "version": "1"})
    client.post(page, {"text": "乙", "version": "1"})
    owner.post(page, {"text": "甲又改", "version": "2"})
    answer = client.post(conflict, {"version": "2", "choice": "merged", "text": "甲乙"})
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == "甲乙"
    assert client.post(conflict, {"version": "3", "choice": "mine", "text": ""}).status_code == 302
    assert AssessmentItem.objects.get(application=world.draft, code="4.1.3").text == "乙"


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_either_text_can_be_taken(world: World, client_of: Login, choice: str) -> None:
    page, conflict = (address(name, world.draft, "4.1.3") for name in ("assessment_item", "item_conflict"))
    client_of(world.owner).post(page, {"text": "甲", "version": "1"})
    client = client_of(colleague(world.draft))
    client.post(page, {"text": "乙", "version": "1"})
    client.post(conflict, {"version": "2", "choice": choice, "text": "没有用到"})
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.3")
    assert item.text == {"mine": "乙", "theirs": "甲"}[choice]
    assert {"甲", "乙"} <= set(item.versions.values_list("text", flat=True))
    assert not ConflictCopy.objects.exists()


def test_figures_come_back_with_what_was_typed(world: World, client_of: Login) -> None:
    client, page = client_of(world.owner), address("save_figures", world.draft, "4.1.2")
    data = {
        "version": "1",
        "figures-0-label": "产值",
        "figures-0-first": "不是数字",
        "figures-2-label": "人数",
    }
    answer = client.post(page, data)
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "不是数字" in words
    assert 'value="人数"' in words
    assert client.post(page, data | {"figures-0-first": "12.5"}).status_code == 302
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.2")
    assert [(row.position, row.label) for row in item.figures.all()] == [(0, "产值"), (1, "人数")]


def test_score_evidence_and_pictures_without_a_script(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    assert (
        client.post(
            address("save_self_percent", world.draft, "4.1.3"), {"self_percent": "65", "version": "0"}
        ).status_code
        == 302
    )
    assert (
        client.post(
            address("save_self_percent", world.draft, "4.1.3"), {"self_percent": "66", "version": "1"}
        ).status_code
        == 422
    )
    assert (
        client.post(address("add_item_image", world.draft, "4.1.3"), {"upload": picture()}).status_code == 302
    )
    assert client.post(address("add_item_image", world.draft, "4.1.3"), {}).status_code == 422
    link = client.post(
        address("link_item_evidence", world.draft, "4.1.3"),
        {"evidence": world.draft.evidence.last().pk, "note": "p"},
    )
    assert link.status_code == 302
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.3")
    assert item.self_percent == 65
    assert (
        client.post(
            address("unlink_item_evidence", world.draft, "4.1.3", item.evidence_links.get().pk)
        ).status_code
        == 302
    )
    assert not item.evidence_links.exists()


def test_a_version_is_put_back_by_the_form(world: World, client_of: Login) -> None:
    client, page = client_of(world.owner), address("assessment_item", world.draft, "4.1.3")
    client.post(page, {"text": "长" * 300, "version": "1"})
    client.post(page, {"text": "短", "version": "2"})
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.3")
    old = next(row for row in item.versions.all() if row.text == "长" * 300)
    assert client.get(address("item_version", world.draft, "4.1.3", old.pk)).context["same"] is False
    assert client.post(address("item_version", world.draft, "4.1.3", old.pk)).status_code == 302
    item.refresh_from_db()
    assert item.text == "长" * 300


def test_the_way_is_chosen_first(now: datetime, client_of: Login) -> None:
    user, application = builders.draft(builders.running_cycle(now), now)
    client = client_of(user)
    assert "怎样提交自评报告" in client.get(address("assessment", application)).content.decode()
    chosen = client.post(address("choose_assessment_mode", application), {"mode": "online"})
    assert chosen["Location"] == address("assessment", application)
    assert client.get(address("assessment", application)).context["written"] == 0
    back = client.post(address("choose_assessment_mode", application), {"mode": "report"})
    assert back["Location"] == address("report", application)
    item = client.get(address("assessment_item", application, "4.1.2"))
    assert item.status_code == 302


# ---- while typing
def autosave(
    client: Client, application: Application, field: str, value: object, version: int
) -> tuple[int, dict]:
    body = json.dumps({"field": field, "value": value, "version": version})
    answer = client.post(
        address("autosave_item", application, "4.1.3"), body, content_type="application/json"
    )
    return answer.status_code, answer.json()


def test_each_field_is_saved_on_its_own_counter(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    assert autosave(client, world.draft, "text", "一", 1)[1]["version"] == 2
    assert autosave(client, world.draft, "self_percent", "45", 0)[1]["version"] == 1
    assert autosave(client, world.draft, "figures-0-label", "产值", 0)[1]["version"] == 1
    status, body = autosave(client, world.draft, "figures-0-first", "12", 1)
    assert (status, body["version"]) == (200, 2)
    assert body["saved_at"] == "09:00:00"
    for field, value in (
        ("figures-0-first", "x"), ("self_percent", "44"), ("self_percent", "abc"), ("figures-99-first", "1"),
        ("figures-0-pk", "1"), ("nonsense", "1"), ("version", "1"),
    ):  # fmt: skip
        status, body = autosave(client, world.draft, field, value, 99)
        assert status == 422, field
        assert body["message"]


def test_somebody_faster_gets_a_409_with_both_texts_kept(world: World, client_of: Login) -> None:
    client, other = client_of(world.owner), client_of(colleague(world.draft))
    autosave(client, world.draft, "text", "甲的", 1)
    status, body = autosave(other, world.draft, "text", "乙的", 1)
    assert (status, body) == (409, {"version": 2, "value": "甲的", "by": world.owner.name})
    assert ConflictCopy.objects.get().text == "乙的"
    autosave(client, world.draft, "figures-0-first", "1", 0)
    status, body = autosave(other, world.draft, "figures-0-first", "2", 0)
    assert (status, body["value"], body["version"]) == (409, "1", 1)
    autosave(client, world.draft, "self_percent", "45", 0)
    assert autosave(other, world.draft, "self_percent", "50", 0)[0] == 409


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", "null", '{"field": "text"}', '{"field": "text", "value": "x", "version": "x"}', "\xff"],
)
def test_odd_bodies_are_told_so(world: World, client_of: Login, body: str) -> None:
    answer = client_of(world.owner).post(
        address("autosave_item", world.draft, "4.1.3"),
        body.encode("latin-1"),
        content_type="application/json",
    )
    assert answer.status_code == 422


def test_presence_says_who_types(world: World, client_of: Login) -> None:
    other = colleague(world.draft, name="张三")
    page = address("item_presence", world.draft, "4.1.3")
    autosave(client_of(other), world.draft, "text", "一", 1)
    with clock.frozen(world.now.replace(minute=2)):
        assert (
            "<strong>张三</strong>正在编辑 4.1.3（2 分钟前）"
            in client_of(world.owner).post(page).content.decode()
        )
    with clock.frozen(world.now.replace(minute=30)):
        assert "张三" not in client_of(world.owner).post(page).content.decode()


def test_the_preview_is_safe_and_saves_nothing(world: World, client_of: Login) -> None:
    answer = client_of(world.owner).post(
        address("preview_item", world.draft, "4.1.3"), {"text": "**粗** <script>alert(1)</script> ![图](1)"}
    )
    words = answer.content.decode()
    assert "<strong>粗</strong>" in words
    assert "<script" not in words
    assert address("assessment_image", world.draft, 1) in words
    assert AssessmentItem.objects.get(application=world.draft, code="4.1.3").text == "4.1.3 的自评。"


def test_all_items_of_the_criteria_have_guidance(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    for code in codes_of(world.draft):
        guidance = client.get(address("assessment_item", world.draft, code)).context["guidance"]
        assert len(guidance) == 4
        assert all(hint.here and hint.asks for hint in guidance), code


SCANS = {
    "waiting": "病毒检测中",
    "clean": "已通过病毒检测",
    "infected": "含有病毒，已隔离",
    "scanner_down": "病毒检测未完成，自动重试",
}


@pytest.mark.parametrize(("scan", "words"), SCANS.items())
def test_what_the_scanner_says_stands_at_each_file(
    world: World, client_of: Callable[[User], Client], scan: str, words: str
) -> None:
    """Report, linked evidence and pictures; a file in quarantine is no link."""
    StoredFile.objects.update(scan=scan)
    client, draft = client_of(world.owner), world.draft
    report = address("file", draft, draft.report_id)
    links = {}
    for name, more, files in (
        ("assessment", (), 1),
        ("assessment_item", ("4.1.2",), 2),
        ("page_index", (), 1),
    ):
        page = client.get(address(name, draft, *more)).content.decode()
        assert page.count(words) == files, name
        links[name] = f'href="{report}"' in page
    assert links == {
        "assessment": scan != "infected",
        "assessment_item": False,
        "page_index": scan != "infected",
    }
