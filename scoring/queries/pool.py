"""The reviewer pool as the office searches it: load, standing, seats and conflicts in a cycle."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.models import Application
from audit.models import Entry
from audit.queries import entries_of
from awards.models import Cycle
from ground.words import containing
from scoring.models import Panel, PanelMember, Recusal, Reviewer, Sheet
from scoring.queries.benches import GONE
from scoring.queries.conflicts import conflicts_among

SORTS: Final = {
    "name": "user__name",
    "kind": "kind",
    "employer": "employer",
    "open": "open_sheets",
    "sealed": "sealed_sheets",
    "load": "load",
}


@dataclass(frozen=True)
class Candidate:
    """A reviewer as the office weighs them for a panel. `conflicts`: the applicants they must stay out of."""

    reviewer: Reviewer
    conflicts: tuple[Application, ...]
    seats: tuple[PanelMember, ...] = field(default=())


def with_load(reviewers: QuerySet[Reviewer]) -> QuerySet[Reviewer]:
    """`open_sheets` waiting for the reviewer now and `sealed_sheets` ever, over all schemes."""
    own = Sheet.objects.filter(reviewer=OuterRef("pk")).order_by().values("reviewer")
    return reviewers.annotate(
        open_sheets=_number(own.filter(state="draft").exclude(application__state__in=GONE)),
        sealed_sheets=_number(own.filter(state="sealed")),
    )


def _number(grouped: QuerySet[Sheet, Any]) -> Coalesce:
    """How many there are: counted apart for each reviewer, a join would repeat what else is asked of them for every sheet."""
    return Coalesce(Subquery(grouped.annotate(number=Count("pk")).values("number")), 0)


def languages_of(reviewers: QuerySet[Reviewer]) -> list[str]:
    """The working languages noted in the pool, each once, the most common first."""
    noted = reviewers.order_by().values_list("languages", flat=True)
    found = Counter(word for text in noted for word in re.split(r"[\s、，,；;/]+", text) if word)
    return [word for word, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def pool_matching(
    reviewers: QuerySet[Reviewer],
    *,
    words: str = "",
    kind: str = "",
    industry: str = "",
    language: str = "",
    standing: str = "",
) -> QuerySet[Reviewer]:
    """`words`: of name, login, employer or qualification; `standing`: "active", "disqualified" or "" for both."""
    for word in words.split():
        reviewers = reviewers.filter(
            containing(word, "user__name", "user__username", "employer", "qualification")
        )
    if kind:
        reviewers = reviewers.filter(kind=kind)
    if industry:
        reviewers = reviewers.filter(industries__contains=industry)
    if language:
        reviewers = reviewers.filter(languages__icontains=language)
    if standing:
        reviewers = reviewers.filter(disqualified_at__isnull=standing == "active")
    return reviewers


def pool_sorted(reviewers: QuerySet[Reviewer], sort: str) -> QuerySet[Reviewer]:
    column = SORTS.get(sort.lstrip("-"), "user__name")
    return reviewers.order_by(F(column).desc() if sort.startswith("-") else F(column), "user__name", "pk")


def candidates(
    reviewers: Iterable[Reviewer],
    cycle: Cycle,
    applications: Collection[Application],
    *,
    panel: Panel | None = None,
) -> list[Candidate]:
    """Each of `reviewers` with the conflicts among `applications` and the cycle's seats outside `panel`."""
    pool = list(reviewers)
    conflicts = conflicts_among(pool, applications)
    seats: dict[int, list[PanelMember]] = defaultdict(list)
    taken = PanelMember.objects.filter(panel__cycle=cycle, reviewer__in=pool).select_related("panel")
    for member in taken.exclude(panel=panel) if panel else taken:
        seats[member.reviewer_id].append(member)
    return [
        Candidate(
            reviewer,
            tuple(row for row in applications if row.pk in conflicts[reviewer.pk]),
            tuple(seats[reviewer.pk]),
        )
        for reviewer in pool
    ]


def pool_entries(reviewer: Reviewer) -> QuerySet[Entry]:
    """What was done to the entry in the pool, oldest first."""
    return entries_of(reviewer)


def recusals_matching(
    rows: QuerySet[Recusal], *, q: str = "", source: str = "", standing: str = ""
) -> QuerySet[Recusal]:
    """`standing`: "live", "dismissed" or "" for both. The newest first."""
    if q:
        rows = rows.filter(containing(q, "reviewer__user__name", "application__organisation__name"))
    if source:
        rows = rows.filter(source=source)
    if standing:
        rows = rows.filter(dismissed_at__isnull=standing == "live")
    return rows.order_by("-recorded_at", "-pk")
