"""Who must stay out of which file. Everything the scoring rooms show goes through here.

A conflict is a recusal on record that the office has not dismissed, or a fact found at the moment of asking: the
reviewer's employer is the applicant, or the account belongs to the applicant or to its recommender.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TypeVar

from django.db.models import Case, Exists, Model, OuterRef, Q, QuerySet, When

from accounts.models import RoleGrant, User
from accounts.permissions import scopes_of
from accounts.roles import APPLICANT_ROLES, RECOMMENDING_ROLES, Scope
from applications.models import Application
from scoring.models import Recusal, Reviewer

Row = TypeVar("Row", bound=Model)


def reviewer_of(user: object) -> Reviewer | None:
    """The person's entry in the reviewer pool, also when disqualified (a conflict remains one)."""
    if not isinstance(user, User):
        return None
    return Reviewer.objects.filter(user_id=user.pk).first()


def without_conflict(rows: QuerySet[Row], user: object, application: str = "application") -> QuerySet[Row]:
    """`rows` without those whose application (found along `application`, "" for the rows themselves) `user` must not see."""
    if isinstance(user, User):
        for conflict in _conflicts(user, application):
            rows = rows.exclude(conflict)
    return rows


def in_conflict(user: User, application: str = "application") -> Case:
    """Whether `without_conflict` would leave a row out, to annotate it with."""
    return Case(*(When(conflict, then=True) for conflict in _conflicts(user, application)), default=False)


def blind(applications: QuerySet[Application], user: object) -> QuerySet[Application]:
    """`applications` without those that `user` is recused from: neither file, scores, panel nor place is shown."""
    return without_conflict(applications, user, "")


def conflicted(reviewer: Reviewer, application: Application) -> bool:
    return not blind(Application.objects.filter(pk=application.pk), reviewer.user).exists()


def conflicts_among(
    reviewers: Collection[Reviewer], applications: Collection[Application]
) -> dict[int, set[int]]:
    """Reviewer → the applications they must stay out of: what `conflicted` says of each pair, for many at once.

    The applications come with their organisation.
    """
    record = Recusal.objects.filter(reviewer__in=reviewers, application__in=applications).values_list(
        "reviewer_id", "application_id", "kind", "dismissed_at"
    )
    found: dict[int, set[int]] = defaultdict(set)
    cleared = set()
    for reviewer_id, application_id, kind, dismissed_at in record:
        if dismissed_at is None:
            found[reviewer_id].add(application_id)
        else:
            cleared.add((reviewer_id, application_id, kind))
    belongs = (
        RoleGrant.objects.filter(
            user_id__in=[reviewer.user_id for reviewer in reviewers],
            revoked_at=None,
            role__in=(*APPLICANT_ROLES, *RECOMMENDING_ROLES),
        )
        .values_list("user_id", "scope_kind", "scope_key")
        .distinct()
    )
    by_fact: dict[tuple[str, str], list[int]] = defaultdict(list)
    for application in applications:
        by_fact["uscc", application.organisation.uscc].append(application.pk)
        by_fact[Scope.ORGANISATION, str(application.organisation_id)].append(application.pk)
        by_fact[Scope.RECOMMENDER, str(application.recommender_id)].append(application.pk)
    of_user: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for user_id, scope_kind, scope_key in belongs:
        of_user[user_id].append((scope_kind, scope_key))
    for reviewer in reviewers:
        facts = of_user[reviewer.user_id]
        if reviewer.employer_uscc:
            facts = [*facts, ("uscc", reviewer.employer_uscc)]
        for scope, key in facts:
            kind = Recusal.Kind.RECOMMENDER if scope == Scope.RECOMMENDER else Recusal.Kind.EMPLOYMENT
            found[reviewer.pk] |= {
                pk for pk in by_fact.get((scope, key), ()) if (reviewer.pk, pk, kind) not in cleared
            }
    return found


def _conflicts(user: User, application: str) -> list[Q]:
    """What keeps a row from `user`, each by itself enough."""
    prefix = f"{application}__" if application else ""
    key = OuterRef(f"{application}_id" if application else "pk")
    on_record = Recusal.objects.filter(reviewer__user_id=user.pk, application_id=key)
    cleared = on_record.exclude(dismissed_at=None)
    return [
        Q(Exists(on_record.filter(dismissed_at=None))),
        *(facts & Q(~Exists(cleared.filter(kind=kind))) for kind, facts in _facts(user, prefix).items()),
    ]


def _facts(user: User, prefix: str) -> dict[str, Q]:
    """The facts that amount to a conflict of this account, by the kind of recusal they are."""
    employers = Reviewer.objects.filter(user_id=user.pk).exclude(employer_uscc="").values("employer_uscc")
    employment = Q(**{f"{prefix}organisation__uscc__in": employers})
    organisations = [
        int(key) for key in scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES) if key.isdigit()
    ]
    if organisations:
        employment |= Q(**{f"{prefix}organisation_id__in": organisations})
    facts = {Recusal.Kind.EMPLOYMENT.value: employment}
    recommenders = [
        int(key) for key in scopes_of(user, Scope.RECOMMENDER, *RECOMMENDING_ROLES) if key.isdigit()
    ]
    if recommenders:
        facts[Recusal.Kind.RECOMMENDER.value] = Q(**{f"{prefix}recommender_id__in": recommenders})
    return facts
