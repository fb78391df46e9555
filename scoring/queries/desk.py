"""What a reviewer finds on their desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from applications.models import Application
from scoring.models import Consolidation, RecusalDeclaration, Reviewer, Sheet, Stage
from scoring.queries.benches import due_of
from scoring.queries.conflicts import without_conflict
from scoring.queries.score_forms import score_form
from scoring.queries.visibility import assignments_of


def declarations(reviewer: Reviewer) -> list[Application]:
    """The applicants this reviewer is seated for, each with `declared`; those they are recused from left out."""
    made = RecusalDeclaration.objects.filter(reviewer=reviewer, application=OuterRef("pk"))
    return list(assignments_of(reviewer.user).annotate(declared=Exists(made)).order_by("declared", "number"))


def undeclared(reviewer: Reviewer) -> list[Application]:
    made = RecusalDeclaration.objects.filter(reviewer=reviewer).values("application_id")
    return list(assignments_of(reviewer.user).exclude(pk__in=made).order_by("number"))


def sheet_queue(reviewer: Reviewer) -> list[dict[str, Any]]:
    """My live sheets, open ones first by due time: sheet, done and total items, due time, declared."""
    made = RecusalDeclaration.objects.filter(reviewer=reviewer, application=OuterRef("application_id"))
    sheets = (
        without_conflict(
            Sheet.objects.filter(reviewer=reviewer, state__in=("draft", "sealed")), reviewer.user
        )
        .select_related(
            "application__organisation",
            "application__cycle__scheme",
            "application__cycle__edition_record",
            "panel",
        )
        .prefetch_related("application__cycle__milestones")
        .annotate(done=Count("items", filter=Q(items__percent__isnull=False)), declared=Exists(made))
        .order_by("-opened_at", "application__number")
    )
    sizes: dict[tuple[int, str], int] = {}
    rows = []
    for sheet in sheets:
        key = (sheet.application.cycle_id, sheet.stage)
        if key not in sizes:
            sizes[key] = len(score_form(sheet.application.cycle, sheet.stage).lines)
        due = due_of(sheet.application.cycle, sheet.stage)
        rows.append({"sheet": sheet, "done": sheet.done, "total": sizes[key], "due": due})
    return sorted(rows, key=lambda row: (row["sheet"].state != "draft", row["due"] is None, row["due"]))


def led_consolidations(reviewer: Reviewer) -> list[Consolidation]:
    """The consolidations of panels I lead or sit in, open ones first."""
    rows = Consolidation.objects.filter(
        panel__members__reviewer=reviewer, state__in=("open", "signed"), stage__in=Stage.values
    ).select_related("panel", "application__organisation", "application__cycle__scheme")
    mine = Exists(
        Sheet.objects.filter(
            reviewer=reviewer,
            state="sealed",
            application_id=OuterRef("application_id"),
            stage=OuterRef("stage"),
        )
    )
    leads = Count("panel__members", filter=Q(panel__members__reviewer=reviewer, panel__members__lead=True))
    found = without_conflict(rows, reviewer.user).filter(mine).annotate(leads=leads)
    return list(found.order_by("state", "application__number", "stage"))
