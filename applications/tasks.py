"""The periodic sweeps of this app; see config/celery.py."""

from celery import shared_task

from applications.services import (
    sweep_claims,
    sweep_corrections,
    sweep_deadlines,
    sweep_infected_files,
    sweep_prints,
)
from applications.services.delegating import sweep_delegations
from ground import clock


@shared_task
def expire_corrections() -> int:
    """Close correction requests whose deadline has passed, and keep all deadlines in step with the timetable."""
    now = clock.now()
    return sweep_corrections(now=now) + sweep_deadlines(now=now)


@shared_task
def lapse_claims() -> int:
    """Hand claims that their owners have not answered in time to the office."""
    return sweep_claims(now=clock.now())


@shared_task
def expire_delegations() -> int:
    """End what recommending bodies have delegated to a day that is over."""
    return sweep_delegations(now=clock.now())


@shared_task
def print_assessments() -> int:
    """Set the self-assessments that somebody asked for as PDF."""
    return sweep_prints(now=clock.now)


@shared_task
def report_infected_files() -> int:
    """Tell applicants and offices about files in which the virus scanner has found something."""
    return sweep_infected_files(now=clock.now())
