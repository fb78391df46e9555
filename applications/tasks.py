"""The periodic sweep of this app; see config/celery.py."""

from celery import shared_task

from applications.services import sweep_corrections
from ground import clock


@shared_task
def expire_corrections() -> int:
    """Close correction requests whose deadline has passed."""
    return sweep_corrections(now=clock.now())
