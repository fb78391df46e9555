"""The register entry is fixed when a file is handed in: dossier, recommender, reviewer, receipt and digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from applications.queries.comparison import differences, versions_of
from applications.queries.register import filed_organisation
from scoring.views.files import file_context
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
MOVED = {
    "address": "苏州市姑苏区新路 9 号",
    "employees": 999,
    "contact_phone": "0512-69999999",
    "kind": "institution",
}


def moved(application: Application, owner: User, now: datetime) -> None:
    """The organisation changes its entry after the file went in."""
    organisation = application.organisation
    entry = {field: getattr(organisation, field) for field in builders.organisation_data() if field != "uscc"}
    services.update_organisation(organisation=organisation, data={**entry, **MOVED}, actor=owner, now=now)


def corrected(application: Application, owner: User, condition: str, now: datetime) -> None:
    correction = services.request_correction(
        application=application,
        items=[(condition, "请补正")],
        due_at=now + timedelta(days=5),
        actor=make_user("office_clerk:park"),
        now=now,
    )
    answers = {item.pk: "已补正" for item in correction.items.all()}
    services.answer_correction(correction=correction, answers=answers, actor=owner, now=now)


def test_readers_see_the_entry_as_it_was_handed_in(now: datetime, client_of: Login) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now)
    moved(application, owner, now)
    recommendation = application.recommendations.get()
    pages = {
        make_user("office_clerk:park"): reverse("applications:application", args=[application.pk]),
        make_user(f"recommender:{application.recommender_id}"): reverse(
            "applications:recommendation", args=[recommendation.pk]
        ),
    }
    for reader, address in pages.items():
        html = client_of(reader).get(address).content.decode()
        assert "苏州工业园区示例路 1 号" in html
        assert "提交时的登记信息" in html
        for later in ("姑苏区新路", "999 人", "69999999", "事业单位"):
            assert later not in html
    shown = Application.objects.get(pk=application.pk)
    rows = {row["key"]: row["value"] for row in file_context(shown)["organisation_rows"]}
    assert (rows["职工人数"], rows["组织性质"]) == ("320 人", "企业")
    assert shown.organisation.employees == 999


def test_the_entry_is_a_part_of_what_is_handed_in(now: datetime) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now)
    first = next(part for part in application.submitted_parts if part["code"] == "register")
    services.take_back_application(application=application, actor=owner, now=now)
    assert filed_organisation(application).employees == 320
    moved(application, owner, now)
    application.refresh_from_db()
    assert (application.submitted_register, filed_organisation(application).employees) == ({}, 999)
    services.save_profile(
        application=application, text="新", version=application.version, actor=owner, now=now
    )
    builders.commit(application, owner, now)
    services.submit_application(application=application, actor=owner, now=now)
    again = next(part for part in application.submitted_parts if part["code"] == "register")
    assert first["digest"] != again["digest"]
    assert application.submitted_register["employees"] == 999
    found = {row.label: (row.before, row.after) for row in differences(*versions_of(application))}
    assert found["职工人数"] == ("320", "999")
    assert found["组织性质"] == ("企业", "事业单位")
    assert found["住所"] == ("苏州工业园区示例路 1 号", MOVED["address"])


@pytest.mark.parametrize(("condition", "employees"), [("profile", 320), ("operating_years", 999)])
def test_only_a_correction_of_the_register_takes_the_new_entry(
    now: datetime, condition: str, employees: int
) -> None:
    owner, application = builders.recommended(builders.running_cycle(now), now)
    moved(application, owner, now)
    corrected(application, owner, condition, now)
    application.refresh_from_db()
    assert filed_organisation(application).employees == employees
    assert [copy.register["employees"] for copy in application.filed_copies.all()] == [320, employees]


def test_a_file_from_before_says_that_it_shows_the_entry_of_today(now: datetime, client_of: Login) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now)
    Application.objects.filter(pk=application.pk).update(submitted_register={})
    moved(application, owner, now)
    clerk = client_of(make_user("office_clerk:park"))
    html = clerk.get(reverse("applications:application", args=[application.pk])).content.decode()
    assert "999 人" in html
    assert "还没有留存登记信息" in html
