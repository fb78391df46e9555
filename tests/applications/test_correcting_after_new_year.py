"""A correction answered in the year after submission: everything counts back from the day of submission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Correction
from applications.services.years import enter_year_figures
from ground import clock
from ground.clock import SHANGHAI
from tests.applications import builders
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
HANDED_IN = datetime(2026, 12, 15, 9, 0, tzinfo=SHANGHAI)
ANSWERED = datetime(2027, 1, 3, 10, 0, tzinfo=SHANGHAI)
PROFIT = {"2023": "1200000", "2024": "900000.50", "2025": "1500000"}


@kept
def corrected(now: datetime) -> tuple[User, Application, Correction]:
    """A file handed in on 15 December with figures of 2023 and 2025, whose profit is to be corrected."""
    with clock.frozen(HANDED_IN):
        user, application = builders.filled(builders.running_cycle(HANDED_IN), HANDED_IN)
        enter_year_figures(
            organisation=application.organisation,
            rows={2023: {"revenue": Decimal(3)}, 2025: {"revenue": Decimal(5)}},
            actor=user,
            now=HANDED_IN,
        )
        services.submit_application(application=application, actor=user, now=HANDED_IN)
        builders.sign(application, make_user(f"recommender:{application.recommender_id}"), HANDED_IN)
        correction = services.request_correction(
            application=application,
            items=[("profit", "请更正 2025 年净利润"), ("figures", "请更正 2023 年营业收入")],
            due_at=ANSWERED + timedelta(days=7),
            actor=make_user("office_clerk:park"),
            now=HANDED_IN,
        )
    return user, Application.objects.get(pk=application.pk), correction


@pytest.mark.parametrize("name", ["condition", "autosave_condition"])
def test_the_form_asks_for_the_years_before_submission(
    corrected: tuple[User, Application, Correction], client_of: Login, name: str
) -> None:
    user, application, _ = corrected
    with clock.frozen(ANSWERED):
        client = client_of(user)
        page = client.get(reverse("applications:condition", args=[application.pk, "profit"]))
        assert page.context["form"].years == (2023, 2024, 2025)
        sent = {f"profit_{year}": amount for year, amount in {**PROFIT, "2025": "1600000"}.items()}
        address = reverse(f"applications:{name}", args=[application.pk, "profit"])
        assert client.post(address, {"version": application.version, **sent}).status_code in (200, 302)
    application.refresh_from_db()
    assert application.facts["net_profit"] == {**PROFIT, "2025": "1600000"}


def test_answering_keeps_verdict_and_figures(
    corrected: tuple[User, Application, Correction], client_of: Login
) -> None:
    user, application, correction = corrected
    with clock.frozen(ANSWERED):
        organisation = application.organisation
        page = client_of(user).get(reverse("applications:year_figures", args=[organisation.pk]))
        assert page.context["form"].years == (2026, 2025, 2024, 2023)
        enter_year_figures(
            organisation=organisation,
            rows={2023: {"revenue": Decimal(4)}, 2026: {"revenue": Decimal(9)}},
            actor=user,
            now=ANSWERED,
        )
        answers = {item.pk: "已更正" for item in correction.items.all()}
        services.answer_correction(correction=correction, answers=answers, actor=user, now=ANSWERED)
        later = client_of(user).get(reverse("applications:year_figures", args=[organisation.pk]))
        assert later.context["form"].years == (2026, 2025, 2024)
    application.refresh_from_db()
    assert application.checks.get(condition="profit").outcome == "pass"
    assert {year: row["revenue"] for year, row in application.submitted_figures.items()} == {
        "2023": "4",
        "2024": "1",
        "2025": "5",
    }


def test_the_first_hours_of_a_year_in_shanghai_count(now: datetime, client_of: Login) -> None:
    """Handed in at 00:30 on New Year's Day, which is still the old year in UTC."""
    at = datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI)
    with clock.frozen(at):
        facts = builders.FACTS | {"net_profit": {"2024": "1", "2025": "2", "2026": "3"}}
        user, application = builders.submitted(builders.running_cycle(at), at, facts=facts)
        page = client_of(user).get(reverse("applications:condition", args=[application.pk, "profit"]))
        assert page.context["form"].years == (2024, 2025, 2026)


def test_a_draft_over_new_year_keeps_what_the_page_no_longer_asks(now: datetime, client_of: Login) -> None:
    with clock.frozen(HANDED_IN):
        user, application = builders.filled(builders.running_cycle(HANDED_IN), HANDED_IN)
    with clock.frozen(ANSWERED):
        address = reverse("applications:autosave_condition", args=[application.pk, "profit"])
        sent = {"profit_2024": "900000.50", "profit_2025": "1500000", "profit_2026": "7"}
        assert client_of(user).post(address, {"version": application.version, **sent}).status_code == 200
    application.refresh_from_db()
    assert application.facts["net_profit"] == {**PROFIT, "2026": "7"}
