"""The three years of figures are fixed when a file is handed in; who may read the register's history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Organisation, YearFigures
from applications.queries.comparison import differences, versions_of
from applications.queries.parts import digest_of_parts
from applications.services.years import enter_year_figures
from audit.queries import entries_of
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def enter(organisation: Organisation, owner: User, revenue: str, now: datetime) -> None:
    rows = {2025: {"revenue": Decimal(revenue)}}
    enter_year_figures(organisation=organisation, rows=rows, actor=owner, now=now)


def handed_in(now: datetime) -> tuple[User, User, Application]:
    """Owner, clerk and a recommended file whose revenue was 1,000,000 when it was handed in."""
    cycle = builders.running_cycle(now)
    owner, application = builders.filled(cycle, now)
    enter(application.organisation, owner, "1000000", now)
    services.submit_application(application=application, actor=owner, now=now)
    signer = make_user(f"recommender:{application.recommender_id}")
    builders.sign(application, signer, now)
    return owner, make_user("office_clerk:park"), Application.objects.get(pk=application.pk)


def correct(application: Application, owner: User, clerk: User, part: str, now: datetime) -> None:
    correction = services.request_correction(
        application=application,
        items=[(part, "请补正")],
        due_at=now + timedelta(days=5),
        actor=clerk,
        now=now,
    )
    item = correction.items.get()
    services.answer_correction(correction=correction, answers={item.pk: "已补正"}, actor=owner, now=now)


def digest(application: Application) -> str:
    entry = entries_of(application).filter(action__in=ENTRIES).order_by("-id")[0]
    rows = entry.content["details"]["parts"]
    assert entry.content["details"]["digest"] == digest_of_parts(rows)
    return str(next(row["digest"] for row in rows if row["code"] == "figures"))


ENTRIES = ("application.submit", "application.answer_correction")


def test_later_edits_do_not_change_what_was_handed_in(now: datetime, client_of: Login) -> None:
    owner, clerk, application = handed_in(now)
    first = digest(application)
    dossier = reverse("applications:application", args=[application.pk])
    assert "1,000,000" in client_of(clerk).get(dossier).content.decode()
    enter(application.organisation, owner, "2000000", now)
    figures = reverse("applications:year_figures", args=[application.organisation_id])
    for address in (dossier, figures):
        page = client_of(clerk).get(address).content.decode()
        assert "1,000,000" in page
        assert "2,000,000" not in page
    assert "2000000" in client_of(owner).get(figures).content.decode()
    correct(application, owner, clerk, "profile", now)
    application.refresh_from_db()
    assert application.submitted_figures["2025"] == {"revenue": "1000000"}
    assert digest(application) == first
    assert "2,000,000" not in client_of(clerk).get(dossier).content.decode()
    correct(application, owner, clerk, "figures", now)
    application.refresh_from_db()
    assert application.submitted_figures["2025"] == {"revenue": "2000000"}
    assert digest(application) != first
    assert "2,000,000" in client_of(clerk).get(dossier).content.decode()
    versions = versions_of(application)
    assert differences(*versions[:2]) == ()
    (row,) = differences(*versions[1:])
    assert (row.label, row.before, row.after) == ("2025 年度营业收入", "1000000", "2000000")


def test_the_office_chooses_register_and_figures_and_the_applicant_is_led_there(
    now: datetime, client_of: Login
) -> None:
    owner, clerk, application = handed_in(now)
    form = {
        "due_at": "2026-08-20T17:00",
        "items-TOTAL_FORMS": "2",
        "items-INITIAL_FORMS": "0",
        "items-0-condition": "organisation",
        "items-0-request": "请更正住所",
        "items-1-condition": "figures",
        "items-1-request": "请更正营业收入",
    }
    address = reverse("applications:request_correction", args=[application.pk])
    assert client_of(clerk).post(address, form).status_code == 302
    correction = application.corrections.get()
    page = client_of(owner).get(reverse("applications:correction", args=[correction.pk]))
    assert [row["href"] for row in page.context["items"]] == [
        reverse(f"applications:{name}", args=[application.organisation_id]) + f"?application={application.pk}"
        for name in ("edit_organisation", "year_figures")
    ]


def test_taking_back_frees_the_figures(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    owner, application = builders.filled(cycle, now)
    enter(application.organisation, owner, "5", now)
    given = {"actor": owner, "now": now}
    services.submit_application(application=application, **given)
    services.take_back_application(application=application, actor=owner, now=now)
    application.refresh_from_db()
    assert application.submitted_figures == {}
    enter(application.organisation, owner, "6", now)
    builders.commit(application, owner, now)
    services.submit_application(application=application, **given)
    application.refresh_from_db()
    assert application.submitted_figures["2025"] == {"revenue": "6"}


def test_an_empty_request_wipes_nothing(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    enter(organisation, owner, "7", now)
    address = reverse("applications:year_figures", args=[organisation.pk])
    client_of(owner).post(address, {})
    client_of(owner).post(address, {"tax_2025": "1"})
    row = YearFigures.objects.get()
    assert (row.year, row.revenue, row.tax) == (2025, Decimal(7), Decimal(1))
    client_of(owner).post(address, {"tax_2025": ""})
    row.refresh_from_db()
    assert (row.revenue, row.tax) == (Decimal(7), None)
    refused = client_of(owner).post(address, {"exports_2025": "8"})
    assert "exports_2025" in refused.context["form"].errors


def test_the_history_is_not_for_recommender_committee_or_authority(now: datetime, client_of: Login) -> None:
    owner, clerk, application = handed_in(now)
    organisation = application.organisation
    address = reverse("applications:organisation_history", args=[organisation.pk])
    page = reverse("applications:organisation", args=[organisation.pk])
    viewer = make_user(f"applicant_viewer:{organisation.pk}")
    for reader in (owner, viewer, clerk, make_user("supervisor")):
        assert client_of(reader).get(address).status_code == 200
        assert address in client_of(reader).get(page).content.decode()
    recommender = f"recommender:{application.recommender_id}"
    for role in (recommender, "committee:park", "authority:park"):
        client = client_of(make_user(role))
        assert client.get(address).status_code == 403
        assert address not in client.get(page).content.decode()
    assert client_of(make_user("office_clerk:city")).get(address).status_code == 404
