"""The sweeps as periodic tasks."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from publicity import services


@shared_task
def close_due_windows() -> int:
    return services.sweep_windows(now=clock.now())


@shared_task
def set_notices() -> int:
    """Set public notices as PDF."""
    return services.sweep_papers(now=clock.now())


@shared_task
def report_infected_files() -> int:
    return services.sweep_infected_files(now=clock.now())


@shared_task
def expire_honours() -> int:
    return services.sweep_honours(now=clock.now())
