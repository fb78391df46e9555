"""Answers and the register entry are saved while they are typed: what the page is told, and what is never overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Organisation
from audit.models import Entry
from tests.applications import builders
from tests.applications.assessments import colleague
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
EMPTY_ROWS = {"rows-TOTAL_FORMS": "3", "rows-INITIAL_FORMS": "0"}
CERTIFICATE = {"rows-0-standard": "GB/T 19001", "rows-0-valid_until": "2028-05-31"}


@kept
def draft(now: datetime) -> Application:
    return builders.draft(builders.running_cycle(now), now)[1]


def send(client: Client, application: Application, question: str, **values: Any) -> Any:
    address = reverse("applications:autosave_condition", args=[application.pk, question])
    return client.post(address, {"version": application.version, **values})


def test_a_question_is_saved_and_the_next_save_stands_on_it(draft: Application, client_of: Login) -> None:
    client = client_of(draft.created_by)
    first = send(client, draft, "profit", profit_2025="100")
    assert (first.status_code, first.json()["saved_at"]) == (200, "09:00:00")
    second = send(client, draft, "profit", profit_2025="100", note="审计中", version=first.json()["version"])
    assert second.status_code == 200
    draft.refresh_from_db()
    assert (draft.facts["net_profit"], draft.notes["profit"]) == ({"2025": "100"}, "审计中")


def test_the_same_again_is_saved_already(draft: Application, client_of: Login) -> None:
    """The answer got lost on the way: sent again on the old version, it is neither a conflict nor noted twice."""
    client = client_of(draft.created_by)
    send(client, draft, "profit", profit_2025="100")
    entries = Entry.objects.count()
    again = send(client, draft, "profit", profit_2025="100")
    assert again.status_code == 200
    draft.refresh_from_db()
    assert again.json()["version"] == draft.version
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("rows", "status", "field"),
    [
        ({"has_certificates": "yes"}, 202, None),
        ({"has_certificates": "yes", "rows-0-valid_until": "2028-05-31"}, 202, None),
        ({"has_certificates": "yes", "rows-0-standard": "GB/T 19001", "rows-0-valid_until": "后天"}, 422,
         "rows-0-valid_until"),
        ({"has_certificates": "yes", "rows-0-standard": "长" * 81}, 422, "rows-0-standard"),
    ],
)  # fmt: skip
def test_a_row_half_filled_in_waits_and_a_wrong_one_is_told(
    draft: Application, client_of: Login, rows: dict[str, str], status: int, field: str | None
) -> None:
    answer = send(client_of(draft.created_by), draft, "certified_system", **EMPTY_ROWS, **rows)
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    draft.refresh_from_db()
    assert "certificates" not in draft.facts


@pytest.mark.parametrize("name", ["autosave_condition", "condition"])
def test_rows_count_without_the_choice_above_them(draft: Application, client_of: Login, name: str) -> None:
    """Whoever fills a row in and forgets to choose 有 loses nothing; who chooses 没有 means it."""
    client = client_of(draft.created_by)
    address = reverse(f"applications:{name}", args=[draft.pk, "certified_system"])
    client.post(address, {"version": draft.version, **EMPTY_ROWS, **CERTIFICATE})
    draft.refresh_from_db()
    assert draft.facts["certificates"] == [{"standard": "GB/T 19001", "valid_until": "2028-05-31"}]
    client.post(address, {"version": draft.version, "has_certificates": "no", **EMPTY_ROWS, **CERTIFICATE})
    draft.refresh_from_db()
    assert draft.facts["certificates"] == []


def test_a_colleague_was_faster(draft: Application, client_of: Login, now: datetime) -> None:
    """Both answers come back in words, nothing is overwritten; on the new version the choice is saved."""
    other = colleague(draft, name="张三")
    old = draft.version
    services.save_facts(
        application=draft, facts={"net_profit": {"2025": "7"}}, version=old, actor=other, now=now
    )
    client = client_of(draft.created_by)
    answer = send(client, draft, "profit", profit_2025="9", note="审计后", version=old)
    assert answer.status_code == 409
    body = answer.json()
    assert (body["by"], body["value"], body["version"]) == ("张三", "净利润：2025 年：7 元", draft.version)
    assert body["mine"] == "净利润：2025 年：9 元\n说明：审计后"
    draft.refresh_from_db()
    assert draft.facts["net_profit"] == {"2025": "7"}
    assert send(client, draft, "profit", profit_2025="9", version=body["version"]).status_code == 200


def test_another_question_is_no_conflict(draft: Application, client_of: Login, now: datetime) -> None:
    old = draft.version
    services.save_facts(
        application=draft, facts={"accidents": []}, version=old, actor=colleague(draft), now=now
    )
    assert send(client_of(draft.created_by), draft, "profit", profit_2025="9", version=old).status_code == 200


def test_who_saves_answers(draft: Application, client_of: Login, now: datetime) -> None:
    """Strangers don't find it, viewers may not, nobody once it is handed in; there is nothing to save of other files."""
    viewer = make_user(f"applicant_viewer:{draft.organisation_id}")
    assert send(client_of(make_user()), draft, "profit", profit_2025="9").status_code == 404
    assert send(client_of(viewer), draft, "profit", profit_2025="9").status_code == 403
    assert send(client_of(draft.created_by), draft, "other").status_code == 404
    user, handed_in = builders.submitted(draft.cycle, now)
    refused = send(client_of(user), handed_in, "profit", profit_2025="9", version=handed_in.version)
    assert refused.status_code == 422
    assert "提交后内容不能修改" in refused.json()["message"]


