"""Claiming an organisation that somebody else has registered: who may file, and who is told and shown what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import OrganisationClaim
from audit.models import Entry
from documents.services import append_chunk, begin_upload
from ground.errors import Refused
from notifications.models import Duty, InboxItem
from notifications.queries import duties_for
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
    editor = make_user(f"applicant_editor:{world.organisation.pk}")
    assert duties_for(world.owner).contains(duty)
    assert not duties_for(editor).contains(duty)  # the page is the owner's: 404 for an editor
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


def test_an_owner_claims_nothing_and_nobody_claims_twice(world: World) -> None:
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
