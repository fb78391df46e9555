"""The facts that `rules.conflicts` judges, for many reviewers and applicants at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import prefetch_related_objects

from accounts.models import RoleGrant
from accounts.roles import APPLICANT_ROLES, RECOMMENDING_ROLES, Scope
from applications.models import Application, OrganisationTie
from scoring.models import EarlierObjection, Reviewer
from scoring.rules.conflicts import Applicant, Body, Bond, Person
from scoring.rules.objectors import objector_marks


def persons(reviewers: Collection[Reviewer]) -> dict[int, Person]:
    """Reviewer → what is known of them. The reviewers come with their user."""
    prefetch_related_objects(list(reviewers), "posts", "consultancies", "family_interests")
    grants = RoleGrant.objects.filter(
        user_id__in=[reviewer.user_id for reviewer in reviewers],
        revoked_at=None,
        role__in=(*APPLICANT_ROLES, *RECOMMENDING_ROLES),
    )
    belongs: dict[tuple[int, str], set[str]] = defaultdict(set)
    for user_id, kind, key in grants.values_list("user_id", "scope_kind", "scope_key"):
        belongs[user_id, kind].add(key)
    objections = list(EarlierObjection.objects.values_list("organisation_id", "marks", "filed_on"))
    return {
        reviewer.pk: Person(
            posts=_posts(reviewer),
            services=tuple(
                Bond(Body(row.organisation, row.uscc), row.since, row.until, row.paid)
                for row in reviewer.consultancies.all()
            ),
            family=tuple(Body(row.organisation, row.uscc) for row in reviewer.family_interests.all()),
            organisations=frozenset(belongs[reviewer.user_id, Scope.ORGANISATION]),
            recommenders=frozenset(belongs[reviewer.user_id, Scope.RECOMMENDER]),
            objections=_objections(reviewer, objections),
        )
        for reviewer in reviewers
    }


def applicants_of(applications: Collection[Application]) -> dict[int, Applicant]:
    """Application → its applicant. The applications come with their organisation and recommender."""
    related: dict[int, list[Body]] = defaultdict(list)
    keys = [application.organisation_id for application in applications]
    for tie in OrganisationTie.objects.filter(organisation__in=keys):
        related[tie.organisation_id].append(Body(tie.name, tie.uscc))
    return {
        application.pk: Applicant(
            key=str(application.organisation_id),
            body=Body(application.organisation.name, application.organisation.uscc),
            related=tuple(related[application.organisation_id]),
            recommender_key=str(application.recommender_id or ""),
            recommender=Body(application.recommender.name) if application.recommender else None,
        )
        for application in applications
    }


def _posts(reviewer: Reviewer) -> tuple[Bond, ...]:
    """The posts on record, and the employer of the entry where no present post names it."""
    posts = tuple(
        Bond(Body(post.employer, post.uscc), post.since, post.until) for post in reviewer.posts.all()
    )
    employer = Body(reviewer.employer, reviewer.employer_uscc)
    if any(post.until is None and post.body.is_same(employer) for post in posts):
        return posts
    return (*posts, Bond(employer))


def _objections(
    reviewer: Reviewer, objections: Collection[tuple[int, list[str], date]]
) -> dict[str, tuple[date, ...]]:
    own = objector_marks(f"{reviewer.user.email} {reviewer.user.phone}", reviewer.user_id)
    found: dict[str, tuple[date, ...]] = {}
    for organisation_id, marks, filed_on in objections:
        if own & set(marks):
            key = str(organisation_id)
            found[key] = (*found.get(key, ()), filed_on)
    return found
