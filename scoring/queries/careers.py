"""A reviewer's particulars as pages show them: each section with its rows, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet, Sum

from applications.industry import SECTIONS
from scoring.models import Consultancy, FamilyInterest, Post, Reviewer, Training, Unavailability


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
