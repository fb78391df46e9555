"""Nothing is learnt before its time by any side door: pages, files, exports, letters, search, order, error pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from ground import clock
from tests.architecture.source import routes
from tests.leaks import year as told
from tests.leaks.posts import Posts
from tests.leaks.steps import take
from tests.leaks.walk import Walk
from tests.leaks.year import begin

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=clock.SHANGHAI)
# Who walks at which step, through the pages of the review; ALL walk through everything when most is secret.
WALKERS = {
    "scoring": "p_expert p_fourth clerk owner_A",
    "sealed": "p_fourth p_third clerk first",
    "ranked": "p_third p_fourth s_lead owner_A",
    "drafted": "q_expert finance recommender",
    "announced": "owner_A owner_C recommender p_fourth",
}
# Who sends forms to what was walked: one on each side of the table, for an answer costs more than a page.
POSTERS = {
    "scoring": "p_expert clerk",
    "sealed": "p_third first",
    "ranked": "s_lead owner_A",
    "announced": "p_fourth recommender",
}
ALL = "visitor city_clerk owner_A owner_C p_fourth"
STRANGERS = ("visitor", "city_clerk", "owner_C", "p_fourth")
# Reached only through a token or an object of the applicant's own text, and asked by status in tests/architecture.
APART = {
    *("applications:invitation", "applications:sign_commitments"),
    "notifications:calendar_file",
    "applications:item_version",
    "applications:section_version",
    "applications:unlink_item_evidence",
    "applications:print_progress",
    "applications:print_file",
    "api:policy",
    "awards:policy",
    "documents:upload",
    # A claim to an organisation; asked role by role in tests/applications.
    *(
        "applications:claim",
        "applications:answer_claim",
        "applications:decide_claim",
        "applications:withdraw_claim",
        "applications:claim_paper",
    ),
    # A device, a proposal or a complaint of one's own; asked role by role in tests/scoring.
    *("scoring:device_contact", "scoring:device_sheet", "scoring:revoke_device"),
    *("scoring:device_visit", "scoring:device_photo"),
    *("scoring:revoke_lost_device", "scoring:reviewer_invitation"),
    *("scoring:proposal", "scoring:confirm_proposal", "scoring:drop_proposal", "scoring:arrange_team"),
    *("scoring:export_proposal", "scoring:import_proposal"),
    *("scoring:complaint", "scoring:report_misconduct", "scoring:complaint_step"),
}


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    """The whole year, walked step by step, ending announced; rolled back in the end."""
    with django_db_blocker.unblock(), clock.frozen(NOW), transaction.atomic():
        walk = Walk(begin(NOW))
        posts = Posts(walk)
        for step in told.STEPS:
            take(walk.year, step)
            for role in WALKERS.get(step, "").split():
                walk.go(role, unwalked=step == "announced")
            for role in POSTERS.get(step, "").split():
                posts.go(role, unwalked=step == "announced", twins=role in STRANGERS)
            if step == "drafted":
                for role in ALL.split():
                    walk.go(role, everywhere=True, twins=role in STRANGERS)
                    posts.go(role, everywhere=True, twins=role in STRANGERS)
        yield walk
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_nobody_learns_what_is_not_theirs(walk: Walk) -> None:
    assert walk.leaks == []


@pytest.mark.django_db
def test_what_is_hidden_answers_like_what_is_not_there(walk: Walk) -> None:
    assert walk.oracles == []


@pytest.mark.django_db
def test_every_route_was_walked(walk: Walk) -> None:
    assert {route.name for route in routes()} - walk.walked == APART
    assert {route.name for route in routes()} - walk.posted == APART
