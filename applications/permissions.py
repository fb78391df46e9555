"""Who may do what with an application that they can see. Out of sight is the queries' affair."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.permissions import has_role, require_role
from accounts.roles import APPLICANT_ROLES, APPLICANT_WRITERS, OFFICE_ROLES, Role
from applications.models import Application, Organisation


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


def require_office(actor: Actor, application: Application) -> None:
    """Clerk or head of the scheme's office, or a sweep; else PermissionDenied."""
    require_role(actor, *OFFICE_ROLES, Role.SYSTEM, scheme=application.cycle.scheme.code)
