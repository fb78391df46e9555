"""The self-check before applying: the real rules without login, and the answers taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications.models import Application
from applications.services.drafting import EVIDENCE_KINDS, REPORT_KINDS
from audit.models import Entry
from awards.models import Cycle
from documents.inspection import KINDS
from tests.applications import builders

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def rows(question: str, *given: dict[str, str]) -> dict[str, str]:
    posted = {f"{question}-rows-TOTAL_FORMS": str(len(given)), f"{question}-rows-INITIAL_FORMS": "0"}
    for place, row in enumerate(given):
        posted |= {f"{question}-rows-{place}-{key}": value for key, value in row.items()}
    return posted


def answers(**changes: str) -> dict[str, str]:
    """A park enterprise that meets every condition."""
    return {
        "registration-kind": "enterprise",
        "registration-region": "sip",
        "registration-established_on": "2012-03-01",
        "certified_system-has_certificates": "yes",
        **rows("certified_system", {"standard": "GB/T 19001", "valid_until": "2028-05-01"}),
        "licences-licences": "held",
        "spot_checks-has_spot_checks": "no",
        **rows("spot_checks"),
        "safety_level-above_scale": "no",
        "exports-exporter": "no",
        **rows("exports"),
        "profit-profit_2023": "1200000",
        "profit-profit_2024": "0",
        "profit-profit_2025": "1500000",
        "credit-has_dishonesty_records": "no",
        **rows("credit"),
        "accidents-has_accidents": "no",
        **rows("accidents"),
        "excellence_model-excellence_model": "yes",
        "honours-has_honours": "no",
        **rows("honours"),
    } | changes


def outcomes(page: Any) -> dict[str, str]:
    return {
        row["finding"].condition: row["finding"].outcome
        for group in ("failing", "open", "met")
        for row in page.context[group]
    }


def test_the_call_leads_to_it(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    page = client.get(reverse("awards:call", args=[cycle.pk])).content.decode()
    assert reverse("applications:self_check", args=[cycle.pk]) in page


def test_the_call_names_the_files_that_are_taken(now: datetime, client: Client) -> None:
    page = client.get(reverse("awards:call", args=[builders.running_cycle(now).pk])).content.decode()
    report, evidence = (
        "、".join(KINDS[kind][0] for kind in kinds if kind not in ("png", "jpg"))
        for kinds in (REPORT_KINDS, EVIDENCE_KINDS)
    )
    assert f"在网上逐条填写，或者上传 {report.replace('、', ' 或 ')}，" in page
    assert f"每个条件的证明，{evidence}或图片（png、jpg）。" in page


def test_the_list_is_unfolded_for_the_answer_chosen(now: datetime, client: Client) -> None:
    address = reverse("applications:self_check", args=[builders.running_cycle(now).pk])
    page = client.post(address, answers()).content.decode()
    folds = re.findall(r'data-unfold-on="([^"]+)" data-unfold-value="yes"( open)?>', page)
    assert {name: bool(is_open) for name, is_open in folds} == {
        name: chosen == "yes" for name, chosen in answers().items() if "-has_" in name
    } | {"exports-has_export_incidents": False}


def test_it_leads_back_to_the_call_that_needs_no_login(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    page = client.get(reverse("applications:self_check", args=[cycle.pk])).content.decode()
    assert page.count(f'href="{reverse("awards:call", args=[cycle.pk])}"') == 2
    assert f'href="{reverse("awards:cycle", args=[cycle.pk])}"' not in page


def test_whoever_meets_everything_is_told_so_with_articles(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    page = client.post(reverse("applications:self_check", args=[cycle.pk]), answers())
    assert page.status_code == 200
    assert page.context["assessment"].eligible is True
    assert set(outcomes(page).values()) == {"pass", "not_applicable"}
    assert len(outcomes(page)) == len(cycle.edition.conditions) - 1  # the ban is on the portal's own record
    assert "第十一条(六)" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "condition", "outcome"),
    [
        ({"registration-region": "suzhou"}, "registered", "fail"),
        ({"registration-established_on": "2023-08-04"}, "operating_years", "fail"),
        ({"registration-established_on": "2023-08-03"}, "operating_years", "pass"),
        ({"registration-established_on": ""}, "operating_years", "needs_evidence"),
        ({"profit-profit_2024": "-0.01"}, "profit", "fail"),
        ({"profit-profit_2024": ""}, "profit", "needs_evidence"),
        ({"registration-kind": "institution"}, "profit", "not_applicable"),
        ({"certified_system-has_certificates": "no"}, "certified_system", "fail"),
        ({"excellence_model-excellence_model": ""}, "excellence_model", "needs_evidence"),
        ({"safety_level-above_scale": "yes", "safety_level-safety_level": "0"}, "safety_level", "fail"),
        ({"safety_level-above_scale": "yes", "safety_level-safety_level": "3"}, "safety_level", "pass"),
        (
            {
                "honours-has_honours": "yes",
                **rows("honours", {"award": "suzhou_mayor_quality", "on": "2019-01-01"}),
            },
            "higher_award",
            "fail",
        ),
        (
            {
                "accidents-has_accidents": "yes",
                **rows("accidents", {"grade": "larger", "on": "2024-01-01"}),
            },
            "accidents",
            "fail",
        ),
    ],
)
def test_each_answer_counts_by_the_rules(
    now: datetime, client: Client, change: dict[str, str], condition: str, outcome: str
) -> None:
    cycle = builders.running_cycle(now)
    page = client.post(reverse("applications:self_check", args=[cycle.pk]), answers(**change))
    assert page.status_code == 200
    assert outcomes(page)[condition] == outcome


def test_nothing_answered_fails_nothing(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    empty = dict.fromkeys(answers(), "") | {
        key: value for key, value in answers().items() if key.endswith("_FORMS")
    }
    page = client.post(reverse("applications:self_check", args=[cycle.pk]), empty)
    assert page.context["assessment"].eligible is None
    assert set(outcomes(page).values()) == {"needs_evidence"}


def test_nothing_is_kept(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    before = (Entry.objects.count(), Application.objects.count(), Session.objects.count())
    client.post(reverse("applications:self_check", args=[cycle.pk]), answers())
    assert (Entry.objects.count(), Application.objects.count(), Session.objects.count()) == before


@pytest.mark.parametrize(
    "change",
    [
        {"registration-established_on": "2026-08-04"},
        {"registration-established_on": "2026-02-30"},
        {"registration-region": "mars"},
        {"profit-profit_2024": "一百万"},
        {
            "certified_system-has_certificates": "yes",
            **rows("certified_system", {"standard": "", "valid_until": "2028-05-01"}),
        },
        {"honours-rows-TOTAL_FORMS": "x"},
    ],
)
def test_what_makes_no_sense_is_said_at_its_place(
    now: datetime, client: Client, change: dict[str, str]
) -> None:
    cycle = builders.running_cycle(now)
    page = client.post(reverse("applications:self_check", args=[cycle.pk]), answers(**change))
    assert page.status_code in (200, 422)
    if "honours-rows-TOTAL_FORMS" not in change:
        assert page.status_code == 422
        assert page.context["wrong"]
        assert 'value="1200000"' in page.content.decode()


def test_a_draft_call_is_out_of_sight(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    Cycle.objects.filter(pk=cycle.pk).update(state="draft", call_published_at=None)
    assert client.get(reverse("applications:self_check", args=[cycle.pk])).status_code == 404


def test_the_answers_come_along(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, organisation = builders.applicant(now)
    client = client_of(user)
    token = client.post(reverse("applications:self_check", args=[cycle.pk]), answers()).context["token"]
    carried = client.post(reverse("applications:carry_self_check", args=[cycle.pk]), {"token": token})
    start = reverse("applications:start_application", args=[cycle.pk])
    assert carried.url == start
    assert "带入自查时的回答" in client.get(start).content.decode()
    client.post(start, {"organisation": organisation.pk, "carry": "yes"})
    made = Application.objects.get(organisation=organisation)
    assert made.facts["net_profit"] == {"2023": "1200000", "2024": "0", "2025": "1500000"}
    assert made.facts["certificates"] == [{"standard": "GB/T 19001", "valid_until": "2028-05-01"}]
    assert "region" not in made.facts
    assert "self_check" not in client.session


def test_the_answers_wait_for_whoever_registers_first(now: datetime) -> None:
    """A visitor without an account: self-check, account, organisation, application: the answers are still there."""
    cycle = builders.running_cycle(now)
    client = Client()
    token = client.post(reverse("applications:self_check", args=[cycle.pk]), answers()).context["token"]
    client.post(reverse("applications:carry_self_check", args=[cycle.pk]), {"token": token})
    person = {
        "username": "newcomer",
        "name": "新同事",
        "email": "new@example.com",
        "password": "quality portal 26",
    }
    assert client.post(reverse("accounts:register"), person).status_code == 302
    register = reverse("applications:register_organisation")
    assert client.get(register).context["form"]["region"].value() == "sip"
    done = client.post(register, builders.organisation_data())
    assert done.url == reverse("applications:start_application", args=[cycle.pk])
    client.post(done.url, {"carry": "yes"})
    assert Application.objects.get().facts["excellence_model"] is True


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 50_000])
def test_a_forged_token_brings_nothing(now: datetime, client: Client, token: str) -> None:
    cycle = builders.running_cycle(now)
    answer = client.post(reverse("applications:carry_self_check", args=[cycle.pk]), {"token": token})
    assert answer.url == reverse("applications:self_check", args=[cycle.pk])
    assert "self_check" not in client.session


def test_answers_of_one_year_stay_out_of_another(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    other = builders.running_cycle(now, scheme="city", edition="city-2016")
    token = client.post(reverse("applications:self_check", args=[cycle.pk]), answers()).context["token"]
    answer = client.post(reverse("applications:carry_self_check", args=[other.pk]), {"token": token})
    assert answer.url == reverse("applications:self_check", args=[other.pk])


def test_few_queries(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    address = reverse("applications:self_check", args=[cycle.pk])
    for act in (lambda: client.get(address), lambda: client.post(address, answers())):
        with CaptureQueriesContext(connection) as taken:
            act()
        assert len(taken) <= 5


def test_after_the_deadline_it_is_only_told(now: datetime, client: Client) -> None:
    cycle = builders.running_cycle(now)
    cycle.milestones.filter(kind="application").update(
        due_at=now - timedelta(seconds=1), starts_at=now - timedelta(days=9)
    )
    page = client.post(reverse("applications:self_check", args=[cycle.pk]), answers())
    assert page.context["accepting"] is False
    assert "带着答案开始申报" not in page.content.decode()
