"""Objections: an objector's identity is shielded from everybody but the scheme's office and the supervisor."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.permissions import in_portal, scopes_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from awards.models import Cycle
from publicity.models import (
    Notice,
    Objection,
)


def objections_visible_to(user: object) -> QuerySet[Objection]:
    """Only the office of the scheme and the supervisor: an objector's identity is shielded from everybody else."""
    objections = Objection.objects.select_related(
        "entry__organisation",
        "entry__application",
        "entry__notice__scheme",
        "entry__notice__cycle__scheme",
        "evidence",
        "decided_by",
    )
    if in_portal(user, Role.SUPERVISOR):
        return objections
    return objections.filter(entry__notice__scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))


def objections_on(notice: Notice) -> QuerySet[Objection]:
    return Objection.objects.filter(entry__notice=notice)


def objection_by_receipt(receipt: str) -> QuerySet[Objection]:
    """For the receipt page: whoever knows the whole receipt number. Nothing of the objector is loaded."""
    return (
        Objection.objects.filter(receipt=receipt.strip().upper())
        .select_related("entry__organisation", "entry__notice__scheme")
        .defer("objector_name", "contact", "statement", "conclusion", "applicant_reply")
    )


def holding(objections: QuerySet[Objection]) -> QuerySet[Objection]:
    """Objections that keep a candidate from being announced: in time and undecided, or taken up late by the office."""
    return objections.filter(Q(state="received", late=False) | Q(state="verifying"))


def held_application_ids(cycle: Cycle) -> set[int]:
    """Applications of the cycle that an undecided objection holds."""
    rows = holding(Objection.objects.filter(entry__notice__cycle=cycle)).values_list(
        "entry__application_id", flat=True
    )
    return {row for row in rows if row is not None}
