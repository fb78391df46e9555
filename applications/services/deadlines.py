"""Keeping the duties of applicants and recommenders in step with the timetable, which the office may put off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from applications.models import Application, Recommendation
from applications.queries import is_past
from applications.services.starting import APPLY_DUTY
from applications.services.submission import RECOMMEND_DUTY
from awards.models import Cycle, Milestone
from notifications.models import Duty
from notifications.services import close_duties, reschedule_duties


@transaction.atomic
def sweep_deadlines(*, now: datetime) -> int:
    """Move duties whose deadline was put off; close those that can't be done any more. Returns how many changed.

    A draft never submitted keeps its overdue duty until the cycle has left the application stage; a recommendation
    not given, until the file is decided.
    """
    changed = 0
    for subject, duty, due_at, over in _open_duties():
        if due_at is not None and due_at != duty.due_at:
            changed += reschedule_duties(kind=duty.kind, subject=subject, due_at=due_at)
        elif over and is_past(due_at, now):
            changed += close_duties(kind=duty.kind, subject=subject, now=now)
    return changed


def _open_duties() -> Iterator[tuple[Application | Recommendation, Duty, datetime | None, bool]]:
    """Each open duty with its subject, the deadline that holds now, and whether nothing can be done any more."""
    duties = {
        (duty.kind, duty.subject_id): duty
        for duty in Duty.objects.filter(kind__in=(APPLY_DUTY, RECOMMEND_DUTY), closed_at=None)
    }
    cycles = Cycle.objects.in_bulk()
    due: dict[tuple[int, str], datetime] = {
        (cycle_id, kind): due_at
        for cycle_id, kind, due_at in Milestone.objects.values_list("cycle_id", "kind", "due_at")
    }
    keys = [key for kind, key in duties if kind == APPLY_DUTY]
    for application in Application.objects.filter(pk__in=keys).only("cycle_id", "state"):
        over = cycles[application.cycle_id].state != "open"
        deadline = due.get((application.cycle_id, Milestone.Kind.APPLICATION))
        yield application, duties[APPLY_DUTY, str(application.pk)], deadline, over
    keys = [key for kind, key in duties if kind == RECOMMEND_DUTY]
    for row in Recommendation.objects.filter(pk__in=keys).select_related("application"):
        over = row.state != "waiting" or row.application.state != "submitted"
        deadline = due.get((row.application.cycle_id, Milestone.Kind.RECOMMENDATION))
        yield row, duties[RECOMMEND_DUTY, str(row.pk)], deadline, over
