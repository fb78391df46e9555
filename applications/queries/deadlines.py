"""Until when something may be done: the deadlines of the timetable, and the last moment for a correction."""

from __future__ import annotations

from datetime import datetime

from applications.models import Application
from awards.models import Milestone

CORRECTION_LATEST = "correction_latest"
# The work that waits for the answer to a correction, in the order of the timetable.
WAITING = (
    *(Milestone.Kind.ELIGIBILITY, Milestone.Kind.MATERIAL, Milestone.Kind.PRESENTATION),
    *(Milestone.Kind.SITE, Milestone.Kind.DELIBERATION),
)


def deadline(application: Application, kind: str = Milestone.Kind.APPLICATION) -> datetime | None:
    milestone = application.cycle.timetable.get(kind)
    return milestone.due_at if milestone else None


def latest_correction(application: Application, now: datetime) -> datetime | None:
    """Until when a correction may be answered, by the edition's reading: the next deadline from the check on, whose work
    waits for it; None for any time."""
    edition = application.cycle.edition
    if not edition.has(CORRECTION_LATEST) or edition.value(CORRECTION_LATEST) != "next_deadline":
        return None
    due = (deadline(application, kind) for kind in WAITING)
    return min((moment for moment in due if moment is not None and moment > now), default=None)


def is_past(moment: datetime | None, now: datetime) -> bool:
    """Whether a deadline has gone by, to the second: the last second itself is still in time."""
    return moment is not None and now.replace(microsecond=0) > moment
