"""A recommending body delegates one file or its whole desk to somebody, to a day; and ends it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import RoleGrant
from accounts.permissions import require_role
from accounts.roles import Role, Scope
from accounts.services import revoke_role
from applications.models import Application, Invitation, Recommendation, Recommender
from applications.services.invitations import invite
from audit.services import record
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post

# A delegation is for a time: longer, somebody belongs to the body and is let in as a colleague.
LONGEST: Final = timedelta(days=366)


def delegable(recommender: Recommender) -> QuerySet[Recommendation]:
    """What waits for the body's word and can be delegated by itself."""
    rows = Recommendation.objects.filter(recommender=recommender, state="waiting")
    return rows.select_related("application__organisation", "application__cycle__scheme").order_by(
        "asked_at", "pk"
    )


@transaction.atomic
def delegate_desk(
    *,
    recommender: Recommender,
    application: Application | None,
    email: str,
    until: date,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask somebody by mail to act for the body: for one waiting file, or for everything (`application` None), to the end of
    the day `until`. Takes effect when they accept. A deputy delegates nothing on.

    Refused: date_in_past, date_too_late, choice_unknown, already_member, email_invalid, too_many_invitations.
    """
    require_role(actor, Role.RECOMMENDER, recommender=str(recommender.pk))
    Recommender.objects.select_for_update().get(pk=recommender.pk)
    today, faults = now.astimezone(SHANGHAI).date(), []
    if until < today:
        faults.append(Fault("date_in_past", "委托期限不能早于今天。", "until"))
    if until > today + LONGEST:
        words = f"委托期限最长 {LONGEST.days} 天。长期办理的，请邀请对方作为同事加入。"
        faults.append(Fault("date_too_late", words, "until"))
    if application is not None and not delegable(recommender).filter(application=application).exists():
        faults.append(Fault("choice_unknown", "这份申报不在等待签署之列，请重新选择。", "application"))
    refuse_if(faults)
    fresh = Invitation(
        recommender=recommender, role=Role.RECOMMENDER_DEPUTY, application=application, until=until
    )
    return invite(fresh, email, actor, now)


@transaction.atomic
def end_delegation(*, delegation: Invitation, actor: Actor, now: datetime) -> None:
    """The body takes a delegation back at once. Twice changes nothing. Refused: not_delegated (nobody has accepted it)."""
    body = delegation.recommender
    if body is None:
        raise Refused("not_delegated", "这不是一项委托。")
    require_role(actor, Role.RECOMMENDER, recommender=str(body.pk))
    locked = Invitation.objects.select_for_update().get(pk=delegation.pk)
    if locked.role != Role.RECOMMENDER_DEPUTY or locked.accepted_at is None:
        raise Refused("not_delegated", "对方还没有接受这项委托，请撤销邀请。")
    if locked.ended_at is None:
        _end(locked, "delegation.end", actor, now)


def sweep_delegations(*, now: datetime) -> int:
    """End the delegations whose last day is over, each in a transaction of its own; return how many."""
    over = Invitation.objects.filter(
        role=Role.RECOMMENDER_DEPUTY, ended_at=None, until__lt=now.astimezone(SHANGHAI).date()
    ).exclude(accepted_at=None)
    ended = 0
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            row = over.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if row is not None:
                _end(row, "delegation.expire", SYSTEM, now)
                ended += 1
    return ended


def _end(locked: Invitation, action: str, actor: Actor, now: datetime) -> None:
    """Note the end; the role goes with the last delegation of the body."""
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    body, deputy = locked.body, locked.accepted_by
    record(
        actor=actor,
        action=action,
        subject=body,
        at=now,
        before={
            "email": locked.email,
            "file": locked.application.number if locked.application else "",
            "until": locked.until,
        },
        details={"invitation": locked.pk},
    )
    left = Invitation.objects.filter(
        recommender=body.pk, accepted_by=deputy, role=Role.RECOMMENDER_DEPUTY, ended_at=None
    )
    if deputy is None:
        return
    if not left.exists():
        for grant in RoleGrant.objects.filter(
            user=deputy,
            role=Role.RECOMMENDER_DEPUTY,
            scope_kind=Scope.RECOMMENDER,
            scope_key=str(body.pk),
            revoked_at=None,
        ):
            revoke_role(grant=grant, actor=actor, now=now)
    post(
        to=[deputy],
        kind="delegation.ended",
        subject=f"{body.name}的委托已结束",
        body=f"{body.name}委托您办理的{locked.matter}已结束，相关材料不再开放。",
        link="",
        key=f"delegation.ended:{locked.pk}",
        now=now,
    )
