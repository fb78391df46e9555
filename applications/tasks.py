"""The periodic sweep of this app; see config/celery.py."""

from celery import shared_task

from applications.services import sweep_corrections, sweep_deadlines
from ground import clock


@shared_task
def expire_corrections() -> int:
    """Close correction requests whose deadline has passed, and keep all deadlines in step with the timetable."""
    now = clock.now()
    return sweep_corrections(now=now) + sweep_deadlines(now=now)
