"""The date proposed for a correction is one that the portal takes: a week ahead, or the deadline that comes sooner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.queries import latest_correction
from awards.models import Milestone
from ground.errors import Refused
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "proposed"), [(3, 3), (30, 7)])
def test_the_proposal_keeps_to_the_timetable(
    now: datetime, client_of: Callable[[User], Client], days: int, proposed: int
) -> None:
    cycle = builders.running_cycle(now)
    _, application = builders.recommended(cycle, now)
    for kind, end in (("eligibility", days), ("material", 60), ("presentation", 70), ("site", 80)):
        Milestone.objects.filter(cycle=cycle, kind=kind).update(
            starts_at=now, due_at=now + timedelta(days=end)
        )
    head = make_user("office_head:park")
    page = client_of(head).get(reverse("applications:request_correction", args=[application.pk]))
    due = page.context["form"].initial["due_at"]
    assert (due.date() - now.astimezone(due.tzinfo).date()).days == proposed
    given = {"application": application, "items": [("profit", "请补充")], "actor": head, "now": now}
    with pytest.raises(Refused) as refused:
        services.request_correction(**given, due_at=now + timedelta(days=days, minutes=1))
    assert refused.value.codes == ("due_too_late",)
    fault = refused.value.faults[0]
    assert fault.article == cycle.edition.article("correction_latest")
    assert str(cycle.edition.reading("correction_latest")) in fault.message
    assert services.request_correction(**given, due_at=due).due_at == due


def test_an_edition_without_that_reading_sets_no_limit(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = builders.running_cycle(now)
    _, application = builders.recommended(cycle, now)
    assert latest_correction(application, now) is not None
    values = dict(application.cycle.edition.values)
    del values["correction_latest"]
    monkeypatch.setattr(type(application.cycle), "edition", replace(application.cycle.edition, values=values))
    assert latest_correction(application, now) is None
