"""Writing the self-assessment by its pages: with a form and no script, and while typing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from applications.models import Application, AssessmentItem, ConflictCopy
from ground import clock
from tests.applications import builders
from tests.applications.assessments import (
    World,
    address,
    colleague,
    make_world,
    picture,
)
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


@kept
def world(now: datetime) -> World:
    return make_world(now)


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
