"""The periodic sweeps of this app; see config/celery.py."""

from __future__ import annotations

from celery import shared_task

from documents import services
from ground import clock


@shared_task
def expire_uploads() -> int:
    """Forget uploads that nobody has finished or used in time."""
    return services.sweep_uploads(now=clock.now())


@shared_task
def scan_files() -> int:
    """Ask the virus scanner about files that wait for it."""
    return services.sweep_scans(now=clock.now())


@shared_task
def draw_previews() -> int:
    """Make the small pictures of first pages."""
    return services.sweep_previews(now=clock.now())
