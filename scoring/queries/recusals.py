"""What a report says about the recusal of those whose sheets it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from scoring.models import Consolidation, Recusal, RecusalDeclaration, Reviewer, Sheet


@dataclass(frozen=True)
class NotClear:
    """Somebody who is recused from the applicant since `at`, or (None) has no declaration on record.

    `after`: only after the report was signed.
    """

    reviewer: Reviewer
    at: datetime | None
    after: bool


def with_recusal(sheets: QuerySet[Sheet]) -> QuerySet[Sheet]:
    """`sheets`, each with `cleared` (declared to be without conflict) and `recused_at` (None: not recused)."""
    own = {"reviewer": OuterRef("reviewer_id"), "application": OuterRef("application_id")}
    recusals = Recusal.objects.filter(**own, dismissed_at=None).order_by("-recorded_at", "-pk")
    return sheets.annotate(
        cleared=Exists(RecusalDeclaration.objects.filter(**own, conflict=False)),
        recused_at=Subquery(recusals.values("recorded_at")[:1]),
    )


def not_clear(report: Consolidation, sheets: Iterable[Sheet]) -> list[NotClear]:
    """Who of those behind `sheets` (`with_recusal`) is recused or has not declared to be without conflict."""
    found = []
    for sheet in sheets:
        at: datetime | None = sheet.recused_at  # type: ignore[attr-defined]
        if at is not None or not sheet.cleared:  # type: ignore[attr-defined]
            after = at is not None and report.signed_at is not None and at >= report.signed_at
            found.append(NotClear(sheet.reviewer, at, after))
    return found
