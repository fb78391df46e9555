"""Claiming an organisation that somebody else has registered: the owner answers, the term ends, the office decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import grant_role
from applications import services
from applications.models import Invitation, OrganisationClaim
from applications.services.invitations import invite_member
from audit.models import Entry
from notifications.models import Duty
from tests.applications import builders
from tests.applications.claiming import World, fresh, letters, make_world, refused
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
DAYS = 10


@kept
def world(now: datetime) -> World:
    return make_world(now)


# ---- the owner's answer ----
def test_the_owner_hands_over(world: World, client_of: Login) -> None:
    claim = world.file()
    address = reverse("applications:answer_claim", args=[claim.pk])
    page = client_of(world.owner).get(address).content.decode()
    assert "陈认领" in page
    assert "69990000" not in page
    assert client_of(world.owner).post(address, {"answer": "hand_over"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "granted_owner"
    assert world.roles() == {"claimant": ["owner"], world.owner.username: ["editor"]}
    assert not Duty.objects.filter(closed_at=None, kind__startswith="applications.").exists()
    assert world.organisation.name in letters(world.claimant)[-1].subject
    assert (
        list(
            Entry.objects.filter(action__in=("claim.hand_over", "organisation.transfer")).values_list(
                "actor_id", flat=True
            )
        )
        == [str(world.owner.pk)] * 2
    )


def test_the_owner_admits_an_editor(world: World) -> None:
    claim = world.file(wish="member")
    services.answer_claim(claim=claim, answer="admit", words="", actor=world.owner, now=world.now)
    assert world.roles() == {"claimant": ["editor"], world.owner.username: ["owner"]}


def test_an_objection_needs_reasons_and_goes_to_the_head(world: World) -> None:
    claim = world.file()
    with refused("reason_missing"):
        services.answer_claim(claim=claim, answer="object", words=" ", actor=world.owner, now=world.now)
    services.answer_claim(claim=claim, answer="object", words="不认识", actor=world.owner, now=world.now)
    duty = Duty.objects.get(kind="applications.decide_claim", closed_at=None)
    assert (duty.role, duty.scope_key) == ("office_head", "park")
    assert world.roles() == {world.owner.username: ["owner"]}


def test_nobody_else_answers(world: World, client_of: Login) -> None:
    claim = world.file()
    editor = make_user(f"applicant_editor:{world.organisation.pk}")
    address = reverse("applications:answer_claim", args=[claim.pk])
    stranger = builders.applicant(world.now)[0]
    for user, status in ((editor, 404), (stranger, 404), (world.clerk, 403), (world.claimant, 403)):
        assert client_of(user).post(address, {"answer": "hand_over"}).status_code == status, user
        with pytest.raises(PermissionDenied):
            services.answer_claim(claim=claim, answer="hand_over", words="", actor=user, now=world.now)
    services.add_member(
        organisation=world.organisation, username="claimant", role="applicant_owner", actor=world.owner,
        now=world.now,
    )  # fmt: skip
    with refused("own_claim"):
        services.answer_claim(
            claim=claim, answer="hand_over", words="", actor=fresh(world.claimant), now=world.now
        )


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_a_member_whose_owner_is_gone_becomes_the_owner(world: World, client_of: Login, role: str) -> None:
    member = make_user(f"applicant_{role}:{world.organisation.pk}", username="member")
    page = client_of(member).get(reverse("applications:members", args=[world.organisation.pk]))
    address = reverse("applications:claim_organisation")
    assert f"{address}?uscc={world.organisation.uscc}" in page.content.decode()
    asked = client_of(member).post(address, world.data(wish="member"))
    assert (asked.status_code, list(asked.context["form"].errors)) == (422, ["wish"])
    assert client_of(member).post(address, world.data()).status_code == 302
    claim = OrganisationClaim.objects.get()
    assert services.sweep_claims(now=claim.due_at) == 1
    services.decide_claim(
        claim=claim, outcome="replace", reason="原负责人已离职", actor=world.head, now=claim.due_at
    )
    assert world.roles() == {"member": ["owner"]}


# ---- the term ----
def test_the_term_is_the_settings_and_runs_once(world: World, settings: Any) -> None:
    settings.CLAIM_ANSWER_DAYS = 4
    claim = world.file()
    assert (claim.due_at - world.now).days == 4
    assert services.sweep_claims(now=claim.due_at - timedelta(seconds=1)) == 0
    assert services.sweep_claims(now=claim.due_at) == 1
    assert services.sweep_claims(now=claim.due_at) == 0
    claim.refresh_from_db()
    assert claim.state == "unanswered"
    assert Duty.objects.filter(kind="applications.decide_claim", closed_at=None).count() == 1
    assert len([letter for letter in letters(world.head) if "没有答复" in letter.subject]) == 1


def test_a_late_answer_counts_until_the_office_decides(world: World) -> None:
    claim = world.lapsed()
    services.answer_claim(claim=claim, answer="hand_over", words="", actor=world.owner, now=claim.due_at)
    assert world.roles()["claimant"] == ["owner"]
    assert not Duty.objects.filter(kind="applications.decide_claim", closed_at=None).exists()


# ---- the office's decision ----
@pytest.mark.parametrize(
    ("outcome", "state", "claimant", "before"),
    [
        ("replace", "granted_owner", ["owner"], None),
        ("succeed", "granted_owner", ["owner"], ["editor"]),
        ("member", "granted_member", ["editor"], ["owner"]),
        ("refuse", "refused", None, ["owner"]),
    ],
)
def test_the_head_decides_with_a_reason_that_both_read(
    world: World, client_of: Login, outcome: str, state: str, claimant: Any, before: Any
) -> None:
    claim = world.lapsed()
    address = reverse("applications:decide_claim", args=[claim.pk])
    assert client_of(world.head).post(address, {"outcome": outcome}).status_code == 422
    given = {"outcome": outcome, "reason": "已与证照原件核对"}
    assert client_of(world.head).post(address, given).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == (state, world.head)
    roles = world.roles()
    assert (roles.get("claimant"), roles.get(world.owner.username)) == (claimant, before)
    for user in (world.claimant, world.owner):
        assert "已与证照原件核对" in letters(user)[-1].body
    assert not Duty.objects.filter(closed_at=None, kind__startswith="applications.").exists()
    assert client_of(world.head).post(address, given).status_code in (409, 422)


def test_whoever_is_replaced_does_not_come_back_through_an_invitation(world: World) -> None:
    made = invite_member(
        organisation=world.organisation, email="a@example.com", role="applicant_owner", actor=world.owner,
        now=world.now,
    )  # fmt: skip
    claim = world.lapsed()
    services.decide_claim(claim=claim, outcome="replace", reason="核对", actor=world.head, now=world.now)
    assert Invitation.objects.get(pk=made.pk).revoked_at is not None


def test_before_the_term_only_a_refusal(world: World) -> None:
    claim = world.file()
    with refused("wrong_state"):
        services.decide_claim(claim=claim, outcome="replace", reason="急", actor=world.head, now=world.now)
    assert "claimant" not in world.roles()
    services.decide_claim(claim=claim, outcome="refuse", reason="授权书不实", actor=world.head, now=world.now)


def test_an_account_that_judges_by_now_is_granted_nothing(world: World) -> None:
    claim = world.lapsed()
    grant_role(user=world.claimant, role="reviewer", actor=world.head, now=world.now)
    with refused("official_account"):
        services.decide_claim(claim=claim, outcome="member", reason="核对", actor=world.head, now=world.now)
    assert OrganisationClaim.objects.get().state == "unanswered"


def test_only_the_head_of_that_office_decides(world: World, client_of: Login) -> None:
    claim = world.lapsed()
    address = reverse("applications:decide_claim", args=[claim.pk])
    others = ((world.clerk, 403), (make_user("office_head:city"), 404), (world.owner, 403))
    for user, status in (*others, (make_user("supervisor"), 403), (world.claimant, 403)):
        assert client_of(user).post(address, {"outcome": "refuse"}).status_code == status
        with pytest.raises(PermissionDenied):
            services.decide_claim(claim=claim, outcome="refuse", reason="x", actor=user, now=world.now)
