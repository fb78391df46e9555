"""The timetable of a cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import require_role
from accounts.roles import OFFICE_ROLES
from audit.services import record
from awards.models import Cycle, Milestone
from awards.rules import timetable as rules
from awards.services.duties import DUTIES, ask_head_to_publish
from ground.errors import Fault, Refused, refuse_if
from notifications.services import reschedule_duties

# Once the ranking is frozen there is nothing left to schedule but the meeting itself.
OPEN_TO_CHANGE = ("draft", "open", "checking", "material", "site")


@transaction.atomic
def set_timetable(
    *, cycle: Cycle, rows: Mapping[str, tuple[datetime, datetime]], actor: Actor, now: datetime
) -> None:
    """Write all milestones of `cycle`: kind → (start, deadline), aware, to the second.

    1. Lock the cycle. 2. Check the role and the state (Refused "timetable_closed"). 3. Check the rows, with every
    fault at its field; after publication also what people rely on. 4. Write. 5. Move the duties. 6. Ledger.
    """
    locked = (
        Cycle.objects.select_for_update(of=("self",))
        .select_related("scheme", "edition_record")
        .get(pk=cycle.pk)
    )
    require_role(actor, *OFFICE_ROLES, scheme=locked.scheme.code)
    if words := why_timetable_closed(locked):
        raise Refused("timetable_closed", words)
    rows = {
        kind: (start.replace(microsecond=0), due.replace(microsecond=0))
        for kind, (start, due) in rows.items()
    }
    before = {m.kind: (m.starts_at, m.due_at) for m in Milestone.objects.filter(cycle=locked)}
    faults = rules.faults_in(rows)
    if locked.state != "draft":
        faults += rules.faults_in_change(before, rows)
        if locked.state != "open" and rows.get("application") != before.get("application"):
            faults.append(Fault("applications_closed", "申报已经截止，申报时间不能再改。", "application_due"))
    refuse_if(faults)
    for kind, (start, due) in rows.items():
        Milestone.objects.update_or_create(
            cycle=locked, kind=kind, defaults={"starts_at": start, "due_at": due}
        )
    cycle.__dict__.pop("timetable", None)
    cycle.__dict__.pop("_prefetched_objects_cache", None)
    ask_head_to_publish(locked, now=now)
    for kind, duty in DUTIES.items():
        reschedule_duties(kind=duty.kind, subject=locked, due_at=rows[kind][1])
    record(
        actor=actor,
        action="cycle.timetable_set",
        subject=locked,
        at=now,
        article=locked.edition.article("announcement_call"),
        before=_plain(before) or None,
        after=_plain(rows),
        details={"label": "排定工作安排" if not before else "调整工作安排"},
    )


def why_timetable_closed(cycle: Cycle) -> str:
    """Why the timetable can't be changed any more, in one sentence; "" while it can."""
    return "" if cycle.state in OPEN_TO_CHANGE else f"“{cycle.office_state}”阶段不能再改工作安排。"


def _plain(rows: Mapping[str, tuple[datetime, datetime]]) -> dict[str, list[datetime]]:
    return {kind: [start, due] for kind, (start, due) in rows.items()}
