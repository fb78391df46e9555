"""Who sees a claim to an organisation: its claimant, the present owners, the office that decides, the supervisor."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import RoleGrant, User
from accounts.permissions import in_portal, scopes_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from applications.models import OrganisationClaim
from awards.models import Scheme


def claims_visible_to(user: object) -> QuerySet[OrganisationClaim]:
    """Everything the user may see; which part of a claim that is, is told by the page."""
    rows = _with_names()
    if in_portal(user, Role.SUPERVISOR):
        return rows
    owned = [int(key) for key in scopes_of(user, Scope.ORGANISATION, Role.APPLICANT_OWNER)]
    seen = Q(organisation_id__in=owned)
    seen |= Q(scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))
    if isinstance(user, User):
        seen |= Q(claimant=user)
    return rows.filter(seen)


def claims_to_decide(user: object) -> QuerySet[OrganisationClaim]:
    """The desk of the office, read by the supervisor too."""
    rows = _with_names()
    if in_portal(user, Role.SUPERVISOR):
        return rows
    return rows.filter(scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))


def own_claims(user: User) -> QuerySet[OrganisationClaim]:
    return _with_names().filter(claimant=user)


def deciding_schemes() -> QuerySet[Scheme]:
    """The awards whose office has a head: somebody there can decide."""
    heads = RoleGrant.objects.filter(role=Role.OFFICE_HEAD, scope_kind=Scope.SCHEME, revoked_at=None)
    return Scheme.objects.filter(code__in=heads.values("scope_key"))


def _with_names() -> QuerySet[OrganisationClaim]:
    return OrganisationClaim.objects.select_related(
        "organisation", "scheme", "claimant", "licence", "authorisation", "answered_by", "decided_by"
    )
