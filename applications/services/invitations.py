"""Inviting people by mail to act for an organisation or a recommender; accepting, revoking; handing ownership over."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import RoleGrant, User
from accounts.permissions import has_role, person, require_role
from accounts.roles import APPLICANT_ROLES, Role
from accounts.services import grant_role, register_person, revoke_role
from applications.models import Invitation, Organisation, Recommender
from applications.queries.visibility import members_of, people_of_recommender
from applications.services.membership import GRANTABLE
from audit.services import record
from ground.errors import Refused
from notifications.services import post, post_to_address

SALT: Final = "applications.invitation"
GOOD_FOR: Final = timedelta(days=7)
OPEN_MAXIMUM: Final = 20


def link_of(invitation: Invitation) -> str:
    """The address in the mail: signed, so that nobody makes one up, and good once."""
    token = signing.dumps([invitation.pk, invitation.nonce], salt=SALT)
    return reverse("applications:invitation", args=[token])


def from_token(token: str) -> Invitation | None:
    """The invitation that a link belongs to; None for a forged or mangled one."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (
        Invitation.objects.select_related("organisation", "recommender", "invited_by")
        .filter(pk=pk, nonce=nonce)
        .first()
    )


@transaction.atomic
def invite_member(
    *, organisation: Organisation, email: str, role: str, actor: Actor, now: datetime
) -> Invitation:
    """The owner invites somebody by mail into a role. An open invitation to the same address is replaced.

    Refused: choice_unknown, email_invalid, too_many_invitations.
    """
    require_role(actor, Role.APPLICANT_OWNER, organisation=str(organisation.pk))
    if role not in GRANTABLE:
        raise Refused("choice_unknown", "请选择权限。", field="role")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return _invite(Invitation(organisation=organisation, role=role), email, actor, now)


@transaction.atomic
def invite_colleague(*, recommender: Recommender, email: str, actor: Actor, now: datetime) -> Invitation:
    """A member of a recommending body lets a colleague sign too. Refused: email_invalid, too_many_invitations."""
    require_role(actor, Role.RECOMMENDER, recommender=str(recommender.pk))
    Recommender.objects.select_for_update().get(pk=recommender.pk)
    return _invite(Invitation(recommender=recommender, role=Role.RECOMMENDER), email, actor, now)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """Take an open invitation back. Refused: invitation_used. Twice changes nothing."""
    if invitation.organisation is not None:
        require_role(actor, Role.APPLICANT_OWNER, organisation=str(invitation.organisation.pk))
    else:
        require_role(actor, Role.RECOMMENDER, recommender=str(invitation.body.pk))
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted_at is not None:
        raise Refused("invitation_used", "对方已经接受了邀请。需要取消权限的，请在成员名单中办理。")
    if locked.revoked_at is None:
        _revoke(locked, actor, now)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, actor: Actor, now: datetime) -> RoleGrant:
    """Take the role up: once, in time, by whoever holds the link and has logged in.

    Refused: invitation_used, invitation_revoked, invitation_expired, official_account (who judges does not apply).
    """
    user = person(actor)
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation", "recommender", "invited_by")
        .get(pk=invitation.pk)
    )
    require_good(locked, now)
    if not may_accept(user, locked):
        raise Refused(
            "official_account",
            "这个账号另有评定工作或其他单位的权限，不能接受这份邀请。请换一个账号登录，或注册新账号。",
        )
    locked.accepted_by, locked.accepted_at = user, now
    locked.save(update_fields=["accepted_by", "accepted_at"])
    grant = grant_role(
        user=user,
        role=locked.role,
        scope_key=str(locked.body.pk),
        scope_label=locked.body.name,
        actor=actor,
        now=now,
    )
    record(
        actor=actor,
        action="invitation.accept",
        subject=locked.body,
        at=now,
        after={"email": locked.email, "role": locked.role},
        details={"invitation": locked.pk},
    )
    post(
        to=[locked.invited_by],
        kind="invitation.accepted",
        subject=f"{user.name}已接受邀请",
        body=f"{user.name}（{user.username}）已接受邀请，成为{locked.body.name}的{locked.get_role_display()}。",
        link=_members_page(locked),
        key=f"invitation.accepted:{locked.pk}",
        now=now,
    )
    return grant


@transaction.atomic
def accept_as_newcomer(
    *,
    invitation: Invitation,
    username: str,
    name: str,
    password: str,
    phone: str,
    actor: Actor,
    now: datetime,
) -> User:
    """Make an account with the invited address and take the role up. Refused: as create_user, accept_invitation."""
    require_good(invitation, now)
    user = register_person(
        username=username,
        name=name,
        password=password,
        email=invitation.email,
        phone=phone,
        actor=actor,
        now=now,
    )
    accept_invitation(invitation=invitation, actor=user, now=now)
    return user


