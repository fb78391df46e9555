"""A first journey through the pages of a file: none is a dead end, nothing is typed twice, each cites its own rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.queries.progress import sections
from applications.queries.section import Section
from applications.services.years import enter_year_figures
from applications.views.home import register_values
from awards.law import editions
from awards.models import Cycle
from ground.errors import Refused
from tests.applications import builders

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def report_of(application: object, now: datetime) -> Section:
    return next(part for part in sections(application, now) if part.code == "report")


def test_the_figures_lead_back_to_the_task_list_they_were_opened_from(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    owner, application = builders.draft(cycle, now)
    client = client_of(owner)
    tasks = reverse("applications:tasks", args=[application.pk])
    page = reverse("applications:year_figures", args=[application.organisation_id])
    assert f"{page}?application={application.pk}" in client.get(tasks).content.decode()
    answer = client.post(f"{page}?application={application.pk}", {"revenue_2025": "1"})
    assert (answer.status_code, answer["Location"]) == (302, tasks)
    register = reverse("applications:organisation", args=[application.organisation_id])
    _, other = builders.draft(cycle, now)
    for key in ("", "x", "9" * 30, str(other.pk)):
        assert client.post(f"{page}?application={key}", {"revenue_2025": "1"})["Location"] == register


def test_the_register_leads_back_too_and_a_new_name_stands_in_the_header_at_once(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    owner, application = builders.draft(cycle, now)
    client = client_of(owner)
    page = reverse("applications:edit_organisation", args=[application.organisation_id])
    values = register_values(application.organisation) | {"name": "苏州改名精密制造有限公司"}
    answer = client.post(f"{page}?application={application.pk}", values)
    assert answer["Location"] == reverse("applications:tasks", args=[application.pk])
    shown = client.get(answer["Location"]).content.decode()
    assert "苏州改名精密制造有限公司 · 申报组织" in shown
    assert [grant.scope_label for grant in owner.role_grants.all()] == ["苏州改名精密制造有限公司"]


def test_a_net_profit_answered_once_is_proposed_among_the_figures(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    owner, application = builders.draft(cycle, now)
    services.save_facts(
        application=application,
        facts={"net_profit": {"2023": "-5", "2024": "900000.50"}},
        notes={},
        version=application.version,
        actor=owner,
        now=now,
    )
    figures = {2024: {"net_profit": 7}}
    enter_year_figures(organisation=application.organisation, rows=figures, actor=owner, now=now)
    page = reverse("applications:year_figures", args=[application.organisation_id])
    form = client_of(owner).get(page).context["form"]
    assert form.proposed == [2023], "what stands on the register is not overwritten"
    assert (form["net_profit_2023"].value(), form["net_profit_2024"].value()) == (-5, 7)


@pytest.mark.parametrize(("scheme", "edition"), [("park", "park-2023"), ("city", "city-2016")])
def test_choosing_a_recommender_cites_the_article_of_the_edition(
    now: datetime, client_of: Login, scheme: str, edition: str
) -> None:
    cycle = builders.running_cycle(now, scheme=scheme, edition=edition)
    owner, application = builders.draft(cycle, now)
    page = client_of(owner).get(reverse("applications:choose_recommender", args=[application.pk]))
    article = editions.get(edition).article("recommenders")
    assert f"〔{article}〕" in page.content.decode()


def test_an_uploaded_report_leads_on_to_the_pages_of_its_items(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    owner, application = builders.draft(cycle, now)
    answer = client_of(owner).post(
        reverse("applications:report", args=[application.pk]), {"upload": builders.pdf("report")}
    )
    assert answer["Location"] == reverse("applications:assessment", args=[application.pk])
    application.refresh_from_db()
    part = report_of(application, now)
    assert (part.state, part.gaps) == ("attention", ()), "of use, not demanded"
    assert "0 / 23" in part.hint
    tasks = client_of(owner).get(reverse("applications:tasks", args=[application.pk])).content.decode()
    assert part.hint in tasks
    whole = {item.code: (1, 1) for item in application.cycle.criteria.items}
    services.save_page_index(application=application, pages=whole, actor=owner, now=now)
    assert report_of(application, now) == Section("report", "自评报告", "done")


def test_a_first_submission_offers_no_comparison(cycle: Cycle, now: datetime, client_of: Login) -> None:
    _, recommender = builders.recommender_of(cycle)
    owner, application = builders.submitted(cycle, now, recommender=recommender)
    page, link = (
        reverse(f"applications:{name}", args=[application.pk]) for name in ("application", "comparison")
    )
    client = client_of(owner)
    assert link not in client.get(page).content.decode()
    services.take_back_application(application=application, actor=owner, now=now)
    application.refresh_from_db()
    builders.commit(application, owner, now)
    services.submit_application(application=application, actor=owner, now=now)
    assert link in client.get(page).content.decode()


def test_after_a_change_of_mode_the_page_of_the_pdf_says_so(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    owner, application = builders.draft(cycle, now)
    answer = client_of(owner).get(reverse("applications:assessment_pdf", args=[application.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("applications:assessment", args=[application.pk]), 302)]
    assert "不再生成 PDF" in answer.content.decode()


@pytest.mark.parametrize(
    ("phone", "fits"),
    [
        ("abc", False),
        ("0512-66668888 转 8001", True),
        ("１３８００００００００", True),
        ("---", False),
        ("12", False),
    ],
)
def test_a_telephone_number_is_one(now: datetime, phone: str, fits: bool) -> None:
    if fits:
        assert builders.applicant(now, contact_phone=phone)[1].contact_phone == phone
        return
    with pytest.raises(Refused) as refusal:
        builders.applicant(now, contact_phone=phone)
    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [
        ("phone_invalid", "contact_phone")
    ]


def test_a_profit_too_large_is_refused_in_plain_words(cycle: Cycle, now: datetime, client: Client) -> None:
    form = client.post(reverse("applications:self_check", args=[cycle.pk]), {"profit-profit_2025": "1e20"})
    shown = form.content.decode()
    assert "数字过大，请核对单位。" in shown
    assert "确认总共" not in shown
