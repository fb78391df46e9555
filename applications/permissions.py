"""Who may do what with an application that they can see. Out of sight is the queries' affair."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import has_role, person, require_role
from accounts.roles import APPLICANT_ROLES, APPLICANT_WRITERS, OFFICE_ROLES, RECOMMENDING_ROLES, Role
from applications.models import Application, Invitation, Organisation, Recommendation
from ground.clock import SHANGHAI


def is_writer(actor: object, organisation_id: int) -> bool:
    return has_role(actor, *APPLICANT_WRITERS, organisation=str(organisation_id))


def is_owner(actor: object, organisation_id: int) -> bool:
    return has_role(actor, Role.APPLICANT_OWNER, organisation=str(organisation_id))


def is_applicant(actor: object, organisation_id: int) -> bool:
    return has_role(actor, *APPLICANT_ROLES, organisation=str(organisation_id))


def is_office(actor: object, application: Application) -> bool:
    return has_role(actor, *OFFICE_ROLES, scheme=application.cycle.scheme.code)


def is_head(actor: object, application: Application) -> bool:
    return has_role(actor, Role.OFFICE_HEAD, scheme=application.cycle.scheme.code)


def require_writer(actor: Actor, organisation: Organisation | int) -> None:
    """Owner or editor of the organisation, else PermissionDenied."""
    key = organisation if isinstance(organisation, int) else organisation.pk
    require_role(actor, *APPLICANT_WRITERS, organisation=str(key))


def delegations_of(user: User) -> QuerySet[Invitation]:
    """What recommending bodies have delegated to the user and not ended; whether its day is over is the caller's check."""
    return Invitation.objects.filter(accepted_by=user, role=Role.RECOMMENDER_DEPUTY, ended_at=None)


def require_recommender(actor: Actor, recommendation: Recommendation, now: datetime) -> Invitation | None:
    """Whoever may answer: somebody of the body (None), or a deputy with a delegation that covers this file today.

    Anybody else: PermissionDenied.
    """
    body = recommendation.recommender_id
    if has_role(actor, Role.RECOMMENDER, recommender=str(body)):
        return None
    user = person(actor)
    today = now.astimezone(SHANGHAI).date()
    covering = delegations_of(user).filter(
        Q(application=None) | Q(application=recommendation.application_id), recommender=body, until__gte=today
    )
    found = covering.order_by("pk").first()
    require_role(actor, *(RECOMMENDING_ROLES if found else (Role.RECOMMENDER,)), recommender=str(body))
    return found


def require_office(actor: Actor, application: Application) -> None:
    """Clerk or head of the scheme's office, or a sweep; else PermissionDenied."""
    require_role(actor, *OFFICE_ROLES, Role.SYSTEM, scheme=application.cycle.scheme.code)