@transaction.atomic
def transfer_ownership(
    *, organisation: Organisation, grant: RoleGrant, actor: Actor, now: datetime
) -> RoleGrant:
    """The owner hands the organisation over to a member, and stays as an editor.

    Refused: not_a_member, own_account.
    """
    require_role(actor, Role.APPLICANT_OWNER, organisation=str(organisation.pk))
    owner = person(actor)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    live = members_of(organisation)
    if not live.filter(pk=grant.pk).exists():
        raise Refused("not_a_member", "这位成员的权限已经取消，请刷新页面。")
    if grant.user_id == owner.pk:
        raise Refused("own_account", "您已经是负责人。请选择另一位成员。")
    heir = grant.user
    scope = {"scope_key": str(organisation.pk), "scope_label": organisation.name}
    made = grant_role(user=heir, role=Role.APPLICANT_OWNER, **scope, actor=actor, now=now)
    grant_role(user=owner, role=Role.APPLICANT_EDITOR, **scope, actor=actor, now=now)
    for held in live.filter(user=owner, role=Role.APPLICANT_OWNER):
        revoke_role(grant=held, actor=actor, now=now)
    for held in live.filter(user=heir).exclude(role=Role.APPLICANT_OWNER):
        revoke_role(grant=held, actor=actor, now=now)
    record(
        actor=actor,
        action="organisation.transfer",
        subject=organisation,
        at=now,
        before={"owner": owner.username},
        after={"owner": heir.username},
    )
    post(
        to=[heir, owner],
        kind="organisation.transferred",
        subject=f"{organisation.name}的申报负责人已变更",
        body=f"申报负责人由{owner.name}变更为{heir.name}。{owner.name}保留编写人权限。",
        link=reverse("applications:members", args=[organisation.pk]),
        key=f"organisation.transferred:{organisation.pk}:{made.pk}",
        now=now,
    )
    return made


def require_good(invitation: Invitation, now: datetime) -> None:
    """Refused unless the invitation can still be accepted."""
    if invitation.accepted_at is not None:
        raise Refused("invitation_used", "这份邀请已经用过了。已有账号的请直接登录。")
    if invitation.revoked_at is not None:
        raise Refused("invitation_revoked", "这份邀请已被撤销。如有需要，请联系邀请人重新邀请。")
    if now > invitation.expires_at:
        raise Refused("invitation_expired", "这份邀请已经过期。请联系邀请人重新邀请。")


def may_accept(user: User, invitation: Invitation) -> bool:
    """Applicants apply, recommenders recommend: nobody takes a second part by an invitation."""
    fitting = APPLICANT_ROLES if invitation.organisation_id else (Role.RECOMMENDER,)
    return all(grant.role in fitting for grant in user.grants)


def _invite(fresh: Invitation, email: str, actor: Actor, now: datetime) -> Invitation:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused("email_invalid", "请填写有效的邮箱地址。", field="email") from error
    if len(email) > 254:
        raise Refused("email_invalid", "邮箱地址过长。", field="email")
    _refuse_members(fresh, email)
    known = Invitation.objects.filter(
        organisation=fresh.organisation, recommender=fresh.recommender, accepted_at=None, revoked_at=None
    )
    for earlier in known.filter(email=email):
        _revoke(earlier, actor, now)
    if known.filter(expires_at__gte=now).count() >= OPEN_MAXIMUM:
        raise Refused(
            "too_many_invitations",
            f"还有 {OPEN_MAXIMUM} 份邀请没有答复，请先撤销不需要的。",
            field="email",
        )
    fresh.email, fresh.nonce = email, secrets.token_urlsafe(16)
    fresh.invited_by, fresh.invited_at, fresh.expires_at = person(actor), now, now + GOOD_FOR
    fresh.save()
    record(
        actor=actor,
        action="invitation.send",
        subject=fresh.body,
        at=now,
        after={"email": email, "role": fresh.role, "expires_at": fresh.expires_at},
        details={"invitation": fresh.pk},
    )
    post_to_address(
        address=email,
        kind="invitation",
        subject=f"{fresh.body.name}邀请您参加申报工作",
        body=(
            f"您好：\n\n{fresh.invited_by.name}邀请您作为{fresh.get_role_display()}，为{fresh.body.name}"
            f"{'办理推荐' if fresh.recommender_id else '办理申报'}。\n\n"
            f"请在 {GOOD_FOR.days} 天内打开下面的页面接受邀请；还没有账号的，可以在那里注册。链接只能用一次，请勿转发。"
        ),
        link=link_of(fresh),
        key=f"invitation:{fresh.pk}",
        now=now,
    )
    return fresh


def _refuse_members(fresh: Invitation, email: str) -> None:
    if fresh.organisation is not None:
        there = members_of(fresh.organisation).filter(user__email__iexact=email, role=fresh.role).exists()
    else:
        there = people_of_recommender(fresh.body.pk).filter(email__iexact=email).exists()
    if there:
        raise Refused("already_member", "这个邮箱的账号已经有这项权限。", field="email")


def _revoke(invitation: Invitation, actor: Actor, now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    record(
        actor=actor,
        action="invitation.revoke",
        subject=invitation.body,
        at=now,
        before={"email": invitation.email, "role": invitation.role},
        details={"invitation": invitation.pk},
    )


def _members_page(invitation: Invitation) -> str:
    if invitation.organisation_id:
        return reverse("applications:members", args=[invitation.organisation_id])
    return reverse("applications:colleagues", args=[invitation.recommender_id])


def may_invite(actor: object, invitation: Invitation) -> bool:
    """Whether `actor` manages the people of the body this invitation is to."""
    if invitation.organisation_id:
        return has_role(actor, Role.APPLICANT_OWNER, organisation=str(invitation.organisation_id))
    return has_role(actor, Role.RECOMMENDER, recommender=str(invitation.recommender_id))
