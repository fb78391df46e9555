"""Incident reports and revocation cases."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.permissions import in_portal, scopes_of
from accounts.roles import APPLICANT_ROLES, Role, Scope
from publicity.models import (
    Honour,
    Incident,
    RevocationCase,
)
from publicity.permissions import INSIDERS
from publicity.queries.holders import organisations_called

OPEN_CASES = ("investigating", "to_committee", "to_authority")


def incidents_visible_to(user: object) -> QuerySet[Incident]:
    """The holder's own people, the scheme's insiders, the supervisor."""
    incidents = Incident.objects.select_related(
        "honour__organisation",
        "honour__scheme",
        "honour__cycle__scheme",
        "honour__cycle__edition_record",
        "file",
        "reported_by",
    ).defer("honour__cycle__edition_record__content", "honour__cycle__call_text")
    if in_portal(user, Role.SUPERVISOR):
        return incidents
    return incidents.filter(
        Q(honour__scheme__code__in=scopes_of(user, Scope.SCHEME, *INSIDERS))
        | Q(
            honour__organisation_id__in=[
                int(key) for key in scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES)
            ]
        )
    )


def cases_visible_to(user: object) -> QuerySet[RevocationCase]:
    """Office, committee and authority of the scheme, and the supervisor. The organisation gets letters, not the file."""
    cases = RevocationCase.objects.select_related(
        "honour__organisation",
        "honour__payment",
        "honour__scheme",
        "honour__cycle__scheme",
        "honour__cycle__edition_record",
        "incident",
        "notice",
        "opened_by",
    ).defer("honour__cycle__edition_record__content", "honour__cycle__call_text")
    if in_portal(user, Role.SUPERVISOR):
        return cases
    return cases.filter(honour__scheme__code__in=scopes_of(user, Scope.SCHEME, *INSIDERS))


def open_case_of(honour: Honour) -> RevocationCase | None:
    return RevocationCase.objects.filter(honour=honour, state__in=OPEN_CASES).first()


Held = TypeVar("Held", bound=Model)


def by_holder(rows: QuerySet[Held], *, words: str = "", state: str = "") -> QuerySet[Held]:
    """Incidents or cases by the name of the honour's holder and by state."""
    if words:
        rows = rows.filter(honour__organisation__in=organisations_called(words))
    return rows.filter(state=state) if state else rows
