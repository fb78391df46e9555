"""Claiming an organisation that somebody else has registered: who may, who is told what, who decides, what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.services import grant_role
from applications import services
from applications.models import Invitation, Organisation, OrganisationClaim
from applications.queries import members_of
from applications.services.invitations import invite_member
from audit.models import Entry
from documents.services import append_chunk, begin_upload
from ground.errors import Refused
from notifications.models import Duty, InboxItem
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
DAYS = 10


@dataclass
class World:
    now: datetime
    owner: User
    organisation: Organisation
    claimant: User
    clerk: User
    head: User

    def data(self, **changes: Any) -> dict[str, Any]:
        return {
            "uscc": self.organisation.uscc,
            "scheme": "park",
            "name": "陈认领",
            "post": "质量总监",
            "phone": "0512-69990000",
            "wish": "owner",
            "statement": "原负责人已经离职",
            "licence": builders.pdf("licence"),
            "authorisation": builders.pdf("letter"),
        } | changes

    def file(self, **changes: Any) -> OrganisationClaim:
        return services.file_claim(data=self.data(**changes), actor=self.claimant, now=self.now)

    def lapsed(self) -> OrganisationClaim:
        claim = self.file()
        assert services.sweep_claims(now=claim.due_at) == 1
        claim.refresh_from_db()
        return claim

    def roles(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for grant in members_of(self.organisation):
            found.setdefault(grant.user.username, []).append(grant.role.removeprefix("applicant_"))
        return found


@pytest.fixture
def world(now: datetime) -> World:
    builders.running_cycle(now)
    owner, organisation = builders.applicant(now)
    return World(
        now,
        owner,
        organisation,
        make_user(username="claimant"),
        make_user("office_clerk:park"),
        make_user("office_head:park"),
    )


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.codes == (code,)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def letters(user: User) -> list[InboxItem]:
    return list(InboxItem.objects.filter(user=user, kind="organisation.claim").order_by("pk"))


# ---- filing ----
def test_registering_a_taken_code_leads_to_the_claim(world: World, client_of: Login) -> None:
    client = client_of(world.claimant)
    data = builders.organisation_data() | {"uscc": world.organisation.uscc}
    page = client.post(reverse("applications:register_organisation"), data)
    assert page.status_code == 422
    words = page.content.decode()
    address = f"{reverse('applications:claim_organisation')}?uscc={world.organisation.uscc}"
    assert address in words
    assert world.organisation.name not in words
    assert f'value="{world.organisation.uscc}"' in client.get(address).content.decode()


def test_a_claim_is_filed_by_the_page_and_everybody_is_told_what_they_need(
    world: World, client_of: Login
) -> None:
    client = client_of(world.claimant)
    page = client.post(reverse("applications:claim_organisation"), world.data())
    claim = OrganisationClaim.objects.get()
    assert page.url == claim.get_absolute_url()
    assert claim.state == "waiting"
    assert (claim.due_at - world.now).days == DAYS
    assert Entry.objects.filter(action="claim.file", subject_id=str(claim.pk)).count() == 1
    duty = Duty.objects.get(kind="applications.answer_claim", closed_at=None)
    assert (duty.role, duty.scope_key) == ("applicant_owner", str(world.organisation.pk))
    (told,) = letters(world.owner)
    assert "陈认领（质量总监）" in told.body
    for hidden in ("69990000", "离职", "licence"):
        assert hidden not in told.body + told.subject
    (own,) = letters(world.claimant)
    assert world.organisation.uscc in own.subject
    assert world.organisation.name not in own.subject + own.body
    assert {user.pk for user in (world.clerk, world.head)} <= set(
        InboxItem.objects.filter(kind="organisation.claim").values_list("user_id", flat=True)
    )


def test_the_papers_may_have_come_in_pieces(world: World, client_of: Login) -> None:
    tokens = {}
    for paper in ("licence", "authorisation"):
        content = builders.pdf(paper).read()
        upload = begin_upload(
            purpose=f"applications.claim_{paper}", key="", name=f"{paper}.pdf", size=len(content), kinds=["pdf"],
            actor=world.claimant, now=world.now,
        )  # fmt: skip
        append_chunk(upload=upload, offset=0, content=content, actor=world.claimant, now=world.now)
        tokens[f"{paper}_token"] = upload.token
    data = {key: value for key, value in world.data().items() if key not in ("licence", "authorisation")}
    crossed = {"licence_token": tokens["authorisation_token"], "authorisation_token": tokens["licence_token"]}
    address = reverse("applications:claim_organisation")
    assert client_of(world.claimant).post(address, data | crossed).status_code == 422
    assert client_of(world.claimant).post(address, data | tokens).status_code == 302
    assert OrganisationClaim.objects.get().authorisation_name == "authorisation.pdf"


def test_what_the_outsider_reads_names_neither_organisation_nor_owner(world: World, client_of: Login) -> None:
    claim = world.file()
    client = client_of(world.claimant)
    services.answer_claim(claim=claim, answer="object", words="不认识他", actor=world.owner, now=world.now)
    addresses = [claim.get_absolute_url(), reverse("applications:home")]
    for address in addresses:
        words = client.get(address).content.decode()
        assert world.organisation.uscc in words
        for hidden in (
            world.organisation.name,
            world.owner.name,
            world.owner.username,
            world.organisation.address,
            "不认识他",
            "有异议",
        ):
            assert hidden not in words, (address, hidden)
    assert client.get(reverse("applications:organisation", args=[world.organisation.pk])).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "required"),
        ({"phone": "1" * 31}, "text_too_long"),
        ({"statement": "长" * 1001}, "text_too_long"),
        ({"wish": "king"}, "choice_unknown"),
        ({"scheme": "nobody"}, "choice_unknown"),
        ({"uscc": "91320594"}, "uscc_format"),
        ({"licence": None}, "required"),
        ({"authorisation": ""}, "required"),
        ({"authorisation": "0" * 32}, "upload_unknown"),
    ],
)
def test_what_is_wrong_is_refused(world: World, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        world.file(**change)
    assert refusal.value.codes == (code,)
    assert refusal.value.faults[0].field == next(iter(change))
    assert not OrganisationClaim.objects.exists()
    assert not Entry.objects.filter(action="claim.file").exists()


def test_a_code_nobody_registered_needs_no_claim(world: World) -> None:
    with refused("not_registered"):
        world.file(uscc=builders.uscc())


def test_a_member_claims_nothing_and_nobody_claims_twice(world: World) -> None:
    with refused("already_member"):
        services.file_claim(data=world.data(), actor=world.owner, now=world.now)
    world.file()
    with refused("claim_open"):
        world.file()


def test_one_account_claims_a_few_times_a_month(world: World, settings: Any) -> None:
    for _ in range(settings.CLAIMS_PER_ACCOUNT):
        _, other = builders.applicant(world.now)
        world.file(uscc=other.uscc)
    with refused("too_many_claims"):
        world.file()
    later = world.now + settings.CLAIMS_PERIOD + timedelta(seconds=1)
    services.file_claim(data=world.data(), actor=fresh(world.claimant), now=later)


def test_who_judges_claims_nothing(world: World, client_of: Login) -> None:
    for official in (world.clerk, make_user("reviewer"), make_user("supervisor")):
        with pytest.raises(PermissionDenied):
            services.file_claim(data=world.data(), actor=official, now=world.now)
        assert client_of(official).get(reverse("applications:claim_organisation")).status_code == 403


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


# ---- pages ----
def test_papers_are_for_the_office_and_never_for_the_owner(world: World, client_of: Login) -> None:
    claim = world.file()
    address = reverse("applications:claim_paper", args=[claim.pk, "authorisation"])
    for user in (world.clerk, world.head, world.claimant, make_user("supervisor")):
        assert client_of(user).get(address).status_code == 200
    assert client_of(world.owner).get(address).status_code == 403
    assert client_of(make_user()).get(address).status_code == 404
    assert client_of(world.clerk).get(address.replace("authorisation", "passport")).status_code == 404
    page = client_of(world.owner).get(claim.get_absolute_url()).content.decode()
    for hidden in ("69990000", "离职", "letter.pdf"):
        assert hidden not in page
    page = client_of(world.clerk).get(claim.get_absolute_url()).content.decode()
    for told in ("69990000", "离职", "letter.pdf", world.owner.name):
        assert told in page


def test_the_list_costs_the_same_for_one_and_three(world: World, client_of: Login) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            _, other = builders.applicant(world.now)
            services.file_claim(data=world.data(uscc=other.uscc), actor=make_user(), now=world.now)
        client = client_of(world.clerk)
        with CaptureQueriesContext(connection) as taken:
            page = client.get(reverse("applications:claims"))
        assert page.content.decode().count("陈认领") == OrganisationClaim.objects.count()
        counts.append(len(taken))
    assert counts[0] == counts[1] <= 15
    assert client_of(world.owner).get(reverse("applications:claims")).status_code == 403
