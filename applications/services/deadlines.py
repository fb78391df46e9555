"""Keeping the duties of applicants and recommenders in step with the timetable, which the office may put off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from applications.models import Application, Recommendation
from applications.queries import deadline, is_past
from applications.services.declined import DECLINED_DUTY, ask_office, settle
from applications.services.starting import APPLY_DUTY, open_apply_duty
from applications.services.submission import RECOMMEND_DUTY
from awards.models import Cycle, Milestone
from notifications.models import Duty
from notifications.services import close_duties, reschedule_duties


@transaction.atomic
def sweep_deadlines(*, now: datetime) -> int:
    """Move duties whose deadline was put off; close those that can't be done any more. Returns how many changed.

    A draft never submitted keeps its overdue duty until the cycle has left the application stage; a recommendation
    not given, until the file is decided. A declined file not handed in again by the deadline goes to the office; put
    off the deadline, and it is the applicant's again.
    """
    changed = 0
    for subject, duty, due_at, over in _open_duties():
        if due_at is not None and due_at != duty.due_at:
            changed += reschedule_duties(kind=duty.kind, subject=subject, due_at=due_at)
        elif over and is_past(due_at, now):
            changed += close_duties(kind=duty.kind, subject=subject, now=now)
            declined = duty.kind == APPLY_DUTY and subject.state == "declined"
            for application in _in_full([duty.subject_id]) if declined else ():
                ask_office(application, now)
    return changed + _sweep_declined(now)


def _sweep_declined(now: datetime) -> int:
    """Bring what the office has to decide of declined files in step with the timetable."""
    due = dict(Duty.objects.filter(kind=DECLINED_DUTY, closed_at=None).values_list("subject_id", "due_at"))
    changed = 0
    for application in _in_full(due):
        if application.state == "declined" and not is_past(deadline(application), now):
            settle(application, now)
            open_apply_duty(application, now)
            changed += 1
            continue
        decide_by = deadline(application, Milestone.Kind.ELIGIBILITY)
        if decide_by is not None and decide_by != due[str(application.pk)]:
            changed += reschedule_duties(kind=DECLINED_DUTY, subject=application, due_at=decide_by)
    return changed


def _in_full(keys: Iterable[str]) -> QuerySet[Application]:
    """Applications with all that a duty and a letter say of them."""
    return (
        Application.objects.filter(pk__in=[int(key) for key in keys])
        .select_related("cycle__scheme", "cycle__edition_record", "organisation", "recommender")
        .prefetch_related("cycle__milestones")
    )


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
        due_at = due.get((application.cycle_id, Milestone.Kind.APPLICATION))
        yield application, duties[APPLY_DUTY, str(application.pk)], due_at, over
    keys = [key for kind, key in duties if kind == RECOMMEND_DUTY]
    for row in Recommendation.objects.filter(pk__in=keys).select_related("application"):
        over = row.state != "waiting" or row.application.state != "submitted"
        due_at = due.get((row.application.cycle_id, Milestone.Kind.RECOMMENDATION))
        yield row, duties[RECOMMEND_DUTY, str(row.pk)], due_at, over
