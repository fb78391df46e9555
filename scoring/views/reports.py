"""The signed report of a panel: to read, to print, and as a document with its signatures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from audit.services import log_access
from documents import pdf
from scoring.models import Consolidation, Stage
from scoring.queries.annulled import successor_of, taken_back_by
from scoring.queries.differences import explained
from scoring.queries.documents import consolidation_digest_holds
from scoring.queries.hearing import hearing_of
from scoring.queries.matrix import Matrix, matrix_of
from scoring.queries.recusals import not_clear
from scoring.queries.references import verification_of
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.queries.visibility import annulled_visible_to, consolidations_visible_to
from scoring.views.consolidation import frame, reads_sheets


@require_safe
def report(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The report that all members have signed; single reviewers' scores are not in it.

    One that was taken back is shown as such to those who may know of it.
    """
    shown = _signed(request, consolidation_id)
    log_access(actor=request.user, action="view", subject=shown, at=request.now)
    context = _context(request, shown)
    context["reads_sheets"] = shown.state == "signed" and reads_sheets(request, shown)
    return render(request, "scoring/report.html", context)


@require_safe
def report_pdf(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The same as PDF. Each download is noted with the report's digest."""
    shown = _signed(request, consolidation_id)
    content = pdf.render("documents/panel_report.html", _context(request, shown) | {"made_at": request.now})
    log_access(
        actor=request.user,
        action="download",
        subject=shown,
        at=request.now,
        detail=f"评审报告 {shown.digest}",
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = f"report-{shown.application.number}-{shown.stage}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _signed(request: HttpRequest, consolidation_id: int) -> Consolidation:
    """A signed report in sight, which knows whether an earlier one is; else one that was taken back."""
    annulled = annulled_visible_to(request.user)
    earlier = annulled.filter(application=OuterRef("application_id"), stage=OuterRef("stage"))
    rows = consolidations_visible_to(request.user).select_related("panel__cycle")
    signed = rows.filter(pk=consolidation_id, state="signed").annotate(follows=Exists(earlier))
    return signed.first() or get_object_or_404(annulled, pk=consolidation_id)


def _context(request: HttpRequest, shown: Consolidation) -> dict[str, Any]:
    content = content_of(request, shown)
    if shown.state == "annulled":
        content |= _annulled(request, shown)
    elif shown.follows:
        content["earlier"] = annulled_visible_to(request.user).filter(
            application=shown.application_id, stage=shown.stage
        )
    return content | {
        "holds": consolidation_digest_holds(
            shown, content["matrix"], content["hearing"], content["explained"]
        )
    }


def _annulled(request: HttpRequest, shown: Consolidation) -> dict[str, Any]:
    """Why it was taken back, and where the report that follows is; each link only for whom it opens."""
    return {
        "annulled": True,
        "case": taken_back_by(shown, request.user),
        "annul_article": shown.application.cycle.edition.article("misconduct"),
        "following": successor_of(shown, request.user),
    }


def content_of(request: HttpRequest, shown: Consolidation) -> dict[str, Any]:
    """What a report says: items with their points, mean and trimmed mean beside, words, reasons and signatures.

    Of a visit also what became of the questions it went with; one taken back leaves that to the report that follows.
    """
    blank = score_form(shown.application.cycle, shown.stage)
    matrix = matrix_of(shown, blank)
    return frame(request, shown) | {
        "groups": _groups(blank, matrix),
        "matrix": matrix,
        "not_clear": not_clear(shown, matrix.sheets),
        "hearing": hearing_of(shown, blank, matrix=matrix),
        "explained": explained(
            shown, blank, {row.line.code: row.settled.percent for row in matrix.rows if row.settled}
        ),
        "full": blank.total,
        "verification": (
            verification_of(shown.application)
            if shown.stage == Stage.SITE and shown.state != "annulled"
            else None
        ),
    }


def _groups(blank: ScoreForm, matrix: Matrix) -> list[dict[str, Any]]:
    rows = {row.line.code: row for row in matrix.rows if row.settled}
    groups = []
    for group in blank.groups:
        lines = [rows[line.code] for line in group.lines if line.code in rows]
        total = sum((row.points for row in lines if row.points is not None), Decimal(0))
        groups.append({"group": group, "lines": lines, "points": total})
    return groups
