"""A link for signing ends with the access of whoever asked for it, by whichever way they lose it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.actors import PUBLIC
from accounts.models import RoleGrant, User
from accounts.services import revoke_role
from applications import services
from applications.models import Application, Commitment, CommitmentInvitation
from applications.queries import members_of
from applications.services.commitments import ask_to_sign, from_token, require_good, sign_commitments
from applications.services.membership import replace_owners, transfer_ownership
from audit.models import Entry
from ground.errors import Refused
from tests.applications import builders
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db


@kept
def file(now: datetime) -> tuple[User, User, Application]:
    """The owner, an editor, and their file that nobody has signed for."""
    owner, application = builders.filled(builders.running_cycle(now), now)
    Commitment.objects.all().delete()
    colleague = make_user(username="colleague")
    services.add_member(
        organisation=application.organisation,
        username="colleague",
        role="applicant_editor",
        actor=owner,
        now=now,
    )
    return owner, User.objects.get(pk=colleague.pk), application


def ask(application: Application, actor: User, now: datetime) -> CommitmentInvitation:
    return ask_to_sign(application=application, email="boss@example.com", actor=actor, now=now)


def sign(link: CommitmentInvitation, now: datetime) -> None:
    link = CommitmentInvitation.objects.get(pk=link.pk)
    sign_commitments(invitation=link, signatory="王示例", signatory_post="总经理", actor=PUBLIC, now=now)


def refused(link: CommitmentInvitation, now: datetime) -> bool:
    for check in (lambda: sign(link, now), lambda: require_good(mailed(link), now)):
        with pytest.raises(Refused) as refusal:
            check()
        assert refusal.value.codes == ("invitation_revoked",)
    return not Commitment.objects.exists()


def mailed(link: CommitmentInvitation) -> CommitmentInvitation:
    """The link as the page behind it reads it."""
    found = from_token(link.link.rstrip("/").rsplit("/", 1)[-1])
    assert found is not None
    return found


def grant_of(user: User, application: Application) -> RoleGrant:
    return members_of(application.organisation).get(user=user)


def hand_over(owner: User, heir: User, application: Application, now: datetime) -> None:
    grant = grant_of(heir, application)
    transfer_ownership(organisation=application.organisation, grant=grant, actor=owner, now=now)


def put_in_place(keep: bool) -> Callable[[User, User, Application, datetime], None]:
    def replace(owner: User, heir: User, application: Application, now: datetime) -> None:
        replace_owners(
            organisation=application.organisation,
            heir=heir,
            keep=keep,
            reason="核对",
            actor=make_user("office_head:park"),
            now=now,
        )

    return replace


@pytest.mark.parametrize(
    "lose",
    [hand_over, put_in_place(False), put_in_place(True)],
    ids=["transfer", "replaced", "kept_as_editor"],
)
def test_the_links_of_an_owner_who_is_followed_by_another_end(
    file: tuple[User, User, Application], now: datetime, lose: Callable[..., None]
) -> None:
    owner, colleague, application = file
    link = ask(application, owner, now)
    lose(owner, colleague, application, now)
    link.refresh_from_db()
    assert link.revoked_at == now
    assert refused(link, now)
    assert Entry.objects.filter(action="commitments.end_link").count() == 1
    sign(ask(application, User.objects.get(pk=colleague.pk), now), now)


def test_the_links_of_a_removed_member_end_and_no_others(
    file: tuple[User, User, Application], now: datetime
) -> None:
    owner, colleague, application = file
    link = ask(application, colleague, now)
    removed = grant_of(colleague, application)
    services.remove_member(organisation=application.organisation, grant=removed, actor=owner, now=now)
    link.refresh_from_db()
    assert link.revoked_at == now
    assert refused(link, now)

    made = ask(application, owner, now)
    make_user(username="another")
    another = services.add_member(
        organisation=application.organisation,
        username="another",
        role="applicant_editor",
        actor=owner,
        now=now,
    )
    services.remove_member(organisation=application.organisation, grant=another, actor=owner, now=now)
    sign(made, now)


def test_a_role_taken_back_elsewhere_ends_what_its_link_is_good_for(
    file: tuple[User, User, Application], now: datetime
) -> None:
    owner, colleague, application = file
    link = ask(application, colleague, now)
    revoke_role(grant=grant_of(colleague, application), actor=owner, now=now)
    assert refused(link, now)