@pytest.mark.parametrize(("section", "label"), [("profit", "经济效益"), ("profile", "组织概述")])
def test_colleagues_see_who_writes_where(
    draft: Application, client_of: Login, section: str, label: str
) -> None:
    owner, other = client_of(draft.created_by), Client()
    other.force_login(colleague(draft, name="张三"), backend="django.contrib.auth.backends.ModelBackend")
    here = reverse("applications:section_presence", args=[draft.pk, section])
    names = ("profile", [draft.pk]) if section == "profile" else ("condition", [draft.pk, section])
    page = reverse(f"applications:{names[0]}", args=names[1])
    assert f'hx-post="{here}"' in owner.get(page).content.decode()
    assert f"正在查看 {label}" not in other.post(here).content.decode()
    assert f"<strong>张三</strong>正在查看 {label}" in owner.post(here).content.decode()
    if section == "profit":
        assert send(other, draft, "profit", profit_2025="9").status_code == 200
    else:
        body = json.dumps({"value": "概述", "version": draft.version})
        saving = reverse("applications:autosave_profile", args=[draft.pk])
        assert other.post(saving, body, content_type="application/json").status_code == 200
    assert f"<strong>张三</strong>正在编辑 {label}" in owner.post(here).content.decode()
    nowhere = reverse("applications:section_presence", args=[draft.pk, "nowhere"])
    assert owner.post(nowhere).status_code == 404
    assert client_of(make_user()).post(here).status_code == 404


class TestOrganisation:
    def save(
        self, client: Client, organisation: Organisation, field: str, value: Any, version: str = ""
    ) -> Any:
        address = reverse("applications:autosave_organisation", args=[organisation.pk])
        body = {"field": field, "value": value, "version": version or services.version_of(organisation)}
        return client.post(address, json.dumps(body), content_type="application/json")

    @pytest.fixture
    def organisation(self, now: datetime) -> Organisation:
        return builders.applicant(now)[1]

    @pytest.fixture
    def client(self, organisation: Organisation, client_of: Login) -> Client:
        return client_of(make_user(f"applicant_editor:{organisation.pk}"))

    @pytest.mark.parametrize(
        ("field", "value", "kept"),
        [
            ("contact_phone", "0512-1", "0512-1"),
            ("industry", "制造", "C"),
            ("established_on", "2010-02-03", "2010-02-03"),
            ("employees", "5", "5"),
        ],
    )
    def test_one_field_is_saved_and_no_other(
        self, client: Client, organisation: Organisation, field: str, value: str, kept: str
    ) -> None:
        answer = self.save(client, organisation, field, value)
        before = organisation.__dict__ | {}
        organisation.refresh_from_db()
        assert answer.json() == {"version": services.version_of(organisation), "saved_at": "09:00:00"}
        assert str(getattr(organisation, field)) == kept
        changed = {name for name, value in before.items() if getattr(organisation, name) != value}
        assert changed - {"_state"} <= {field}

    @pytest.mark.parametrize(
        ("field", "value"),
        [("contact_phone", ""), ("employees", "-1"), ("established_on", "2999-01-01"), ("uscc", "1"), ("id", "1")],
    )  # fmt: skip
    def test_what_is_wrong_is_told_and_changes_nothing(
        self, client: Client, organisation: Organisation, field: str, value: str
    ) -> None:
        before = services.version_of(organisation)
        answer = self.save(client, organisation, field, value)
        assert answer.status_code == 422
        assert answer.json()["message"]
        organisation.refresh_from_db()
        assert services.version_of(organisation) == before

    def test_a_colleague_was_faster(self, client: Client, organisation: Organisation) -> None:
        old = services.version_of(organisation)
        other = Client()
        mate = make_user(f"applicant_editor:{organisation.pk}", name="张三")
        other.force_login(mate, backend="django.contrib.auth.backends.ModelBackend")
        assert self.save(other, organisation, "address", "新路 2 号").status_code == 200
        answer = self.save(client, organisation, "address", "新路 3 号", old)
        organisation.refresh_from_db()
        body = {"value": "新路 2 号", "by": str(mate), "version": services.version_of(organisation)}
        assert (answer.status_code, answer.json()) == (409, body)

    def test_without_a_script_both_are_shown(self, client: Client, organisation: Organisation) -> None:
        page = reverse("applications:edit_organisation", args=[organisation.pk])
        typed = client.get(page).context["form"].initial | {"address": "新路 3 号"}
        assert self.save(client, organisation, "address", "新路 2 号").status_code == 200
        stale = client.post(page, typed)
        assert stale.status_code == 422
        assert [(row["label"], row["saved"], row["typed"]) for row in stale.context["stale"]] == [
            ("住所", "新路 2 号", "新路 3 号")
        ]
        again = {**typed, "version": stale.context["form"]["version"].value()}
        assert client.post(page, again).status_code == 302
        organisation.refresh_from_db()
        assert organisation.address == "新路 3 号"

    def test_strangers_and_viewers_save_nothing(self, organisation: Organisation, client_of: Login) -> None:
        viewer = make_user(f"applicant_viewer:{organisation.pk}")
        assert self.save(client_of(make_user()), organisation, "address", "别处").status_code == 404
        assert self.save(client_of(viewer), organisation, "address", "别处").status_code == 403
