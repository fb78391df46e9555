"""The call for applications (申报通知): written by the office, released by its head."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.permissions import require_role
from accounts.roles import OFFICE_ROLES, Role
from audit.services import record
from awards.models import Cycle
from awards.rules import timetable as rules
from awards.rules.opening import faults_against_opening
from awards.services.duties import ask_head_to_publish, close_done_duties, open_cycle_duties
from ground.digest import sm3_hex
from ground.errors import Fault, Refused, refuse_if


@transaction.atomic
def write_call(*, cycle: Cycle, number: str, text: str, actor: Actor, now: datetime) -> None:
    """Keep the number and text of the call. Refused: call_published, number_missing, number_taken, text_missing."""
    locked = _locked(cycle)
    require_role(actor, *OFFICE_ROLES, scheme=locked.scheme.code)
    if locked.state != "draft":
        raise Refused("call_published", "申报通知已经发布，不能再改；有变化请另发补充通知。")
    number, text = number.strip(), text.replace("\r\n", "\n").strip()
    faults = []
    if not number:
        faults.append(Fault("number_missing", "请填写通知文号。", "number"))
    elif Cycle.objects.exclude(pk=locked.pk).exclude(state="cancelled").filter(call_number=number).exists():
        faults.append(Fault("number_taken", "这个文号已经用在另一个年度的通知上。", "number"))
    if not text:
        faults.append(Fault("text_missing", "请填写通知正文。", "text"))
    refuse_if(faults)
    before = (
        {"number": locked.call_number, "text": sm3_hex(locked.call_text.encode())}
        if locked.call_text
        else None
    )
    Cycle.objects.filter(pk=locked.pk).update(call_number=number, call_text=text)
    for row in (cycle, locked):
        row.call_number, row.call_text = number, text
    ask_head_to_publish(locked, now=now)
    record(
        actor=actor,
        action="cycle.call_written",
        subject=locked,
        at=now,
        article=locked.edition.article("announcement_call"),
        before=before,
        after={"number": number, "text": sm3_hex(text.encode())},
        details={"label": "拟写申报通知", "number": number},
    )


@transaction.atomic
def publish_call(*, cycle: Cycle, actor: Actor, now: datetime) -> None:
    """Publish the call: from now on anyone may read it and apply.

    1. Lock. 2. Check that the edition still holds, that timetable and text are there and the deadline is ahead
    (Refused with every gap: edition_…, milestone_missing, deadline_past, number_missing, text_missing).
    3. Move the state (office head alone). 4. Open the office's duties.
    """
    locked = _locked(cycle)
    require_role(actor, Role.OFFICE_HEAD, scheme=locked.scheme.code)
    if locked.state == "draft":
        refuse_if(faults_against_publishing(locked, now=now))
    move(
        locked,
        "publish_call",
        actor=actor,
        now=now,
        article=locked.edition.article("announcement_call"),
        details={"number": locked.call_number, "text": sm3_hex(locked.call_text.encode())},
    )
    Cycle.objects.filter(pk=locked.pk).update(call_published_at=now)
    close_done_duties(locked, now=now)
    open_cycle_duties(locked, now=now)
    cycle.refresh_from_db()


def faults_against_publishing(cycle: Cycle, *, now: datetime) -> list[Fault]:
    """What is still missing before the call of `cycle` may go out; empty when it may."""
    edition = cycle.edition
    faults = faults_against_opening(edition, year=cycle.year, on=now.date())
    rows = {kind: (milestone.starts_at, milestone.due_at) for kind, milestone in cycle.timetable.items()}
    faults += rules.faults_in(rows)
    if "application" in rows and rows["application"][1] <= now:
        faults.append(Fault("deadline_past", "申报截止时间已经过去，请先调整工作安排。", "application_due"))
    if not cycle.call_number:
        faults.append(Fault("number_missing", "请先填写通知文号。", "number"))
    if not cycle.call_text:
        faults.append(Fault("text_missing", "请先拟写通知正文。", "text"))
    return faults


def _locked(cycle: Cycle) -> Cycle:
    return (
        Cycle.objects.select_for_update(of=("self",))
        .select_related("scheme", "edition_record")
        .get(pk=cycle.pk)
    )
