"""The authority's approval of the list (审定批准): only after it may anything be published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from accounts.actors import Actor
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import Role
from audit.services import record
from awards.models import Cycle
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties
from scoring.models import Approval, Resolution


def list_to_approve(cycle: Cycle) -> list[dict[str, Any]]:
    """The awards resolved that no approval holds yet, by tier and rank: what the authority signs."""
    approved = {
        entry["application_id"]
        for approval in Approval.objects.filter(cycle=cycle)
        for entry in approval.list
    }
    order = {tier.code: position for position, tier in enumerate(cycle.edition.tiers)}
    resolutions = (
        Resolution.objects.filter(
            meeting__cycle=cycle, outcome=Resolution.Outcome.AWARD, application__state="candidate"
        )
        .exclude(application_id__in=approved)
        .select_related("application__organisation", "application__ranking_row")
    )
    return [
        {
            "application_id": resolution.application_id,
            "number": resolution.application.number,
            "organisation": resolution.application.filed_name,
            "tier": resolution.tier,
            "basis": resolution.basis,
            "prize": resolution.prize,
            "reason": resolution.reason,
        }
        for resolution in sorted(
            resolutions, key=lambda found: (order[found.tier], found.application.ranking_row.rank)
        )
    ]


@transaction.atomic
def approve_list(
    *, cycle: Cycle, document_number: str, approved_on: date, actor: Actor, now: datetime
) -> Approval:
    """Approve the committee's list with a document number and date. A later list after a struck candidate is a
    further round and leaves the cycle's state as it is.

    Refused: nothing_to_approve, number_missing, date_in_future, date_before_meeting, wrong_stage.
    """
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    require_role(actor, Role.AUTHORITY, **locked.scopes())
    article = locked.edition.article("decision_order")
    if locked.state not in ("deliberated", "publicity_closed", "announced"):
        raise Refused("wrong_stage", "评定委审议完成后才能审定批准。", article=article)
    entries = list_to_approve(locked)
    faults = []
    if not entries and locked.state != "deliberated":
        faults.append(Fault("nothing_to_approve", "没有待批准的名单。", article=article))
    if not document_number.strip():
        faults.append(Fault("number_missing", "请填写批准文号。", "document_number", article))
    if approved_on > localdate(now):
        faults.append(Fault("date_in_future", "批准日期不能晚于今天。", "approved_on"))
    if approved_on < _decided_on(locked, entries):
        faults.append(
            Fault("date_before_meeting", "批准日期不能早于评定委审议的日期。", "approved_on", article)
        )
    refuse_if(faults)
    approval = Approval.objects.create(
        cycle=locked,
        round=locked.approvals.count() + 1,
        document_number=document_number.strip(),
        approved_on=approved_on,
        list=entries,
        digest=sm3_hex(
            canonical_json({"cycle": locked.pk, "number": document_number.strip(), "list": entries})
        ),
        approved_by=person(actor),
        approved_at=now,
    )
    if locked.state == "deliberated":
        move(locked, "approve_list", actor=actor, now=now, article=article)
    close_duties(kind="list.approve", subject=locked, now=now)
    record(
        actor=actor,
        action="list.approve",
        subject=approval,
        at=now,
        article=article,
        after={"number": approval.document_number, "on": approved_on, "digest": approval.digest},
    )
    return approval


def _decided_on(cycle: Cycle, entries: list[dict[str, Any]]) -> date:
    """The day on which the committee was done with the list: the meeting's end, or a later resolution on one of it."""
    resolved = Resolution.objects.filter(
        meeting__cycle=cycle, application_id__in=[entry["application_id"] for entry in entries]
    ).values_list("recorded_at", flat=True)
    ends = [cycle.meeting.closed_at] if cycle.meeting.closed_at else []
    return localdate(max([*ends, *resolved]))
