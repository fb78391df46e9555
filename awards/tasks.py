"""Sweeps of the awards, run by beat (config/celery.py)."""

from __future__ import annotations

from celery import shared_task

from awards.services import sweep_cycles
from ground import clock


@shared_task
def close_due_cycles() -> int:
    """Close the applications of cycles whose deadline has passed."""
    return sweep_cycles(now=clock.now())
