"""A claim to an organisation that its claimant takes back, and one whose papers carry a virus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from audit.models import Entry
from documents.services import sweep_scans
from notifications.models import Duty, InboxItem
from tests.applications import builders
from tests.applications.claiming import World, letters, make_world, refused
from tests.documents import clamd
from tests.documents.builders import pdf_of
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
STATES = ("waiting", "objected", "unanswered")


@kept
def world(now: datetime) -> World:
    return make_world(now)


def brought_to(world: World, state: str) -> Any:
    claim = world.lapsed() if state == "unanswered" else world.file()
    if state == "objected":
        services.answer_claim(claim=claim, answer="object", words="不认识", actor=world.owner, now=world.now)
        claim.refresh_from_db()
    assert claim.state == state
    return claim


@pytest.mark.parametrize("state", STATES)
def test_the_claimant_takes_it_back_and_everybody_is_relieved_of_it(
    world: World, client_of: Login, state: str
) -> None:
    claim = brought_to(world, state)
    client, address = client_of(world.claimant), reverse("applications:withdraw_claim", args=[claim.pk])
    assert address in client.get(claim.get_absolute_url()).content.decode()
    page = client.get(address)
    assert page.status_code == 200
    assert world.organisation.name not in page.content.decode()
    assert client.post(address).url == claim.get_absolute_url()
    claim.refresh_from_db()
    assert (claim.state, claim.withdrawn_at is None) == ("withdrawn", False)
    assert Entry.objects.get(action="claim.withdraw").actor_id == str(world.claimant.pk)
    assert not Duty.objects.filter(
        kind__startswith="applications.", kind__endswith="_claim", closed_at=None
    ).exists()
    for user in (world.owner, world.clerk, world.head):
        assert letters(user)[-1].subject == f"认领申请已撤回：{world.organisation.name}"
    shown = client.get(claim.get_absolute_url()).content.decode()
    assert "已撤回" in shown
    assert address not in shown
    assert world.organisation.name not in shown


def test_nobody_else_takes_it_back(world: World, client_of: Login) -> None:
    claim = world.file()
    address = reverse("applications:withdraw_claim", args=[claim.pk])
    stranger = builders.applicant(world.now)[0]
    for user, status in ((world.owner, 403), (world.clerk, 403), (world.head, 403), (stranger, 404)):
        assert client_of(user).post(address).status_code == status, user
        assert address not in client_of(user).get(claim.get_absolute_url()).content.decode()
        with pytest.raises(PermissionDenied):
            services.withdraw_claim(claim=claim, actor=user, now=world.now)


def test_what_is_over_stays_over_and_a_new_one_may_follow(world: World, client_of: Login) -> None:
    claim = world.file()
    services.withdraw_claim(claim=claim, actor=world.claimant, now=world.now)
    for act in (
        lambda: services.withdraw_claim(claim=claim, actor=world.claimant, now=world.now),
        lambda: services.answer_claim(
            claim=claim, answer="hand_over", words="", actor=world.owner, now=world.now
        ),
        lambda: services.decide_claim(
            claim=claim, outcome="refuse", reason="x", actor=world.head, now=world.now
        ),
    ):
        with refused("wrong_state"):
            act()
    assert services.sweep_claims(now=claim.due_at) == 0
    address = reverse("applications:withdraw_claim", args=[claim.pk])
    client = client_of(world.claimant)
    assert "不能撤回认领申请" in client.get(address).content.decode()
    assert client.post(address).status_code == 422
    assert world.file().state == "waiting"


@pytest.mark.parametrize("paper", ["licence", "authorisation"])
def test_a_virus_is_told_to_claimant_and_office_once(
    world: World, client_of: Login, settings: Any, paper: str
) -> None:
    with clamd.at_work(settings):
        claim = world.file(**{paper: SimpleUploadedFile("sick.pdf", clamd.infected(pdf_of(2)))})
        sweep_scans(now=world.now)
    for _ in range(2):
        assert services.sweep_infected_files(now=world.now) == 1
    told = {item.user_id: item for item in InboxItem.objects.filter(kind="file_infected")}
    assert {world.claimant.pk, world.clerk.pk, world.head.pk} <= set(told)
    assert world.owner.pk not in told
    assert len(told) == InboxItem.objects.filter(kind="file_infected").count()
    own = told[world.claimant.pk]
    assert world.organisation.uscc in own.body
    assert world.organisation.name not in own.subject + own.body
    assert world.organisation.name in told[world.head.pk].subject
    assert "撤回这件申请" in client_of(world.claimant).get(claim.get_absolute_url()).content.decode()
    services.withdraw_claim(claim=claim, actor=world.claimant, now=world.now)
    assert services.sweep_infected_files(now=world.now) == 0
