"""Who acts for an organisation: the owner lets colleagues in, takes their access back, hands ownership over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.invitations import end
from accounts.models import RoleGrant, User
from accounts.permissions import person, require_role
from accounts.roles import APPLICANT_ROLES, APPLICANT_WRITERS, Role
from accounts.services import grant_role, revoke_role
from applications.models import Invitation, Organisation
from applications.queries.visibility import members_of
from applications.services.commitments import end_links_of
from audit.services import record
from ground.errors import Refused
from notifications.services import post

GRANTABLE: Final = (Role.APPLICANT_EDITOR, Role.APPLICANT_VIEWER, Role.APPLICANT_OWNER)


@transaction.atomic
def add_member(
    *, organisation: Organisation, username: str, role: str, actor: Actor, now: datetime
) -> RoleGrant:
    """The owner gives a colleague's account a role in this organisation.

    Refused: choice_unknown, user_unknown (no such applicant's account; officials' accounts count as none).
    """
    require_role(actor, Role.APPLICANT_OWNER, organisation=str(organisation.pk))
    if role not in GRANTABLE:
        raise Refused("choice_unknown", "请选择权限。", field="role")
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None or any(grant.role not in APPLICANT_ROLES for grant in user.grants):
        raise Refused(
            "user_unknown", "没有这个申报账号。请同事先注册账号，再把登录名告诉您。", field="username"
        )
    return grant_role(
        user=user,
        role=role,
        scope_key=str(organisation.pk),
        scope_label=organisation.name,
        actor=actor,
        now=now,
    )


@transaction.atomic
def make_member(*, organisation: Organisation, user: User, actor: Actor, now: datetime) -> RoleGrant:
    """Give `user` the editor's role. Whether `actor` may is the caller's matter (a claim that was agreed to or decided)."""
    return grant_role(
        user=user,
        role=Role.APPLICANT_EDITOR,
        scope_key=str(organisation.pk),
        scope_label=organisation.name,
        actor=actor,
        now=now,
    )


@transaction.atomic
def replace_owners(
    *, organisation: Organisation, heir: User, keep: bool, reason: str, actor: Actor, now: datetime
) -> None:
    """Put `heir` in the place of all owners, by the office's decision on a claim, which the caller has checked.

    `keep`: the owners so far stay as editors. Else they lose every role in this organisation, and invitations that are
    still open end: nobody comes back through one. Links for signing that they asked for end either way.
    """
    live = list(members_of(organisation))
    owners = {
        grant.user_id: grant.user
        for grant in live
        if grant.role == Role.APPLICANT_OWNER and grant.user_id != heir.pk
    }
    scope = {"scope_key": str(organisation.pk), "scope_label": organisation.name}
    grant_role(user=heir, role=Role.APPLICANT_OWNER, **scope, actor=actor, now=now)
    for held in live:
        outdone = held.user_id == heir.pk and held.role != Role.APPLICANT_OWNER
        lost = held.user_id in owners and (held.role == Role.APPLICANT_OWNER or not keep)
        if outdone or lost:
            revoke_role(grant=held, actor=actor, now=now)
    for former in owners.values() if keep else ():
        grant_role(user=former, role=Role.APPLICANT_EDITOR, **scope, actor=actor, now=now)
    end_links_of(organisation=organisation, users=owners, actor=actor, now=now)
    if not keep:
        for invitation in Invitation.objects.select_for_update().filter(
            organisation=organisation, accepted_at=None, revoked_at=None
        ):
            end(invitation, "invitation.revoke", actor=actor, now=now, role=invitation.role)
    record(
        actor=actor,
        action="organisation.transfer",
        subject=organisation,
        at=now,
        before={"owner": "、".join(sorted(user.username for user in owners.values()))},
        after={"owner": heir.username},
        details={"reason": reason.strip()},
    )


@transaction.atomic
def remove_member(*, organisation: Organisation, grant: RoleGrant, actor: Actor, now: datetime) -> None:
    """The owner takes a role back; with the last that writes, the links for signing that were asked for end.

    Refused: not_a_member, last_owner (somebody has to answer for the file).
    """
    require_role(actor, Role.APPLICANT_OWNER, organisation=str(organisation.pk))
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    live = members_of(organisation)
    if not live.filter(pk=grant.pk).exists():
        raise Refused("not_a_member", "这位成员的权限已经取消，请刷新页面。")
    if grant.role == Role.APPLICANT_OWNER and live.filter(role=Role.APPLICANT_OWNER).count() == 1:
        raise Refused("last_owner", "至少保留一位申报负责人。请先指定另一位负责人。")
    revoke_role(grant=grant, actor=actor, now=now)
    if not live.filter(user=grant.user_id, role__in=APPLICANT_WRITERS).exists():
        end_links_of(organisation=organisation, users=(grant.user_id,), actor=actor, now=now)


@transaction.atomic
def transfer_ownership(
    *, organisation: Organisation, grant: RoleGrant, actor: Actor, now: datetime
) -> RoleGrant:
    """The owner hands the organisation over to a member, and stays as an editor; links for signing they asked for end.

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
    end_links_of(organisation=organisation, users=(owner.pk,), actor=actor, now=now)
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
