"""Lists cost the same with one row and with three, and no page more than fifteen queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from accounts.services import grant_role
from applications import services
from applications.models import Application
from tests.applications import builders
from tests.applications.watching import MOST, count
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def test_the_offices_list(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    client = client_of(make_user("office_clerk:park"))
    address = reverse("applications:office_list", args=[cycle.pk])
    builders.submitted(cycle, now)
    one = count(client, address)
    builders.submitted(cycle, now)
    builders.recommended(cycle, now)
    assert count(client, address) == one <= MOST


def test_the_recommenders_desk(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    signer, body = builders.recommender_of(cycle)
    client, address = client_of(signer), reverse("applications:recommendations")
    builders.submitted(cycle, now, recommender=body)
    one = count(client, address)
    builders.submitted(cycle, now, recommender=body)
    builders.submitted(cycle, now, recommender=body)
    assert count(client, address) == one <= MOST


def test_the_applicants_home(now: datetime, client_of: Login) -> None:
    park = builders.running_cycle(now)
    user, application = builders.draft(park, now)
    address = reverse("applications:home")
    one = count(client_of(user), address)
    for scheme, edition in (("city", "city-2016"),):
        cycle = builders.running_cycle(now, scheme=scheme, edition=edition)
        services.start_application(cycle=cycle, organisation=application.organisation, actor=user, now=now)
    other, second = builders.draft(park, now)
    grant_role(user=user, role="applicant_owner", scope_key=str(second.organisation_id), actor=other, now=now)
    user = User.objects.get(pk=user.pk)
    assert count(client_of(user), address) == one <= MOST


def test_single_pages(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, draft = builders.filled(cycle, now)
    _, done = builders.recommended(cycle, now)
    clerk = make_user("office_head:park")
    builders.confirm_all(done, clerk, now)
    own = client_of(user)
    for name in ("application", "tasks", "profile", "report", "choose_recommender", "check_application"):
        assert count(own, reverse(f"applications:{name}", args=[draft.pk])) <= MOST, name
    assert count(own, reverse("applications:condition", args=[draft.pk, "profit"])) <= MOST
    assert count(own, reverse("applications:start_application", args=[cycle.pk])) <= MOST
    office = client_of(clerk)
    for name in ("application", "eligibility", "decide_eligibility", "record_waiver", "request_correction"):
        assert count(office, reverse(f"applications:{name}", args=[done.pk])) <= MOST, name


def test_the_export_is_what_is_filtered(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    client = client_of(make_user("office_clerk:park"))
    _, first = builders.submitted(cycle, now, name="=cmd|' /C calc'!A0")
    _, second = builders.recommended(cycle, now)
    builders.filled(cycle, now, name="草稿不导出有限公司")
    address = reverse("applications:office_export", args=[cycle.pk])

    def exported(query: str) -> list[list[object]]:
        content = client.get(address + query).content
        return [
            [cell.value for cell in row]
            for row in load_workbook(BytesIO(content)).active.iter_rows(min_row=2)
        ]

    everything = exported("")
    assert [row[0] for row in everything] == [first.number, second.number]
    assert [row[0] for row in exported("?sort=-number")] == [second.number, first.number]
    assert [row[0] for row in exported("?state=recommended")] == [second.number]
    assert exported("?q=没有这家") == []
    assert [row[0] for row in exported(f"?q={second.organisation.uscc}")] == [second.number]
    sheet = load_workbook(BytesIO(client.get(address).content)).active
    assert sheet["B2"].data_type == "s"


@pytest.mark.parametrize(
    "query",
    [
        "?state=nonsense",
        "?sort=password",
        "?page=abc",
        "?page=999",
        "?category=x",
        "?q=%00",
        "?q=" + "长" * 300,
    ],
)
def test_odd_filters_break_nothing(now: datetime, client_of: Login, query: str) -> None:
    cycle = builders.running_cycle(now)
    builders.submitted(cycle, now)
    client = client_of(make_user("office_clerk:park"))
    for name in ("office_list", "office_export"):
        assert client.get(reverse(f"applications:{name}", args=[cycle.pk]) + query).status_code == 200


def test_who_was_honoured_is_led_to_the_honours_page(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    address = reverse("applications:home")
    link = reverse("publicity:honour_home")
    assert link not in client_of(user).get(address).content.decode()
    Application.objects.filter(pk=application.pk).update(state="awarded")
    assert link in client_of(user).get(address).content.decode()
