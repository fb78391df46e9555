"""The profile and the questions: what is kept of them, what is put back, and who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, SectionVersion
from audit.models import Entry
from ground.errors import Refused
from tests.applications import builders
from tests.applications.assessments import colleague
from tests.applications.watching import MOST, count
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
MINUTE = timedelta(minutes=1)


@kept
def draft(now: datetime) -> Application:
    return builders.draft(builders.running_cycle(now), now)[1]


def write(application: Application, text: str, at: datetime, by: User | None = None) -> None:
    services.save_profile(
        application=application,
        text=text,
        version=application.version,
        actor=by or application.created_by,
        now=at,
    )


def answer(application: Application, at: datetime, **facts: Any) -> None:
    services.save_facts(
        application=application,
        facts=facts,
        version=application.version,
        actor=application.created_by,
        now=at,
    )


def kept_texts(application: Application, section: str = "profile") -> list[tuple[str, Any]]:
    rows = application.section_versions.filter(section=section)
    return [(row.kind, row.content.get("text", row.content.get("facts"))) for row in rows]


def page(name: str, application: Application, section: str, *more: int) -> str:
    return reverse(f"applications:{name}", args=[application.pk, section, *more])


# ---- what is kept
def test_typing_is_one_version_until_much_is_taken_out(draft: Application, now: datetime) -> None:
    long = "公司概况。" * 30
    for text in ("公司", "公司概况", long):
        write(draft, text, now)
    assert kept_texts(draft) == [("saved", long)]
    write(draft, "公司", now)
    assert kept_texts(draft) == [("saved", "公司"), ("saved", long)]


def test_a_pause_or_a_colleague_begins_a_version(draft: Application, now: datetime) -> None:
    write(draft, "一", now)
    write(draft, "一二", now + 10 * MINUTE)
    write(draft, "一二三", now + 11 * MINUTE, by=colleague(draft))
    assert kept_texts(draft) == [("saved", "一二三"), ("saved", "一二"), ("saved", "一")]


def test_amounts_are_typed_on_and_a_choice_made_anew_is_a_version(draft: Application, now: datetime) -> None:
    answer(draft, now, net_profit={"2025": "1"})
    answer(draft, now, net_profit={"2025": "120", "2024": "3"})
    assert kept_texts(draft, "profit") == [("saved", {"net_profit": {"2025": "120", "2024": "3"}})]
    answer(draft, now, net_profit={"2025": "120"})
    assert len(kept_texts(draft, "profit")) == 2
    answer(draft, now, licences="held")
    answer(draft, now, licences="not_applicable")
    assert kept_texts(draft, "licences") == [
        ("saved", {"licences": "not_applicable"}),
        ("saved", {"licences": "held"}),
    ]


def test_only_the_questions_that_changed_are_kept(draft: Application, now: datetime) -> None:
    answer(draft, now, **builders.FACTS)
    before = SectionVersion.objects.count()
    answer(draft, now + 20 * MINUTE, **builders.FACTS | {"licences": "held"})
    assert SectionVersion.objects.count() == before + 1
    assert len(kept_texts(draft, "licences")) == 2


def test_thirty_are_kept_of_each_section_and_any_comes_back(draft: Application, now: datetime) -> None:
    answer(draft, now, licences="held")
    for number in range(32):
        write(draft, f"第 {number} 稿", now + number * 10 * MINUTE)
    assert [text for _, text in kept_texts(draft)] == [f"第 {number} 稿" for number in range(31, 1, -1)]
    assert kept_texts(draft, "licences") == [("saved", {"licences": "held"})]
    oldest = draft.section_versions.filter(section="profile").last()
    assert oldest is not None
    later = now + timedelta(hours=9)
    services.restore_section_version(version=oldest, actor=draft.created_by, now=later)
    draft.refresh_from_db()
    assert draft.profile_text == "第 2 稿"
    assert kept_texts(draft)[:2] == [("restored", "第 2 稿"), ("saved", "第 31 稿")]
    assert len(kept_texts(draft)) == 30


def test_a_question_comes_back_whole_and_no_other_with_it(draft: Application, now: datetime) -> None:
    answer(draft, now, above_scale=True, safety_level=2, licences="held")
    first = draft.section_versions.get(section="safety_level")
    answer(draft, now + MINUTE, above_scale=False, safety_level=None, licences="not_applicable")
    assert "safety_level" not in draft.facts
    services.restore_section_version(version=first, actor=draft.created_by, now=now + 2 * MINUTE)
    draft.refresh_from_db()
    assert draft.facts == {"above_scale": True, "safety_level": 2, "licences": "not_applicable"}


def test_nothing_is_put_back_into_a_file_that_was_handed_in(now: datetime) -> None:
    user, application = builders.submitted(builders.running_cycle(now), now)
    version = application.section_versions.get(section="profile")
    with pytest.raises(Refused) as refusal:
        services.restore_section_version(version=version, actor=user, now=now)
    assert refusal.value.code == "not_editable"


# ---- what was written over a colleague's newer text
def autosave(client: Client, application: Application, text: str, version: int) -> int:
    body = json.dumps({"value": text, "version": version})
    address = reverse("applications:autosave_profile", args=[application.pk])
    return client.post(address, body, content_type="application/json").status_code


def test_what_came_too_late_is_kept_as_not_adopted(
    draft: Application, client_of: Login, now: datetime
) -> None:
    old = draft.version
    write(draft, "同事写的", now, by=colleague(draft))
    client = client_of(draft.created_by)
    assert autosave(client, draft, "我写的", old) == 409
    assert autosave(client, draft, "我写的更多", old) == 409
    assert kept_texts(draft) == [("aside", "我写的更多"), ("saved", "同事写的")]
    form = {"text": "我写的更多", "version": old}
    assert client.post(reverse("applications:profile", args=[draft.pk]), form).status_code == 422
    assert len(kept_texts(draft)) == 2
    assert Entry.objects.filter(action="application.keep_aside").count() == 2
    draft.refresh_from_db()
    assert draft.profile_text == "同事写的"
    assert autosave(client, draft, "我写的更多", draft.version) == 200
    assert kept_texts(draft) == [("saved", "我写的更多"), ("saved", "同事写的")]


@pytest.mark.parametrize("name", ["autosave_condition", "condition"])
def test_answers_that_came_too_late_are_kept_too(
    draft: Application, client_of: Login, now: datetime, name: str
) -> None:
    old = draft.version
    answer(draft, now, net_profit={"2025": "7"})
    mate = client_of(colleague(draft))
    given = {"version": old, "profit_2025": "9", "note": "审计后"}
    assert mate.post(page(name, draft, "profit"), given).status_code == (422 if name == "condition" else 409)
    aside = draft.section_versions.get(section="profit", kind="aside")
    assert aside.content == {"facts": {"net_profit": {"2025": "9"}}, "note": "审计后"}
    services.restore_section_version(version=aside, actor=aside.saved_by, now=now)
    draft.refresh_from_db()
    assert (draft.facts["net_profit"], draft.notes["profit"]) == ({"2025": "9"}, "审计后")


# ---- the pages
def test_the_pages_lead_to_the_versions_and_show_what_changed(
    draft: Application, client_of: Login, now: datetime
) -> None:
    write(draft, "甲的第一稿", now)
    answer(draft, now, licences="held")
    answer(draft, now, licences="not_applicable")
    client = client_of(draft.created_by)
    list_of_profile = page("section_versions", draft, "profile")
    assert list_of_profile in client.get(reverse("applications:profile", args=[draft.pk])).content.decode()
    address = page("section_versions", draft, "licences")
    assert address in client.get(page("condition", draft, "licences")).content.decode()
    lines = client.get(address).context["versions"]
    assert [line.changed for line in lines] == ["许可、认证与注册"] * 2
    assert [line.current for line in lines] == [True, False]
    shown = client.get(page("section_version", draft, "licences", lines[1].version.pk))
    assert not shown.context["same"]
    assert {piece.kind for piece in shown.context["differing"]} >= {"gone", "new"}
    assert "恢复这一版" in shown.content.decode()
    restored = client.post(page("section_version", draft, "licences", lines[1].version.pk))
    assert restored["Location"] == page("condition", draft, "licences")
    draft.refresh_from_db()
    assert draft.facts["licences"] == "held"


def test_who_reads_and_who_restores(draft: Application, client_of: Login, now: datetime) -> None:
    write(draft, "第一稿", now)
    write(draft, "第二稿", now + 20 * MINUTE)
    version = draft.section_versions.last()
    assert version is not None
    address = page("section_version", draft, "profile", version.pk)
    reader = client_of(colleague(draft, "applicant_viewer"))
    shown = reader.get(address)
    assert (shown.status_code, "恢复这一版" in shown.content.decode()) == (200, False)
    assert reader.post(address).status_code == 403
    for role in ("", "office_head:park", "supervisor"):
        stranger = client_of(make_user(role) if role else make_user())
        assert {stranger.get(address).status_code, stranger.post(address).status_code} == {404}, role
    owner = client_of(draft.created_by)
    for section in ("registration", "other", "nowhere"):
        assert owner.get(page("section_versions", draft, section)).status_code == 404
    other = builders.draft(draft.cycle, now)[1]
    assert owner.get(page("section_version", other, "profile", version.pk)).status_code == 404
    assert owner.get(page("section_version", draft, "profit", version.pk)).status_code == 404
    draft.refresh_from_db()
    assert draft.profile_text == "第二稿"


def test_thirty_rows_cost_what_one_costs(draft: Application, client_of: Login, now: datetime) -> None:
    client = client_of(draft.created_by)
    write(draft, "第 0 稿", now)
    version = draft.section_versions.get()
    addresses = [
        page("section_versions", draft, "profile"),
        page("section_version", draft, "profile", version.pk),
    ]
    one = [count(client, address) for address in addresses]
    SectionVersion.objects.bulk_create(
        SectionVersion(
            application=draft,
            section="profile",
            content={"text": f"第 {number} 稿"},
            saved_by=make_user(),
            started_at=now,
            saved_at=now,
        )
        for number in range(29)
    )
    assert [count(client, address) for address in addresses] == one
    assert max(one) <= MOST
