"""Inviting reviewers by mail: the office makes account and entry, a link lets the person set a password, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.invitations import GOOD_FOR, email_faults, end, invitation_of, issue, require_open, take_up
from accounts.models import User
from accounts.services import change_password, open_account
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post, post_to_address
from scoring.models import Reviewer, ReviewerInvitation
from scoring.permissions import require_any_office
from scoring.services.reviewers import register_reviewer

ENDED: Final = "reviewer.end_invitation"
LONGEST_NAME: Final = 60


def from_token(token: str) -> ReviewerInvitation | None:
    """The invitation that a link belongs to; None for a forged or mangled one."""
    return invitation_of(token, ReviewerInvitation.objects.select_related("reviewer__user", "invited_by"))


@transaction.atomic
def invite_reviewer(
    *, email: str, name: str, entry: Mapping[str, Any], actor: Actor, now: datetime, username: str = "",
    phone: str = "",
) -> Reviewer:  # fmt: skip
    """Make an account and an entry in the pool for somebody new, and send the link.

    `entry`: what register_reviewer takes, without `user`. The login name is the address unless another is given.
    Refused: email_invalid, email_taken, name_missing, username_missing, username_malformed, username_taken, as
    register_reviewer.
    """
    require_any_office(actor)
    email, name = email.strip().lower(), " ".join(name.split())
    username = username.strip() or email
    faults = [*(email_faults(email) or _taken_faults(email)), *_username_faults(username)]
    if not name:
        faults.append(Fault("name_missing", "请填写姓名。", "name"))
    refuse_if(faults)
    user = open_account(username=username, name=name, email=email, phone=phone.strip(), actor=actor, now=now)
    reviewer = register_reviewer(user=user, **entry, actor=actor, now=now)
    _send(reviewer, actor, now)
    return reviewer


@transaction.atomic
def invite_reviewer_again(*, reviewer: Reviewer, actor: Actor, now: datetime) -> ReviewerInvitation:
    """Send a fresh link to somebody who has not set a password; earlier ones end. Refused: not_invited, invitation_used,
    reviewer_disqualified."""
    require_any_office(actor)
    locked = Reviewer.objects.select_for_update(of=("self",)).select_related("user").get(pk=reviewer.pk)
    if locked.disqualified_at is not None:
        raise Refused("reviewer_disqualified", f"{locked.user.name}的评审资格已取消，不能再邀请。")
    if not locked.invitations.exists():
        raise Refused("not_invited", "这个账号是本人注册的，不需要邀请。")
    if locked.invitations.exclude(accepted_at=None).exists():
        raise Refused("invitation_used", "对方已经接受了邀请，可以直接登录。")
    for earlier in locked.invitations.filter(revoked_at=None):
        end(earlier, ENDED, actor=actor, now=now)
    return _send(locked, actor, now)


@transaction.atomic
def revoke_reviewer_invitation(*, reviewer: Reviewer, actor: Actor, now: datetime) -> None:
    """End the link that was sent. The entry in the pool stays. Refused: invitation_used, no_open_invitation."""
    require_any_office(actor)
    locked = Reviewer.objects.select_for_update().get(pk=reviewer.pk)
    if locked.invitations.exclude(accepted_at=None).exists():
        raise Refused("invitation_used", "对方已经接受了邀请。")
    invitation = locked.invitations.filter(revoked_at=None).first()
    if invitation is None:
        raise Refused("no_open_invitation", "没有可以撤销的邀请。")
    end(invitation, ENDED, actor=actor, now=now)


@transaction.atomic
def accept_reviewer_invitation(
    *, invitation: ReviewerInvitation, password: str, actor: Actor, now: datetime
) -> User:
    """Whoever holds the link sets the password of the account, once and in time. `actor`: the visitor.

    Refused: invitation_used, invitation_revoked, invitation_expired, reviewer_disqualified, account_blocked, weak_password.
    """
    rows = ReviewerInvitation.objects.select_for_update(of=("self",))
    locked = rows.select_related("reviewer__user", "invited_by").get(pk=invitation.pk)
    require_good(locked, now)
    user = locked.reviewer.user
    change_password(user=user, password=password, actor=user, now=now)
    take_up(locked, "reviewer.accept_invitation", actor=user, now=now)
    post(
        to=[locked.invited_by],
        kind="scoring",
        subject=f"{user.name}已接受评审员邀请",
        body=f"{user.name}（{user.username}）已设置密码，可以登录填写资料、参加评审。",
        link=reverse("scoring:reviewer", args=[locked.reviewer_id]),
        key=f"reviewer-invitation:{locked.pk}:accepted",
        now=now,
    )
    return user


def require_good(invitation: ReviewerInvitation, now: datetime) -> None:
    """Refused unless the invitation can still be accepted."""
    require_open(invitation, now)
    if invitation.reviewer.disqualified_at is not None:
        raise Refused("reviewer_disqualified", "评审资格已经取消，这份邀请不再有效。")
    if not invitation.reviewer.user.is_active:
        raise Refused("account_blocked", "这个账号已停用，请联系评定办。")


def _send(reviewer: Reviewer, actor: Actor, now: datetime) -> ReviewerInvitation:
    user = reviewer.user
    made = ReviewerInvitation(reviewer=reviewer, email=user.email)
    issue(made, "reviewer.invite", actor=actor, now=now)
    post_to_address(
        address=made.email,
        kind="scoring",
        subject="邀请您担任质量奖评审员",
        body=(
            f"{user.name}，您好：\n\n{made.invited_by.name}邀请您担任质量奖{reviewer.get_kind_display()}。"
            f"您的登录名是 {user.username}。\n\n"
            f"请在 {GOOD_FOR.days} 天内打开下面的页面设置密码，并核对、补充您的资料。链接只能用一次，请勿转发。"
        ),
        link=made.link,
        key=f"reviewer-invitation:{made.pk}",
        now=now,
    )
    return made


def _taken_faults(email: str) -> list[Fault]:
    if User.objects.filter(email__iexact=email).exists():
        words = "这个邮箱已有账号。已注册的人请用“列入评审员”按登录名办理。"
        return [Fault("email_taken", words, "email")]
    return []


def _username_faults(username: str) -> list[Fault]:
    if len(username) > LONGEST_NAME:
        return [Fault("username_missing", "邮箱太长，不能用作登录名，请另填一个登录名。", "username")]
    if not all(one.isascii() and (one.isalnum() or one in "._-@") for one in username):
        return [Fault("username_malformed", "登录名只能用字母、数字和 . _ - @。", "username")]
    return []
