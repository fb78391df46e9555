"""The two sweeps as periodic tasks."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from notifications import services


@shared_task
def send_outbox() -> int:
    return services.sweep_outbox(clock.now())


@shared_task
def send_reminders() -> int:
    return services.sweep_reminders(clock.now())
