"""What was written to people before they had to stay out of a file is kept from them too."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.models import RoleGrant, User
from accounts.permissions import scopes_of
from accounts.roles import APPLICANT_ROLES, OFFICIAL_ROLES, Role, Scope
from applications.models import Application
from applications.queries.register import names_ever_of
from notifications.models import WithheldLetter
from notifications.services import withhold
from scoring.models import Recusal
from scoring.queries.conflicts import in_conflict

# Letters of the rooms of review, and what reminds of their duties.
REVIEW: Final = "scoring"
REMINDER: Final = "reminder"


def withhold_from(user: User, now: datetime) -> int:
    """Keep from `user` all letters and duties that name an applicant they must stay out of; give back the others.

    By every name the applicant has or had: a letter says the one of its day.
    What reaches somebody as a member of the applicant or of its recommender stays: there the name is no secret.
    """
    barred = Application.objects.annotate(barred=in_conflict(user, "")).filter(barred=True)
    names = names_ever_of(set(barred.values_list("organisation_id", flat=True)))
    own = scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES)
    bodies = scopes_of(user, Scope.RECOMMENDER, Role.RECOMMENDER)
    known = {pk for pk in names if str(pk) in own}
    if bodies:
        recommended = barred.filter(recommender_id__in=[int(key) for key in bodies])
        known |= set(recommended.values_list("organisation_id", flat=True))
    words = {f"organisation:{pk}": sorted(ones) for pk, ones in names.items()}
    others = {f"organisation:{pk}": sorted(ones) for pk, ones in names.items() if pk not in known}
    return withhold(user=user, words={REVIEW: words, REMINDER: others}, now=now)


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
