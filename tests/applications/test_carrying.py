"""Next year's file starts from last year's: what goes along, what has to be looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from tests.applications import assessments, builders

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def test_next_year_starts_from_last_year(now: datetime, client_of: Login) -> None:
    old_cycle = builders.running_cycle(now, year=2025)
    owner, old = builders.filled(old_cycle, now)
    assessments.online(old, owner, now)
    code = assessments.codes_of(old)[0]
    text = "方法。\n\n![流程](1)"
    services.save_item_text(application=old, code=code, text=text, version=0, actor=owner, now=now)
    cycle = builders.running_cycle(now)
    address, client = reverse("applications:start_application", args=[cycle.pk]), client_of(owner)
    assert "从2025年度的申报开始" in client.get(address).content.decode()

    assert client.post(address, {"organisation": old.organisation_id, "start": "last"}).status_code == 302

    made = Application.objects.get(cycle=cycle)
    assert made.carried_from == old
    assert made.profile_text == old.profile_text != ""
    assert made.notes == {"licences": "本行业无许可要求"}
    left = {"spot_checks", "export_incidents", "dishonesty_records", "accidents"}
    assert made.facts == {key: value for key, value in old.facts.items() if key not in left}
    assert made.facts.keys() & left == set() != old.facts.keys() & left
    assert made.self_assessment.mode == "online"
    assert made.assessment_items.get(code=code).text == "方法。\n\n（图片：流程）"
    assert (made.recommender, made.evidence.count()) == (None, 0)
    pieces = client.get(reverse("applications:tasks", args=[made.pk])).context["old_pieces"]
    assert sorted(piece.name for piece in pieces) == sorted(piece.name for piece in old.evidence.all())
    assert pieces != []
    assert client.get(reverse("applications:file", args=[old.pk, pieces[0].file_id])).status_code == 200


def test_blank_stays_a_choice_and_nothing_can_be_carried_from_nowhere(
    now: datetime, client_of: Login
) -> None:
    owner, old = builders.filled(builders.running_cycle(now, year=2025), now)
    cycle = builders.running_cycle(now)
    address = reverse("applications:start_application", args=[cycle.pk])
    client_of(owner).post(address, {"organisation": old.organisation_id, "start": "blank"})
    made = Application.objects.get(cycle=cycle)
    assert (made.carried_from, made.facts, made.profile_text) == (None, {}, "")
    newcomer, organisation = builders.applicant(now)
    client = client_of(newcomer)
    assert "从空白开始" not in client.get(address).content.decode()
    assert client.post(address, {"organisation": organisation.pk, "start": "last"}).status_code in (409, 422)
    assert not Application.objects.filter(organisation=organisation).exists()
