"""The panel's consensus: item by reviewer, settled by the lead, signed as the panel's report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import log_access
from ground.errors import Refused
from ground.svg import SpreadItem, spread
from ground.web import refusals_on
from scoring import services
from scoring.forms.consolidation import ConsensusForm, SignForm
from scoring.forms.sheets import refusals_at
from scoring.models import Consolidation
from scoring.permissions import is_lead
from scoring.queries.benches import LIVE
from scoring.queries.desk import sealed_of
from scoring.queries.documents import consolidation_digest_holds
from scoring.queries.matrix import Matrix, matrix_of
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.queries.visibility import consolidations_visible_to, sheets_visible_to
from scoring.rules import points
from scoring.services.consolidation import settlement_faults
from scoring.services.differences import difference_faults
from scoring.views.results import layout_for

METHODS = {
    "consensus": "组长主持合议确定的各项结果之和",
    "mean": "各评审员总分的平均值",
    "trimmed_mean": "各评审员总分去掉一个最高、一个最低后的平均值",
}


def _consolidation(request: HttpRequest, consolidation_id: int) -> Consolidation:
    rows = consolidations_visible_to(request.user).select_related("panel__cycle")
    return get_object_or_404(rows, pk=consolidation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def consolidation(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The lead settles; the members, and afterwards the office, read. Who may not read the sheets gets the report."""
    shown = _consolidation(request, consolidation_id)
    settling = shown.state == "open" and is_lead(request.user, shown.panel)
    if request.method == "POST" and not settling:
        raise PermissionDenied("合议和签署由评审组组长办理。")
    if not _reads_sheets(request, shown):
        return redirect("scoring:report", consolidation_id=shown.pk)
    if shown.state == "waiting":
        return render(request, "scoring/consolidation.html", _frame(request, shown) | sealed_of(shown))
    blank = score_form(shown.application.cycle, shown.stage)
    matrix = matrix_of(shown, blank)
    form = ConsensusForm(
        request.POST if request.method == "POST" else None,
        score_form=blank,
        initial=_initial(shown, matrix),
        auto_id="f-%s",
        signing="sign" in request.POST,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_at(form, "note"):
            services.settle_items(
                consolidation=shown, items=form.items(), actor=request.user, now=request.now
            )
            services.save_report(consolidation=shown, **form.texts(), actor=request.user, now=request.now)
            if "sign" in request.POST:
                return redirect("scoring:sign_consolidation", consolidation_id=shown.pk)
            messages.success(request, "合议结果已保存。")
            return redirect("scoring:consolidation", consolidation_id=shown.pk)
    context = _frame(request, shown) | _table(shown, matrix, form) | {"form": form, "settling": settling}
    return render(request, "scoring/consolidation.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_consolidation(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """What is still missing, the stage score and the consequences; then the lead signs."""
    shown = _consolidation(request, consolidation_id)
    if not is_lead(request.user, shown.panel):
        raise PermissionDenied("合议和签署由评审组组长办理。")
    if shown.state == "signed" and request.method != "POST":
        return redirect("scoring:report", consolidation_id=shown.pk)
    if shown.state != "open":
        raise Refused("not_open", "合议尚未开始或报告已经签署，不能再改。")
    form = SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.sign_consolidation(
                consolidation=shown,
                strengths=shown.strengths,
                opportunities=shown.opportunities,
                conclusion=shown.conclusion,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "评审报告已签署。")
            return redirect("scoring:report", consolidation_id=shown.pk)
    blank = score_form(shown.application.cycle, shown.stage)
    matrix = matrix_of(shown, blank)
    settled = {row.line.code: row.settled for row in matrix.rows if row.settled}
    context = _frame(request, shown) | {
        "form": form,
        "matrix": matrix,
        "faults": [*settlement_faults(shown, blank, settled), *difference_faults(shown, blank)],
        "score": _score(shown, matrix),
        "full": blank.total,
    }
    return render(request, "scoring/sign_consolidation.html", context, status=422 if form.errors else 200)


@require_safe
def report(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The signed report, to read and to print; single reviewers' scores are not in it."""
    shown = _consolidation(request, consolidation_id)
    if shown.state != "signed":
        raise Http404
    blank = score_form(shown.application.cycle, shown.stage)
    log_access(actor=request.user, action="view", subject=shown, at=request.now)
    sheets = shown.application.sheets.filter(stage=shown.stage, state="sealed")
    context = _frame(request, shown) | {
        "groups": _settled(shown, blank),
        "sheets": sheets.select_related("reviewer__user").order_by("id"),
        "full": blank.total,
        "holds": consolidation_digest_holds(shown),
        "reads_sheets": _reads_sheets(request, shown),
    }
    return render(request, "scoring/report.html", context)


def _reads_sheets(request: HttpRequest, shown: Consolidation) -> bool:
    """Whether the single sheets are open to the reader: not to the committee and the authority."""
    rows = sheets_visible_to(request.user)
    return rows.filter(application=shown.application_id, stage=shown.stage, state__in=LIVE).exists()


def _frame(request: HttpRequest, shown: Consolidation) -> dict[str, Any]:
    cycle = shown.application.cycle
    return {
        "consolidation": shown,
        "application": shown.application,
        "cycle": cycle,
        "members": shown.panel.members.select_related("reviewer__user"),
        "way_of_scoring": METHODS.get(shown.method or cycle.edition.value("stage_score_method"), ""),
        "way_article": cycle.edition.article("stage_score_method"),
        "layout": layout_for(request, cycle),
    }


def _table(shown: Consolidation, matrix: Matrix, form: ConsensusForm) -> dict[str, Any]:
    names = [sheet.reviewer.user.name for sheet in matrix.sheets]
    limit = int(shown.application.cycle.edition.value("consensus_spread"))
    return {
        "matrix": matrix,
        "rows": [
            {
                "row": row,
                "percent": form[f"percent-{row.line.code}"],
                "note": form[f"note-{row.line.code}"],
                "cells": list(zip(names, row.cells, strict=True)),
                "comments": [
                    (name, cell)
                    for name, cell in zip(names, row.cells, strict=True)
                    if cell is not None and (cell.strengths or cell.opportunities)
                ],
            }
            for row in matrix.rows
        ],
        "chart": _chart(matrix, names, limit),
        "limit": limit,
        "limit_article": shown.application.cycle.edition.article("consensus_spread"),
    }


def _initial(shown: Consolidation, matrix: Matrix) -> dict[str, Any]:
    """What is settled, else the median; the texts as kept, else gathered from the sheets."""
    initial: dict[str, Any] = {
        "strengths": shown.strengths or _gathered(matrix, "strengths"),
        "opportunities": shown.opportunities or _gathered(matrix, "opportunities"),
        "conclusion": shown.conclusion or _overall(matrix),
    }
    for row in matrix.rows:
        initial[f"percent-{row.line.code}"] = row.settled.percent if row.settled else row.suggested
        initial[f"note-{row.line.code}"] = row.settled.note if row.settled else ""
    return initial


def _gathered(matrix: Matrix, name: str) -> str:
    """The comments of all sheets, each once, item by item: what the lead starts from."""
    lines = []
    for row in matrix.rows:
        words = dict.fromkeys(
            text for cell in row.cells if cell is not None and (text := getattr(cell, name).strip())
        )
        if words:
            lines.append(f"{row.line.title}：{'；'.join(words)}")
    return "\n".join(lines)


def _overall(matrix: Matrix) -> str:
    return "\n".join(dict.fromkeys(text for sheet in matrix.sheets if (text := sheet.overall.strip())))


def _score(shown: Consolidation, matrix: Matrix) -> Any:
    return points.stage_total(shown.application.cycle.edition, matrix.totals, matrix.consensus)


def _settled(shown: Consolidation, blank: ScoreForm) -> list[dict[str, Any]]:
    rows = {row.item: row for row in shown.items.all()}
    groups = []
    for group in blank.groups:
        lines = [
            {
                "line": line,
                "row": rows[line.code],
                "points": points.item_points(rows[line.code].percent, line.points),
            }
            for line in group.lines
            if line.code in rows
        ]
        groups.append({"group": group, "lines": lines, "points": sum(entry["points"] for entry in lines)})
    return groups


def _chart(matrix: Matrix, names: list[str], limit: int) -> SafeString:
    items = [
        SpreadItem(
            label=row.line.title if row.line.kind == "rubric" else f"{row.line.code} {row.line.title}",
            scores=[
                (name, cell.percent)
                for name, cell in zip(names, row.cells, strict=True)
                if cell is not None and cell.percent is not None
            ],
            consensus=row.settled.percent if row.settled else None,
        )
        for row in matrix.rows
    ]
    return spread(items, title="各评分项的评分分布", wide=limit + 1)
