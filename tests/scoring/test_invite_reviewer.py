"""Inviting a reviewer by mail: the link sets a password, once and in time, and leads to one's particulars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.invitations import GOOD_FOR
from accounts.models import User
from audit.queries import entries_of
from ground import clock
from ground.errors import Refused
from notifications.models import OutboxMessage
from notifications.queries import inbox_visible_to
from scoring import services
from scoring.models import Reviewer, ReviewerInvitation
from tests.factories import make_user
from tests.scoring.builders import House

Login = Callable[[User], Client]
INVITE = reverse("scoring:invite_reviewer")
PASSWORD = {"password": "jin ji hu 2026 xing"}


def given(**changes: Any) -> dict[str, Any]:
    return {
        "name": "赵新",
        "email": "Zhao.Xin@example.com",
        "kind": "expert",
        "employer": "苏州质量协会",
        "industries": ["C", "I"],
    } | changes


def invited(house: House) -> ReviewerInvitation:
    entry = {"kind": "reviewer", "employer": "无", "employer_uscc": "", "industries": "", "qualification": ""}
    services.invite_reviewer(
        email="zhao@example.com", name="赵新", entry=entry, actor=house.clerk, now=house.now
    )
    return ReviewerInvitation.objects.select_related("reviewer__user").get()


def test_from_the_invitation_to_the_particulars(house: House, client_of: Login) -> None:
    assert client_of(house.clerk).post(INVITE, given()).status_code == 302
    reviewer = Reviewer.objects.get()
    assert (reviewer.user.username, reviewer.industries) == ("zhao.xin@example.com", "CI")
    assert not reviewer.user.has_usable_password()
    mail = OutboxMessage.objects.get(address="zhao.xin@example.com")
    assert mail.link == ReviewerInvitation.objects.get().link
    visitor = Client()
    assert "赵新" in visitor.get(mail.link).content.decode()
    assert visitor.post(mail.link, {"password": "1234567890"}).status_code == 422
    answer = visitor.post(mail.link, PASSWORD)
    assert answer.url == reverse("scoring:profile")
    assert visitor.get(answer.url).status_code == 200
    reviewer.user.refresh_from_db()
    assert reviewer.user.check_password(PASSWORD["password"])
    assert inbox_visible_to(house.clerk).get().subject == "赵新已接受评审员邀请"
    actions = [entry.action for entry in entries_of(reviewer)]
    assert actions == ["reviewer.register", "reviewer.invite", "reviewer.accept_invitation"]


def test_the_link_is_good_once(house: House) -> None:
    link = invited(house).link
    assert Client().post(link, PASSWORD).status_code == 302
    other = Client()
    assert other.post(link, {"password": "another long secret"}).status_code == 409
    assert "已经用过" in other.get(link).content.decode()
    assert Reviewer.objects.get().user.check_password(PASSWORD["password"])


def test_the_link_is_good_for_a_week(house: House) -> None:
    link = invited(house).link
    with clock.frozen(house.now + GOOD_FOR + timedelta(seconds=1)):
        assert Client().post(link, PASSWORD).status_code == 409
    with clock.frozen(house.now + GOOD_FOR):
        assert Client().post(link, PASSWORD).status_code == 302


def test_a_fresh_link_ends_the_old_one(house: House, client_of: Login) -> None:
    old = invited(house)
    client = client_of(house.clerk)
    assert client.post(reverse("scoring:invite_again", args=[old.reviewer_id])).status_code == 302
    fresh = ReviewerInvitation.objects.exclude(pk=old.pk).get()
    assert Client().post(old.link, PASSWORD).status_code == 409
    assert (
        client.post(reverse("scoring:revoke_reviewer_invitation", args=[old.reviewer_id])).status_code == 302
    )
    assert Client().post(fresh.link, PASSWORD).status_code == 409
    shown = client.get(reverse("scoring:reviewer", args=[old.reviewer_id]))
    assert "已撤销" in shown.content.decode()


def test_a_forged_link_is_not_found(house: House) -> None:
    invited(house)
    assert Client().get(reverse("scoring:reviewer_invitation", args=["forged:link"])).status_code == 404


def test_a_link_to_a_disqualified_or_blocked_account_is_dead(house: House) -> None:
    invitation = invited(house)
    User.objects.filter(pk=invitation.reviewer.user_id).update(is_active=False)
    assert Client().post(invitation.link, PASSWORD).status_code == 409
    User.objects.filter(pk=invitation.reviewer.user_id).update(is_active=True)
    Reviewer.objects.update(disqualified_at=house.now)
    assert Client().post(invitation.link, PASSWORD).status_code == 409
    with pytest.raises(Refused) as refused:
        services.invite_reviewer_again(reviewer=invitation.reviewer, actor=house.clerk, now=house.now)
    assert refused.value.code == "reviewer_disqualified"


def test_who_has_a_password_is_not_invited_again(house: House) -> None:
    for reviewer, code in ((house.reviewer(), "not_invited"), (invited(house).reviewer, "invitation_used")):
        ReviewerInvitation.objects.update(accepted_at=house.now)
        with pytest.raises(Refused) as refused:
            services.invite_reviewer_again(reviewer=reviewer, actor=house.clerk, now=house.now)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "taken@example.com"}, "email"),
        ({"username": "taken"}, "username"),
        ({"username": "赵新"}, "username"),
        ({"name": " "}, "name"),
        ({"employer": ""}, "employer"),
        ({"employer_uscc": "1"}, "employer_uscc"),
        ({"kind": "judge"}, "kind"),
    ],
)
def test_bad_input_makes_no_account(
    house: House, client_of: Login, changes: dict[str, Any], field: str
) -> None:
    taken = make_user(username="taken")
    User.objects.filter(pk=taken.pk).update(email="Taken@example.com")
    before = User.objects.count()
    answer = client_of(house.clerk).post(INVITE, given(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (User.objects.count(), Reviewer.objects.count()) == (before, 0)


def test_only_an_office_invites(house: House, client_of: Login) -> None:
    for grant in ("supervisor", "administrator", "committee:park", "reviewer"):
        assert client_of(make_user(grant)).post(INVITE, given()).status_code == 403
    reviewer = house.reviewer()
    with pytest.raises(PermissionDenied):
        services.invite_reviewer_again(reviewer=reviewer, actor=reviewer.user, now=house.now)
