"""The applicant's own results: after the announcement, as the edition allows, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from awards.models import Cycle
from scoring.models import Consolidation
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.results.builders import Year, make_year

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


@kept
def year(now: datetime) -> Year:
    year = make_year(now)
    for name, score in (("甲", 640), ("乙", 512)):
        texts = {
            "strengths": f"{name}的领导作用明显",
            "opportunities": f"{name}的对比数据不足",
            "conclusion": f"{name}的内部结论",
        }
        year.enter(name, score, texts=texts)
    return year


def own(year: Year, name: str) -> User:
    return make_user(f"applicant_viewer:{year.files[name].organisation_id}")


def announce(year: Year) -> None:
    Cycle.objects.filter(pk=year.cycle.pk).update(state="announced")


def test_own_scores_and_report_and_nothing_else(year: Year, client_of: Login) -> None:
    announce(year)
    address = reverse("scoring:feedback", args=[year.files["甲"].pk])
    reader = own(year, "甲")
    client = client_of(reader)
    with CaptureQueriesContext(connection) as taken:
        words = client.get(address).content.decode()
    assert len(taken) <= 15
    assert "640.00" in words
    assert "甲的领导作用明显" in words
    assert "甲的对比数据不足" in words
    signers = Consolidation.objects.exclude(signed_by=None).values_list("signed_by__name", flat=True)
    for hidden in ("乙的", "512", "内部结论", *signers):
        assert hidden not in words


@pytest.mark.parametrize("state", ["material", "ranked", "publicity", "publicity_closed"])
def test_nothing_before_the_announcement(year: Year, client_of: Login, state: str) -> None:
    Cycle.objects.filter(pk=year.cycle.pk).update(state=state)
    address = reverse("scoring:feedback", args=[year.files["甲"].pk])
    assert client_of(own(year, "甲")).get(address).status_code == 404


def test_nobody_elses(year: Year, client_of: Login) -> None:
    announce(year)
    address = reverse("scoring:feedback", args=[year.files["甲"].pk])
    for stranger in (own(year, "乙"), year.head, make_user("reviewer"), make_user("supervisor"), make_user()):
        assert client_of(stranger).get(address).status_code == 404


@pytest.mark.parametrize(("kind", "scores", "texts"), [("report", False, True), ("none", False, False)])
def test_the_edition_decides_what_is_told(
    year: Year, client_of: Login, monkeypatch: pytest.MonkeyPatch, kind: str, scores: bool, texts: bool
) -> None:
    announce(year)
    monkeypatch.setattr("scoring.queries.feedback.feedback_kind", lambda edition: kind)
    monkeypatch.setattr("scoring.views.feedback.feedback_kind", lambda edition: kind)
    address = reverse("scoring:feedback", args=[year.files["甲"].pk])
    words = client_of(own(year, "甲")).get(address).content.decode()
    assert ("640.00" in words) is scores
    assert ("甲的领导作用明显" in words) is texts
