"""What an applicant may read of its own assessment after the announcement: never names, sheets or other applicants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from applications.models import Application
from applications.queries import own_applications
from awards.law.editions import Edition
from scoring.models import Consolidation, Stage

PARAMETER = "feedback_to_applicants"


@dataclass(frozen=True)
class StageFeedback:
    """What the panel concluded in one stage; `score` is None where the edition keeps scores back."""

    stage: str
    label: str
    score: Decimal | None
    strengths: str
    opportunities: str


def applications_with_feedback(user: object) -> QuerySet[Application]:
    """The user's own files whose year has been announced."""
    return own_applications(user).filter(cycle__state="announced")


def feedback_kind(edition: Edition) -> str:
    """What the edition gives: "none", "report" (strengths and opportunities) or "scores" (with the stage scores)."""
    return str(edition.value(PARAMETER)) if edition.has(PARAMETER) else "none"


def feedback_of(application: Application) -> tuple[StageFeedback, ...]:
    """The signed conclusions on this file in the order of the stages, as far as the edition gives them."""
    kind = feedback_kind(application.cycle.edition)
    if kind == "none":
        return ()
    rows = Consolidation.objects.filter(application=application, state="signed")
    by_stage = {row.stage: row for row in rows}
    return tuple(
        StageFeedback(
            stage,
            label,
            by_stage[stage].score if kind == "scores" else None,
            by_stage[stage].strengths,
            by_stage[stage].opportunities,
        )
        for stage, label in Stage.choices
        if stage in by_stage
    )
