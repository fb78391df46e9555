"""Who may do what with notices, objections, honours, money and revocation cases."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import has_role, require_role
from accounts.roles import APPLICANT_ROLES, APPLICANT_WRITERS, OFFICE_ROLES, Role
from awards.models import Scheme
from publicity.models import Honour

INSIDERS = (*OFFICE_ROLES, Role.COMMITTEE, Role.AUTHORITY)
MONEY_READERS = (Role.FINANCE, *OFFICE_ROLES, Role.AUTHORITY)


def acting_user(actor: Actor, *roles: str, **scopes: str) -> User:
    """`actor` as the user who signs for it; PermissionDenied unless they hold one of `roles` in the scope."""
    require_role(actor, *roles, **scopes)
    if not isinstance(actor, User):
        raise PermissionDenied("这项操作须由工作人员本人办理。")
    return actor


def is_office(actor: object, scheme: Scheme) -> bool:
    return has_role(actor, *OFFICE_ROLES, scheme=scheme.code)


def is_head(actor: object, scheme: Scheme) -> bool:
    return has_role(actor, Role.OFFICE_HEAD, scheme=scheme.code)


def may_read_office_pages(actor: object, scheme: Scheme) -> bool:
    """The office's own pages: its people, and the supervisor, who changes nothing."""
    return has_role(actor, *OFFICE_ROLES, Role.SUPERVISOR, scheme=scheme.code)


def keeps_quarantine(actor: object, scheme: Scheme) -> bool:
    """Who may take out an infected file as evidence: the head of the office and the supervisor."""
    return has_role(actor, Role.OFFICE_HEAD, Role.SUPERVISOR, scheme=scheme.code)


def may_report(actor: object, honour: Honour) -> bool:
    """Whether `actor` writes for the organisation that holds the honour."""
    return has_role(actor, *APPLICANT_WRITERS, organisation=str(honour.organisation_id))


def holds_for(actor: object, honour: Honour) -> bool:
    """Whether `actor` belongs to the organisation that holds the honour, in whatever role."""
    return has_role(actor, *APPLICANT_ROLES, organisation=str(honour.organisation_id))
