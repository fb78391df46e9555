"""The panel's consensus: item by reviewer, settled by the lead, signed as the panel's report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from ground.svg import SpreadItem, spread
from ground.web import refusals_on
from scoring import services
from scoring.forms.sheets import ConsensusForm
from scoring.models import Consolidation
from scoring.permissions import is_lead
from scoring.queries.matrix import Matrix, matrix_of
from scoring.queries.score_forms import score_form
from scoring.queries.visibility import consolidations_visible_to


@require_http_methods(["GET", "HEAD", "POST"])
def consolidation(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The lead settles and signs; members, office, committee and authority read."""
    shown = get_object_or_404(consolidations_visible_to(request.user), pk=consolidation_id)
    blank = score_form(shown.application.cycle, shown.stage)
    settling = shown.state == "open" and is_lead(request.user, shown.panel)
    matrix = matrix_of(shown, blank) if shown.state != "waiting" else None
    form = ConsensusForm(request.POST or None, score_form=blank, initial=_initial(shown, matrix))
    if request.method == "POST":
        if not settling:
            raise PermissionDenied("合议和签署由评审组组长办理。")
        if form.is_valid():
            with refusals_on(form):
                return _settle(request, shown, form)
    context = {
        "consolidation": shown,
        "application": shown.application,
        "cycle": shown.application.cycle,
        "matrix": matrix,
        "form": form,
        "settling": settling,
        "rows": _rows(matrix, form) if matrix else [],
        "members": shown.panel.members.select_related("reviewer__user"),
        "chart": _chart(shown, matrix) if matrix else "",
        "limit": shown.application.cycle.edition.value("consensus_spread"),
    }
    return render(request, "scoring/consolidation.html", context, status=422 if form.errors else 200)


def _settle(request: HttpRequest, shown: Consolidation, form: ConsensusForm) -> HttpResponse:
    services.settle_items(consolidation=shown, items=form.items(), actor=request.user, now=request.now)
    if "sign" not in request.POST:
        services.save_report(consolidation=shown, **form.texts(), actor=request.user, now=request.now)
        messages.success(request, "合议结果已保存。")
        return redirect("scoring:consolidation", consolidation_id=shown.pk)
    services.sign_consolidation(consolidation=shown, **form.texts(), actor=request.user, now=request.now)
    messages.success(request, "评审报告已签署。")
    return redirect("scoring:consolidation", consolidation_id=shown.pk)


def _initial(shown: Consolidation, matrix: Matrix | None) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "strengths": shown.strengths or _gathered(matrix, "strengths"),
        "opportunities": shown.opportunities or _gathered(matrix, "opportunities"),
        "conclusion": shown.conclusion,
    }
    for row in matrix.rows if matrix else ():
        initial[f"percent-{row.line.code}"] = row.settled.percent if row.settled else row.suggested
        initial[f"note-{row.line.code}"] = row.settled.note if row.settled else ""
    return initial


def _gathered(matrix: Matrix | None, name: str) -> str:
    """The comments of all sheets, each once, item by item: what the lead starts from."""
    lines = []
    for row in matrix.rows if matrix else ():
        words = dict.fromkeys(
            text for cell in row.cells if cell is not None and (text := getattr(cell, name).strip())
        )
        if words:
            lines.append(f"{row.line.title}：{'；'.join(words)}")
    return "\n".join(lines)[:4000]


def _rows(matrix: Matrix, form: ConsensusForm) -> list[dict[str, Any]]:
    return [
        {"row": row, "percent": form[f"percent-{row.line.code}"], "note": form[f"note-{row.line.code}"]}
        for row in matrix.rows
    ]


def _chart(shown: Consolidation, matrix: Matrix) -> str:
    names = [sheet.reviewer.user.name for sheet in matrix.sheets]
    items = [
        SpreadItem(
            label=row.line.title,
            scores=[
                (name, cell.percent)
                for name, cell in zip(names, row.cells, strict=True)
                if cell is not None and cell.percent is not None
            ],
            consensus=row.settled.percent if row.settled else None,
        )
        for row in matrix.rows
    ]
    limit = int(shown.application.cycle.edition.value("consensus_spread"))
    return spread(items, title="各评分项的评分分布", wide=limit)
