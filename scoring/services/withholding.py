"""What was written to people before they had to stay out of a file is kept from them too."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.models import RoleGrant, User
from accounts.permissions import scopes_of
from accounts.roles import APPLICANT_ROLES, OFFICIAL_ROLES, Role, Scope
from applications.models import Application
from notifications.models import WithheldLetter
from notifications.services import withhold
from scoring.models import Recusal
from scoring.queries.conflicts import in_conflict

# Letters of the rooms of review, and what reminds of their duties.
REVIEW: Final = "scoring"
REMINDER: Final = "reminder"


def withhold_from(user: User, now: datetime) -> int:
    """Keep from `user` all letters and duties that name an applicant they must stay out of; give back the others.

    What reaches somebody as a member of the applicant or of its recommender stays: there the name is no secret.
    """
    barred = Application.objects.annotate(barred=in_conflict(user, "")).filter(barred=True)
    names = dict(barred.values_list("organisation__name", "organisation_id"))
    own = scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES)
    bodies = scopes_of(user, Scope.RECOMMENDER, Role.RECOMMENDER)
    known = {name for name, pk in names.items() if str(pk) in own}
    if bodies:
        known |= set(
            barred.filter(recommender_id__in=[int(key) for key in bodies]).values_list(
                "organisation__name", flat=True
            )
        )
    return withhold(user=user, words={REVIEW: sorted(names), REMINDER: sorted(set(names) - known)}, now=now)


def withhold_everywhere(now: datetime) -> int:
    """The same for everybody who is or was barred from a file, or decides and belongs to an applicant or recommender."""
    officials = RoleGrant.objects.filter(role__in=OFFICIAL_ROLES, revoked_at=None).values("user_id")
    belonging = RoleGrant.objects.filter(role__in=(*APPLICANT_ROLES, Role.RECOMMENDER), revoked_at=None)
    people = {
        *Recusal.objects.filter(dismissed_at=None).values_list("reviewer__user_id", flat=True),
        *WithheldLetter.objects.values_list("item__user_id", flat=True),
        *belonging.filter(user_id__in=officials).values_list("user_id", flat=True),
    }
    return sum(withhold_from(user, now) for user in User.objects.filter(pk__in=people).order_by("pk"))
