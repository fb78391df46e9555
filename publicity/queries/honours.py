"""The honour roll (获奖名录) and the certificates."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.permissions import scopes_of
from accounts.roles import APPLICANT_ROLES, Scope
from publicity.models import (
    Honour,
)
from publicity.queries.holders import organisations_called


def honours_visible_to(user: object) -> QuerySet[Honour]:
    """The honour roll is public, whatever became of an honour."""
    return Honour.objects.select_related(
        "organisation", "scheme", "cycle__scheme", "cycle__edition_record", "notice"
    ).defer("cycle__edition_record__content", "cycle__call_text", "notice__body")


def honours_matching(
    honours: QuerySet[Honour],
    *,
    words: str = "",
    year: int | None = None,
    scheme: str = "",
    tier: str = "",
    state: str = "",
    on: date | None = None,
) -> QuerySet[Honour]:
    """`words`: part of the name, or the whole code (USCC) or certificate number. `state` is as it stands on the day `on`."""
    if words:
        code = words.strip().upper()
        honours = honours.filter(Q(organisation__in=organisations_called(words)) | Q(certificate_number=code))
    if year is not None:
        honours = honours.filter(cycle__year=year)
    if scheme:
        honours = honours.filter(scheme__code=scheme)
    if tier:
        honours = honours.filter(tier=tier)
    return _in_state(honours, state, on)


def _in_state(honours: QuerySet[Honour], state: str, on: date | None) -> QuerySet[Honour]:
    if state == "valid":
        honours = honours.filter(state="valid")
        return honours if on is None else honours.filter(valid_until__gte=on)
    if state == "expired":
        lapsed = Q(state="expired")
        return honours.filter(lapsed if on is None else lapsed | Q(state="valid", valid_until__lt=on))
    return honours.filter(state=state) if state else honours


def certificate_by(asked: str) -> QuerySet[Honour]:
    """By certificate number or check code, in capitals."""
    return Honour.objects.filter(Q(certificate_number=asked) | Q(check_code=asked))


def honours_held_by(user: object) -> QuerySet[Honour]:
    """The honours of the organisations that `user` belongs to."""
    return (
        honours_visible_to(user)
        .select_related("payment")
        .filter(
            organisation_id__in=[int(key) for key in scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES)]
        )
    )
