"""The net profit is asked among the conditions and among the figures: brought over once, and a gap while the two differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from applications.queries.progress import gaps
from applications.services.years import enter_year_figures
from ground.errors import Refused
from tests.applications import builders

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def enter(application: Application, owner: User, now: datetime, profit: str) -> None:
    rows = {2024: {"net_profit": Decimal(profit)}}
    enter_year_figures(organisation=application.organisation, rows=rows, actor=owner, now=now)


def test_a_difference_is_a_gap_until_it_is_mended(now: datetime, client_of: Login) -> None:
    owner, application = builders.filled(builders.running_cycle(now), now)
    enter(application, owner, now, "7")
    (gap,) = gaps(application, now)
    assert (gap.section, gap.field) == ("profit", "id_profit_2024")
    with pytest.raises(Refused) as refusal:
        services.submit_application(application=application, actor=owner, now=now)
    assert refusal.value.code == "incomplete/profit"
    client = client_of(owner)
    tasks = client.get(reverse("applications:tasks", args=[application.pk])).content.decode()
    address = reverse("applications:condition", args=[application.pk, "profit"])
    assert f'href="{address}#id_profit_2024"' in tasks
    figures = reverse("applications:year_figures", args=[application.organisation_id])
    with CaptureQueriesContext(connection) as taken:
        page = client.get(address).content.decode()
    assert len(taken) <= 15
    assert "本页 900,000.50 元，经营数据 7 元" in page
    assert f'href="{figures}?application={application.pk}"' in page
    page = client.get(figures).content.decode()
    assert f'href="{address}"' in page
    enter(application, owner, now, "900000.5")
    assert gaps(application, now) == ()
    assert "不一致" not in client.get(figures).content.decode()


def test_what_the_figures_say_stands_in_the_fields_and_is_saved_by_the_applicant(
    now: datetime, client_of: Login
) -> None:
    owner, application = builders.draft(builders.running_cycle(now), now)
    enter(application, owner, now, "7.5")
    client = client_of(owner)
    address = reverse("applications:condition", args=[application.pk, "profit"])
    page = client.get(address)
    assert page.context["form"]["profit_2024"].value() == Decimal("7.5")
    assert page.context["form"]["profit_2025"].value() is None
    assert "profits-brought" in page.content.decode()
    application.refresh_from_db()
    assert "net_profit" not in application.facts
    given = {"profit_2024": "7.5", "version": application.version}
    assert client.post(address, given).status_code == 302
    assert "profits-brought" not in client.get(address).content.decode()


def test_what_was_handed_in_is_not_judged_by_what_the_figures_say_since(
    now: datetime, client_of: Login
) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now)
    enter(application, owner, now, "7")
    assert gaps(application, now) == ()
    address = reverse("applications:condition", args=[application.pk, "profit"])
    assert "不一致" not in client_of(owner).get(address).content.decode()


def test_bodies_without_profit_are_not_asked(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    owner, application = builders.filled(cycle, now, kind="institution", industry="Q", category="service")
    enter(application, owner, now, "7")
    assert gaps(application, now) == ()
