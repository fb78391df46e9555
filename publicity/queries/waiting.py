"""What waits for the office, and lists that put it first."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Count, IntegerField, Value, When

from awards.models import Scheme
from publicity.models import (
    Incident,
    Notice,
    Objection,
    RevocationCase,
)
from publicity.queries.aftermath import OPEN_CASES


def waiting_first(*states: str) -> Case:
    """An ordering: rows in one of `states` before all others."""
    return Case(When(state__in=states, then=Value(0)), default=Value(1), output_field=IntegerField())


def counts_for_office(scheme: Scheme, now: datetime) -> dict[str, int]:
    """What waits for the office of a scheme: objections, incident reports, open cases."""
    return {
        "objections": Objection.objects.filter(
            entry__notice__scheme=scheme, state__in=("received", "verifying")
        ).count(),
        "incidents": Incident.objects.filter(honour__scheme=scheme, state="reported").count(),
        "cases": RevocationCase.objects.filter(honour__scheme=scheme, state__in=OPEN_CASES).count(),
        "running": Notice.objects.filter(scheme=scheme, state="published", closes_at__gt=now).aggregate(
            n=Count("id")
        )["n"],
    }
