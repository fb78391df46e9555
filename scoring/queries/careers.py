"""A reviewer's particulars as pages show them: each section with its rows, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet, Sum, prefetch_related_objects

from applications.industry import SECTIONS
from scoring.models import Consultancy, FamilyInterest, Post, Reviewer, Training, Unavailability
from scoring.rules.pool_careers import SECTIONS as PAGES

# The pages of a workbook of reviewers (rules.pool_careers) → where a reviewer has those rows.
RELATED = {
    "posts": "posts",
    "services": "consultancies",
    "training": "trainings",
    "family": "family_interests",
    "absences": "absences",
}


@dataclass(frozen=True)
class Career:
    """All that is known of a reviewer beside the entry. Each row of `training` comes with whether it is valid."""

    posts: list[Post]
    services: list[Consultancy]
    training: list[tuple[Training, bool]]
    family: list[FamilyInterest]
    absences: list[Unavailability]
    industries: tuple[str, ...]


def career_of(reviewer: Reviewer, *, on: date) -> Career:
    """Five queries, whatever the number of rows."""
    return Career(
        list(reviewer.posts.all()),
        list(reviewer.consultancies.all()),
        [(row, valid_on(row, on)) for row in reviewer.trainings.all()],
        list(reviewer.family_interests.all()),
        list(reviewer.absences.all()),
        tuple(f"{letter} {SECTIONS[letter]}" for letter in reviewer.industries if letter in SECTIONS),
    )


def written_rows(reviewers: Sequence[Reviewer]) -> dict[int, dict[str, list[tuple[int, dict[str, str]]]]]:
    """Reviewer → page → its rows as a workbook writes them, codes in place of words, each with its key. Five queries."""
    prefetch_related_objects(list(reviewers), *RELATED.values())
    return {
        one.pk: {
            page: [(row.pk, _written(page, row)) for row in getattr(one, name).all()]
            for page, name in RELATED.items()
        }
        for one in reviewers
    }


def _written(page: str, row: Model) -> dict[str, str]:
    return {name: _text(getattr(row, name)) for name in PAGES[page].columns}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def valid_on(training: Training, on: date) -> bool:
    return training.valid_until is None or training.valid_until >= on


def own_rows(model: type[Model], reviewer: Reviewer) -> QuerySet[Any]:
    return model._default_manager.filter(reviewer=reviewer)


def with_hours(rows: QuerySet[Reviewer]) -> QuerySet[Any]:
    """`rows` with the hours each has noted: `hours_sealed` and `hours_open`, None where none is noted."""
    return rows.annotate(
        hours_sealed=Sum("sheets__hours", filter=Q(sheets__state="sealed")),
        hours_open=Sum("sheets__hours", filter=Q(sheets__state="draft")),
    )
