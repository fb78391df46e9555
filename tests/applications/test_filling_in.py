"""Registering and filling in: bad input is refused at its field, typed text stays, two people don't overwrite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.industry import SECTIONS, proposed_category
from applications.models import Organisation
from documents.services import append_chunk, begin_upload
from ground import clock
from ground.errors import Refused
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


# ---- the register ----
@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"uscc": "91320594MA1"}, "uscc_format", "uscc"),
        ({"uscc": "91320594MA1IOSVZ12"}, "uscc_format", "uscc"),
        ({"uscc": "91350211M0000XUF46"}, "uscc_check_digit", "uscc"),
        ({"name": " "}, "required", "name"),
        ({"name": "长" * 121}, "text_too_long", "name"),
        ({"kind": "llc"}, "choice_unknown", "kind"),
        ({"region": ""}, "required", "region"),
        ({"industry": "Z"}, "required", "industry"),
        ({"industry": "E", "category": ""}, "category_required", "category"),
        ({"established_on": "2026-08-04"}, "date_in_future", "established_on"),
        ({"established_on": "2012-02-30"}, "date_invalid", "established_on"),
        ({"employees": -1}, "number_negative", "employees"),
        ({"employees": "许多"}, "number_invalid", "employees"),
    ],
)
def test_bad_entries_are_refused_at_their_field(
    now: datetime, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        services.register_organisation(data=builders.organisation_data(**changes), actor=make_user(), now=now)
    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [(code, field)]
    assert not Organisation.objects.exists()


def test_a_code_with_a_wrong_check_digit_needs_an_explicit_tick(now: datetime) -> None:
    data = builders.organisation_data(uscc="91350211m0000xuf46", uscc_confirmed=True)
    with pytest.raises(Refused) as refusal:
        services.register_organisation(data=data, actor=make_user(), now=now)
    assert refusal.value.codes == ("licence_required",)
    data["licence"] = builders.pdf("licence")
    made = services.register_organisation(data=data, actor=make_user(), now=now)
    assert (made.uscc, made.uscc_unverified) == ("91350211M0000XUF46", True)


def test_one_organisation_once(now: datetime) -> None:
    data = builders.organisation_data()
    services.register_organisation(data=data, actor=make_user(), now=now)
    with pytest.raises(Refused) as refusal:
        services.register_organisation(data=data, actor=make_user(), now=now)
    assert refusal.value.code == "uscc_taken"


def test_officials_register_nothing(now: datetime) -> None:
    for role in ("office_head:park", "reviewer", "administrator"):
        with pytest.raises(PermissionDenied):
            services.register_organisation(data=builders.organisation_data(), actor=make_user(role), now=now)


def test_every_section_suggests_a_category() -> None:
    assert len(SECTIONS) == 20
    found = {section: proposed_category(section) for section in SECTIONS}
    assert [s for s, c in found.items() if c == "agriculture"] == ["A"]
    assert [s for s, c in found.items() if c == "industry"] == ["B", "C", "D"]
    assert [s for s, c in found.items() if c == "other"] == ["E", "S", "T"]
    assert [s for s, c in found.items() if c == "service"] == list("FGHIJKLMNOPQR")


def test_the_register_page_keeps_what_was_typed_and_offers_the_tick(now: datetime, client_of: Login) -> None:
    client = client_of(make_user())
    address = reverse("applications:register_organisation")
    data = builders.organisation_data(uscc="91350211M0000XUF46", category="")
    page = client.post(address, data)
    assert page.status_code == 422
    words = page.content.decode()
    assert data["name"] in words
    assert "uscc_confirmed" in words
    assert client.post(address, data | {"uscc_confirmed": "on"}).status_code == 422
    scan = {"uscc_confirmed": "on", "licence": builders.pdf("licence")}
    assert client.post(address, data | scan).status_code == 302
    assert Organisation.objects.get().licence_name == "licence.pdf"
    assert Organisation.objects.get().category == "industry"


def test_the_licence_may_have_come_in_pieces(now: datetime, client_of: Login) -> None:
    """One that was uploaded for something else is not taken; a refused form keeps the one that is there."""
    user, content = make_user(), builders.pdf("licence").read()
    client, address = client_of(user), reverse("applications:register_organisation")
    data = builders.organisation_data(uscc="91350211M0000XUF46", uscc_confirmed="on")
    for purpose, status in (("applications.report", 422), ("applications.licence", 302)):
        upload = begin_upload(
            purpose=purpose, key="", name="执照.pdf", size=len(content), kinds=["pdf"], actor=user, now=now
        )
        append_chunk(upload=upload, offset=0, content=content, actor=user, now=now)
        sent = data | {"licence_token": upload.token}
        refused = client.post(address, sent | {"name": ""})
        assert f'name="licence_token" value="{upload.token}"' in refused.content.decode()
        assert client.post(address, sent).status_code == status
    assert Organisation.objects.get().licence_name == "执照.pdf"


@pytest.mark.parametrize(
    ("question", "said", "code"),
    [("profit", "净利润", "net_profit"), ("excellence_model", "实施卓越绩效模式", "True")],
)
def test_the_facts_of_a_finding_are_told_in_words(
    now: datetime, client_of: Login, question: str, said: str, code: str
) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    page = client_of(user).get(reverse("applications:condition", args=[application.pk, question]))
    (facts,) = re.findall(r"依据的事实</summary>(.*?)</details>", page.content.decode(), re.DOTALL)
    assert said in facts
    assert code not in facts
    assert "{" not in facts


# ---- two people at once ----
def test_two_people_in_one_part_do_not_overwrite_each_other(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    other = make_user(f"applicant_editor:{application.organisation_id}", name="李编写")
    read = application.version
    services.save_profile(application=application, text="李的文字", version=read, actor=other, now=now)
    with pytest.raises(Refused) as refusal:
        services.save_profile(application=application, text="王的文字", version=read, actor=user, now=now)
    assert refusal.value.code == "stale_version"
    services.save_facts(application=application, facts={"exporter": False}, version=read, actor=user, now=now)
    page = client_of(user).post(
        reverse("applications:profile", args=[application.pk]), {"text": "王的文字", "version": read}
    )
    words = page.content.decode()
    assert page.status_code == 422
    assert "李的文字" in words
    assert "王的文字" in words
    assert "李编写" in words


def test_a_profile_written_while_the_file_was_handed_in_is_shown_again(
    now: datetime, client_of: Login
) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    kept = application.profile_text
    page = client_of(user).post(
        reverse("applications:profile", args=[application.pk]),
        {"text": "提交之前写的一段", "version": application.version},
    )
    words = page.content.decode()
    assert page.status_code == 422
    assert "提交之前写的一段" in words
    assert 'data-code="not_editable"' in words
    assert kept in words
    application.refresh_from_db()
    assert application.profile_text == kept


def test_a_stale_condition_shows_both(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    other = make_user(f"applicant_editor:{application.organisation_id}")
    read = application.version
    services.save_facts(
        application=application, facts={"licences": "held"}, version=read, actor=other, now=now
    )
    address = reverse("applications:condition", args=[application.pk, "licences"])
    page = client_of(user).post(address, {"licences": "missing", "note": "我的说明", "version": read})
    assert page.status_code == 422
    words = page.content.decode()
    assert "齐备" in words
    assert "我的说明" in words
    again = {"licences": "missing", "note": "我的说明", "version": page.context["form"]["version"].value()}
    assert client_of(user).post(address, again).status_code == 302
    application.refresh_from_db()
    assert application.facts["licences"] == "missing"


def test_autosave_answers_as_the_page_expects(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    client, address = client_of(user), reverse("applications:autosave_profile", args=[application.pk])

    def save(**body: Any) -> Any:
        return client.post(address, json.dumps(body), content_type="application/json")

    first = save(field="text", value="第一稿", version=application.version)
    assert (first.status_code, first.json()["saved_at"]) == (200, "09:00:00")
    stale = save(field="text", value="别的", version=application.version)
    assert (stale.status_code, stale.json()["value"]) == (409, "第一稿")
    for body in ({}, {"value": "x"}, {"value": "x", "version": "新"}):
        assert save(**body).status_code == 422
    assert client.post(address, "不是 JSON", content_type="application/json").status_code == 422
    assert client.post(address, "[1]", content_type="application/json").status_code == 422


# ---- the questions ----
def rows(*given: dict[str, str]) -> dict[str, str]:
    data = {"rows-TOTAL_FORMS": str(max(len(given), 1)), "rows-INITIAL_FORMS": "0"}
    return data | {f"rows-{i}-{key}": value for i, row in enumerate(given) for key, value in row.items()}


@pytest.mark.parametrize(
    ("question", "data", "fact"),
    [
        ("certified_system", {"has_certificates": "yes", **rows({"standard": "ISO 9001", "valid_until": "2028-01-01"})},
         {"certificates": [{"standard": "ISO 9001", "valid_until": "2028-01-01"}]}),
        ("spot_checks", {"has_spot_checks": "no"}, {"spot_checks": []}),
        ("spot_checks", {"has_spot_checks": "yes", **rows({"on": "2025-03-01", "level": "city", "passed": "no"})},
         {"spot_checks": [{"on": "2025-03-01", "level": "city", "passed": False}]}),
        ("exports", {"exporter": "no"}, {"exporter": False}),
        ("exports", {"exporter": "yes", "has_export_incidents": "yes", **rows({"kind": "claim"})},
         {"exporter": True, "export_incidents": [{"kind": "claim"}]}),
        ("safety_level", {"above_scale": "yes", "safety_level": "2"}, {"above_scale": True, "safety_level": 2}),
        ("safety_level", {"above_scale": "no", "safety_level": "2"}, {"above_scale": False}),
        ("profit", {"profit_2023": "1200000.50", "profit_2024": "-3", "profit_2025": "0"},
         {"net_profit": {"2023": "1200000.50", "2024": "-3", "2025": "0"}}),
        ("credit", {"has_dishonesty_records": "no"}, {"dishonesty_records": []}),
        ("accidents", {"has_accidents": "yes", **rows({"on": "2025-01-02", "grade": "general", "kind": "火灾"})},
         {"accidents": [{"on": "2025-01-02", "grade": "general", "kind": "火灾"}]}),
        ("honours", {"has_honours": "yes", **rows({"award": "luban", "on": "2024-12-01"})},
         {"honours": [{"award": "luban", "on": "2024-12-01"}]}),
        ("excellence_model", {"excellence_model": "yes"}, {"excellence_model": True}),
        ("licences", {"licences": ""}, {}),
    ],
)  # fmt: skip
def test_answers_become_the_contracts_facts(
    now: datetime, client_of: Login, question: str, data: dict[str, str], fact: dict[str, Any]
) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    address = reverse("applications:condition", args=[application.pk, question])
    answer = client_of(user).post(address, {"version": application.version, "note": "", **rows(), **data})
    assert answer.status_code == 302, answer.context["form"].errors
    application.refresh_from_db()
    assert application.facts == fact
    assert client_of(user).get(address).status_code == 200


@pytest.mark.parametrize(
    ("question", "data"),
    [
        ("spot_checks", {"has_spot_checks": "yes", **rows({"on": "2026-08-04", "level": "city", "passed": "yes"})}),
        ("spot_checks", {"has_spot_checks": "yes", **rows({"on": "2025-02-30", "level": "city", "passed": "yes"})}),
        ("spot_checks", {"has_spot_checks": "yes", **rows({"on": "2025-02-03"})}),
        ("spot_checks", {"has_spot_checks": "yes", **rows({"on": "2025-02-03", "level": "moon", "passed": "yes"})}),
        ("spot_checks", {"has_spot_checks": "yes", **rows()}),
        ("spot_checks", {"has_spot_checks": "yes", "rows-TOTAL_FORMS": "x", "rows-INITIAL_FORMS": "0"}),
        ("spot_checks", {"has_spot_checks": "yes", "rows-TOTAL_FORMS": "99999", "rows-INITIAL_FORMS": "0"}),
        ("honours", {"has_honours": "yes",
                     **rows({"award": "luban", "on": "2024-12-01", "valid_until": "2023-01-01"})}),
        ("profit", {"profit_2023": "很多"}),
        ("profit", {"profit_2023": "1" * 40}),
        ("profit", {"profit_2023": "NaN"}),
        ("licences", {"licences": "perhaps"}),
        ("licences", {"licences": "held", "note": "字" * 2001}),
        ("exports", {"exporter": "yes", "version": "no"}),
    ],
)  # fmt: skip
def test_bad_answers_are_refused_and_kept_on_the_page(
    now: datetime, client_of: Login, question: str, data: dict[str, str]
) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    address = reverse("applications:condition", args=[application.pk, question])
    answer = client_of(user).post(address, {"version": application.version, "note": "留下我", **data})
    assert answer.status_code == 422
    assert data.get("note", "留下我") in answer.content.decode()
    application.refresh_from_db()
    assert application.facts == {}


@pytest.mark.parametrize("question", ["nothing", "ban", "prior_award"])
def test_no_page_for_what_is_no_question(now: datetime, client_of: Login, question: str) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    address = reverse("applications:condition", args=[application.pk, question])
    assert client_of(user).get(address).status_code == 404


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"moon": True}, "unknown_fact"),
        ({"region": "other"}, "fact_of_register"),
        ({"bans": [{"scheme": "park", "until": "2020-01-01"}]}, "fact_of_register"),
        ({"net_profit": {"2025": 1.5}}, "fact_invalid"),
        ({"net_profit": {"25": "1"}}, "fact_invalid"),
        ({"licences": "maybe"}, "fact_invalid"),
        ({"spot_checks": [{"on": "2025-02-30", "level": "city", "passed": True}]}, "fact_invalid"),
        ({"honours": [{"award": "nobel", "on": "2025-01-01"}]}, "fact_invalid"),
        ({"trade_rank_in_city": 0}, "fact_invalid"),
    ],
)
def test_facts_that_make_no_sense_are_refused(now: datetime, facts: dict[str, Any], code: str) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    with pytest.raises(Refused) as refusal:
        services.save_facts(
            application=application, facts=facts, version=application.version, actor=user, now=now
        )
    assert refusal.value.code == code


# ---- files ----
def test_uploads_are_checked_at_the_field(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    client, address = client_of(user), reverse("applications:report", args=[application.pk])
    fake = SimpleUploadedFile("report.pdf", b"<html>not a pdf</html>", content_type="application/pdf")
    page = client.post(address, {"upload": fake})
    assert page.status_code == 422
    assert "upload" in page.context["form"].errors
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"upload": SimpleUploadedFile("a.pdf", b"")}).status_code == 422
    assert client.post(address, {"upload": builders.pdf("report")}).status_code == 302
    add = reverse("applications:add_evidence", args=[application.pk, "profit"])
    assert client.post(add, {"condition": "credit", "upload": builders.pdf("x")}).status_code == 422
    assert client.post(add, {"condition": "profit", "upload": fake}).status_code == 422
    assert client.post(add, {"condition": "profit", "upload": builders.pdf("x")}).status_code == 302
    piece = application.evidence.get()
    assert client.post(reverse("applications:remove_evidence", args=[piece.pk])).status_code == 302
    assert client.get(reverse("applications:remove_evidence", args=[piece.pk])).status_code == 404


def test_only_bodies_of_the_scheme_recommend(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    city = builders.running_cycle(now, scheme="city", edition="city-2016")
    user, application = builders.draft(cycle, now)
    _, foreign = builders.recommender_of(city)
    address = reverse("applications:choose_recommender", args=[application.pk])
    assert client_of(user).post(address, {"recommender": foreign.pk}).status_code == 422
    with pytest.raises(Refused) as refusal:
        services.choose_recommender(application=application, recommender=foreign, actor=user, now=now)
    assert refusal.value.code == "recommender_of_other_scheme"


def test_the_clock_of_the_server_decides_on_the_page(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    address = reverse("applications:submit_application", args=[application.pk])
    due = cycle.timetable["application"].due_at
    with clock.frozen(due + timedelta(seconds=1)):
        page = client_of(user).post(address)
    assert page.status_code == 422
    assert "截止" in page.content.decode()
    application.refresh_from_db()
    assert application.state == "draft"
    with clock.frozen(due - timedelta(seconds=1)):
        assert client_of(user).post(address).status_code == 302
        receipt = client_of(user).get(reverse("applications:receipt", args=[application.pk])).content.decode()
    application.refresh_from_db()
    assert application.number in receipt
    assert "08:59:59" in receipt
    assert all(part["digest"] in receipt for part in application.submitted_parts)


def test_a_retry_of_what_is_saved_already_is_no_conflict(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    read = application.version
    services.save_profile(application=application, text="同一份", version=read, actor=user, now=now)
    saved = application.version
    services.save_profile(application=application, text="同一份", version=read, actor=user, now=now)
    services.save_facts(application=application, facts={"exporter": False}, version=read, actor=user, now=now)
    services.save_facts(application=application, facts={"exporter": False}, version=read, actor=user, now=now)
    assert application.version == saved + 1
