"""Inviting people by mail to act for an organisation or a recommender; accepting, revoking."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.invitations import GOOD_FOR, email_faults, end, invitation_of, issue, require_open, take_up
from accounts.models import RoleGrant, User
from accounts.permissions import person, require_role
from accounts.roles import APPLICANT_ROLES, RECOMMENDING_ROLES, Role
from accounts.services import grant_role, register_person
from applications.models import Invitation, Organisation, Recommender
from applications.queries.visibility import members_of, people_of_recommender
from applications.services.membership import GRANTABLE
from ground.clock import SHANGHAI
from ground.errors import Refused, refuse_if
from notifications.services import post, post_to_address

REVOKED: Final = "invitation.revoke"
OPEN_MAXIMUM: Final = 20


def from_token(token: str) -> Invitation | None:
    """The invitation that a link belongs to; None for a forged or mangled one."""
    rows = Invitation.objects.select_related(
        "organisation", "recommender", "invited_by", "application__organisation", "application__cycle__scheme"
    )
    return invitation_of(token, rows)


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
    return invite(Invitation(organisation=organisation, role=role), email, actor, now)


@transaction.atomic
def invite_colleague(*, recommender: Recommender, email: str, actor: Actor, now: datetime) -> Invitation:
    """A member of a recommending body lets a colleague sign too. Refused: email_invalid, too_many_invitations."""
    require_role(actor, Role.RECOMMENDER, recommender=str(recommender.pk))
    Recommender.objects.select_for_update().get(pk=recommender.pk)
    return invite(Invitation(recommender=recommender, role=Role.RECOMMENDER), email, actor, now)


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
        end(locked, REVOKED, actor=actor, now=now, role=locked.role)


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
    require_open(locked, now)
    if locked.until is not None and now.astimezone(SHANGHAI).date() > locked.until:
        raise Refused("invitation_expired", "委托期限已过，不能再接受。请联系委托单位。")
    if not may_accept(user, locked):
        raise Refused(
            "official_account",
            "这个账号另有评定工作或其他单位的权限，不能接受这份邀请。请换一个账号登录，或注册新账号。",
        )
    locked.accepted_by = user
    take_up(locked, "invitation.accept", actor=actor, now=now, role=locked.role, **_terms(locked))
    grant = grant_role(
        user=user,
        role=locked.role,
        scope_key=str(locked.body.pk),
        scope_label=locked.body.name,
        actor=actor,
        now=now,
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
    require_open(invitation, now)
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


def may_accept(user: User, invitation: Invitation) -> bool:
    """Applicants apply, recommenders recommend: nobody takes a second part by an invitation."""
    fitting = APPLICANT_ROLES if invitation.organisation_id else RECOMMENDING_ROLES
    return all(grant.role in fitting for grant in user.grants)


def invite(fresh: Invitation, email: str, actor: Actor, now: datetime) -> Invitation:
    email = email.strip().lower()
    refuse_if(email_faults(email))
    _refuse_members(fresh, email)
    known = Invitation.objects.filter(
        organisation=fresh.organisation, recommender=fresh.recommender, accepted_at=None, revoked_at=None
    )
    for earlier in known.filter(email=email, role=fresh.role, application=fresh.application):
        end(earlier, REVOKED, actor=actor, now=now, role=earlier.role)
    if known.filter(expires_at__gte=now).count() >= OPEN_MAXIMUM:
        raise Refused(
            "too_many_invitations",
            f"还有 {OPEN_MAXIMUM} 份邀请没有答复，请先撤销不需要的。",
            field="email",
        )
    fresh.email = email
    issue(fresh, "invitation.send", actor=actor, now=now, role=fresh.role, **_terms(fresh))
    post_to_address(
        address=email,
        kind="invitation",
        subject=f"{fresh.body.name}邀请您参加申报工作",
        body=(
            f"您好：\n\n{fresh.invited_by.name}邀请您作为{fresh.get_role_display()}，为{fresh.body.name}"
            f"办理{fresh.matter}。\n\n"
            f"请在 {GOOD_FOR.days} 天内打开下面的页面接受邀请；还没有账号的，可以在那里注册。链接只能用一次，请勿转发。"
        ),
        link=fresh.link,
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


def _terms(invitation: Invitation) -> dict[str, Any]:
    """What the ledger keeps of a delegation: which file, until when."""
    if invitation.until is None:
        return {}
    return {
        "file": invitation.application.number if invitation.application else "",
        "until": invitation.until,
    }


def _members_page(invitation: Invitation) -> str:
    if invitation.organisation_id:
        return reverse("applications:members", args=[invitation.organisation_id])
    page = "delegations" if invitation.role == Role.RECOMMENDER_DEPUTY else "colleagues"
    return reverse(f"applications:{page}", args=[invitation.recommender_id])
