"""The sweeps as periodic tasks."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from scoring import services


@shared_task
def look_for_conflicts() -> int:
    return services.sweep_recusals(now=clock.now())


@shared_task
def tell_of_cancelled_cycles() -> int:
    return services.sweep_cancelled(now=clock.now())


@shared_task
def propose_panels() -> int:
    return services.sweep_proposals(now=clock.now())
