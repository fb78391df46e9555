"""A submitted file goes by the name it was handed in with; the present one stands beside it where it has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from applications import services
from applications.models import Application
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
OLD, NEW = "苏州旧名精密有限公司", "苏州新名智造股份有限公司"
BOTH = f"{OLD}（现名：{NEW}）"


def rename(application: Application, owner: User, now: datetime) -> None:
    data = builders.organisation_data(name=NEW)
    services.update_organisation(organisation=application.organisation, data=data, actor=owner, now=now)


def test_headings_and_lists_tell_both_names(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    owner, application = builders.submitted(cycle, now, name=OLD)
    builders.submitted(cycle, now)
    rename(application, owner, now)
    clerk = client_of(make_user("office_clerk:park"))
    signer = client_of(make_user(f"recommender:{application.recommender_id}"))
    waiting = application.recommendations.get()
    pages = (
        (clerk, reverse("applications:office_list", args=[cycle.pk])),
        (clerk, application.get_absolute_url()),
        (clerk, reverse("applications:eligibility", args=[application.pk])),
        (signer, reverse("applications:recommendations")),
        (signer, reverse("applications:recommendation", args=[waiting.pk])),
        (client_of(owner), reverse("applications:home")),
        (client_of(owner), application.get_absolute_url()),
    )
    for client, address in pages:
        assert BOTH in client.get(address).content.decode(), address
    for words in (OLD, NEW, "旧名精密", "新名智造"):
        page = clerk.get(reverse("applications:office_list", args=[cycle.pk]), {"q": words})
        assert [row.pk for row in page.context["page"]] == [application.pk]
    sheet = load_workbook(
        BytesIO(clerk.get(reverse("applications:office_export", args=[cycle.pk])).content)
    ).active
    assert BOTH in {row[1].value for row in sheet.iter_rows(min_row=2)}


def test_a_name_that_stayed_is_told_once(now: datetime, client_of: Login) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now, name=OLD)
    assert "现名" not in client_of(owner).get(application.get_absolute_url()).content.decode()


def test_a_draft_goes_by_the_name_of_today(now: datetime) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now, name=OLD)
    services.take_back_application(application=application, actor=owner, now=now)
    rename(application, owner, now)
    taken = Application.objects.get(pk=application.pk)
    assert (taken.state, taken.applicant_line, str(taken)) == ("draft", NEW, f"{NEW}（{taken.number}）")
