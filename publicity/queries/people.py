"""Whom letters and duties go to."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from accounts.queries import holders_of
from accounts.roles import APPLICANT_ROLES, Scope
from applications.models import Organisation
from awards.models import Scheme


def people_with(scheme: Scheme, *roles: str) -> QuerySet[User]:
    """Active accounts that hold one of `roles` in the scheme."""
    return holders_of(*roles, scope_kind=Scope.SCHEME, scope_key=scheme.code)


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Active accounts of an organisation: whom its letters go to."""
    return holders_of(*APPLICANT_ROLES, scope_kind=Scope.ORGANISATION, scope_key=str(organisation.pk))
