"""The panel's consensus: item by reviewer, settled by the lead, signed as the panel's report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from ground.svg import SpreadItem, spread
from ground.web import posted
from scoring import services
from scoring.forms.consolidation import ConsensusForm
from scoring.forms.sheets import TEXTS, refusals_at
from scoring.models import Consolidation, Panel, PanelMember, Sheet, SheetItem
from scoring.permissions import NO_LEAD, require_lead
from scoring.queries.benches import LIVE
from scoring.queries.desk import sealed_of
from scoring.queries.earlier import BEFORE
from scoring.queries.hearing import Hearing, Member, hearing_of
from scoring.queries.matrix import Matrix, matrix_of
from scoring.queries.score_forms import RUBRIC, ScoreForm, score_form
from scoring.queries.visibility import (
    annulled_visible_to,
    consolidations_visible_to,
    files_open_to,
    sheets_visible_to,
)
from scoring.views.files import places_from_outside, references_in
from scoring.views.results import layout_for

FAR_APART = "相差较大的项目写明合议理由，保存后请成员表示意见。"
MEMBER_WAITS = "组长正在确定各项结果。有差异较大的项目，会请您表示意见；组长签署报告后，再请您会签。"
METHODS = {
    "consensus": "组长主持合议确定的各项结果之和",
    "mean": "各评审员总分的平均值",
    "trimmed_mean": "各评审员总分去掉一个最高、一个最低后的平均值",
}


def _rows(request: HttpRequest) -> QuerySet[Consolidation]:
    return consolidations_visible_to(request.user).select_related("panel__cycle")


def seats_of(panel: Panel) -> QuerySet[PanelMember]:
    """The panel's members, read once for a request."""
    seats = PanelMember.objects.select_related("reviewer__user")
    prefetch_related_objects([panel], Prefetch("members", seats))
    return panel.members.all()


@require_http_methods(["GET", "HEAD", "POST"])
def consolidation(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The lead settles; the members, and afterwards the office, read. Who may not read the sheets gets the report."""
    shown = _rows(request).filter(pk=consolidation_id).first()
    if shown is None:
        annulled = get_object_or_404(annulled_visible_to(request.user), pk=consolidation_id)
        return redirect("scoring:report", consolidation_id=annulled.pk)
    led_by = {
        seat.reviewer.user_id
        for seat in seats_of(shown.panel)
        if seat.lead and seat.reviewer.disqualified_at is None
    }
    leads = request.user.pk in led_by
    settling = shown.state == "open" and leads
    if request.method == "POST" and not settling:
        require_lead(request.user, shown.panel)
        raise PermissionDenied("合议已经结束，不能再改。")
    if shown.state == "waiting":
        if not reads_sheets(request, shown):
            raise Http404
        return render(request, "scoring/consolidation.html", frame(request, shown) | sealed_of(shown))
    blank = score_form(shown.application.cycle, shown.stage)
    matrix = matrix_of(shown, blank)
    own = _own(request, matrix)
    if own is None and not reads_sheets(request, shown):
        return redirect("scoring:report", consolidation_id=shown.pk)
    form = ConsensusForm(
        posted(request),
        score_form=blank,
        initial=_initial(shown, matrix, blank),
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
            messages.success(request, _saved(shown, blank))
            return redirect("scoring:consolidation", consolidation_id=shown.pk)
    hearing = hearing_of(shown, blank, matrix=matrix)
    me = hearing.member(request.user)
    places = _places(request, shown, own)
    context = frame(request, shown) | _table(shown, matrix, form, hearing, places)
    if shown.state == "signed":
        context["members"] = hearing.members
    context |= {
        "form": form,
        "settling": settling,
        "leaderless": "" if led_by or shown.state == "signed" else NO_LEAD,
        "hearing": hearing,
        "docked": bool(places),
        "step": _step(shown, matrix, hearing, leads, me) if led_by and shown.state == "open" else None,
        "asked": hearing.asked_of(me) if shown.state == "open" and led_by else (),
        "to_sign": shown.state == "signing" and bool(led_by) and me in hearing.unsigned,
        "leads": shown.state == "signing" and leads,
    }
    return render(request, "scoring/consolidation.html", context, status=422 if form.errors else 200)


def _step(
    shown: Consolidation, matrix: Matrix, hearing: Hearing, leads: bool, me: Member | None
) -> dict[str, str] | None:
    """What the reader does next while the panel settles, or whom it waits for; None for who only reads."""
    silent = "、".join(member.reviewer.user.name for member in hearing.silent) if hearing.settled else ""
    if leads and (matrix.settled < len(matrix.rows) or not hearing.settled):
        return {
            "title": "下一步：确定各项合议结果",
            "words": "结果先按中位数填好，请逐项核对后保存。" + (FAR_APART if matrix.wide else ""),
            "href": "#settle",
            "label": "逐项核对",
        }
    if leads and silent:
        return {
            "title": "等待成员表示意见",
            "words": f"还等{silent}对差异较大的项目表示意见。到齐以后给您发消息，再签署报告。",
        }
    if leads:
        spoken = "差异较大的各项，成员都已表示意见。" if hearing.items else ""
        compare = "与材料评审相差较大的项目，先在“与材料评审对照”写明理由。" if shown.stage in BEFORE else ""
        return {
            "title": "下一步：签署评审报告",
            "words": f"{spoken}{compare}报告写好并保存后，核对签署。",
            "href": reverse("scoring:sign_consolidation", args=[shown.pk]),
            "label": "核对并签署",
        }
    if me is None or hearing.asked_of(me):
        return None
    spoken = bool(hearing.items) and hearing.settled and matrix.settled == len(matrix.rows)
    waits = f"还等{silent}表示意见，随后" if silent else "随后"
    return {
        "title": "等待组长签署报告",
        "words": f"您的意见已登记，{waits}由组长签署报告，再请您会签。" if spoken else MEMBER_WAITS,
    }


def reads_sheets(request: HttpRequest, shown: Consolidation) -> bool:
    """Whether the single sheets are open to the reader: not to the committee and the authority."""
    rows = sheets_visible_to(request.user)
    return rows.filter(application=shown.application_id, stage=shown.stage, state__in=LIVE).exists()


def frame(request: HttpRequest, shown: Consolidation) -> dict[str, Any]:
    cycle = shown.application.cycle
    return {
        "consolidation": shown,
        "application": shown.application,
        "cycle": cycle,
        "members": lambda: _scoring(shown),
        "way_of_scoring": METHODS.get(shown.method or cycle.edition.value("stage_score_method"), ""),
        "way_article": cycle.edition.article("stage_score_method"),
        "layout": layout_for(request, cycle),
    }


def _scoring(shown: Consolidation) -> list[PanelMember]:
    """Of the panel's members those who score this applicant in this stage."""
    sheets = Sheet.objects.filter(application=shown.application_id, stage=shown.stage, state__in=LIVE)
    at_work = set(sheets.values_list("reviewer_id", flat=True))
    return [seat for seat in seats_of(shown.panel) if seat.reviewer_id in at_work]


def _own(request: HttpRequest, matrix: Matrix) -> Sheet | None:
    """The reader's own sheet among those that count: whoever has one reads them all."""
    mine = (sheet for sheet in matrix.sheets if sheet.reviewer.user_id == request.user.pk)
    return next((sheet for sheet in mine if sheet.reviewer.disqualified_at is None), None)


def _places(request: HttpRequest, shown: Consolidation, own: Sheet | None) -> dict[str, Any]:
    """Where the places are found that the members name; empty for whom the file isn't open."""
    if own is None:
        return {}
    files = files_open_to(request.user).select_related("self_assessment")
    application = files.filter(pk=shown.application_id).first()
    return places_from_outside(application, own.get_absolute_url()) if application else {}


def _table(
    shown: Consolidation,
    matrix: Matrix,
    form: ConsensusForm,
    hearing: Hearing,
    places: dict[str, Any],
) -> dict[str, Any]:
    names = [sheet.reviewer.user.name for sheet in matrix.sheets]
    words = {item.line.code: item.words for item in hearing.items}
    limit = int(shown.application.cycle.edition.value("consensus_spread"))
    return {
        "matrix": matrix,
        "rows": [
            {
                "row": row,
                "words": words.get(row.line.code, ()),
                "percent": form[f"percent-{row.line.code}"],
                "note": form[f"note-{row.line.code}"],
                "cells": list(zip(names, row.cells, strict=True)),
                "comments": [
                    (name, said)
                    for name, cell in zip(names, row.cells, strict=True)
                    if cell is not None and (said := _said(cell, places))
                ],
            }
            for row in matrix.rows
        ],
        "chart": _chart(matrix, names, limit),
        "limit": limit,
        "limit_article": shown.application.cycle.edition.article("consensus_spread"),
    }


def _said(cell: SheetItem, places: dict[str, Any]) -> list[dict[str, Any]]:
    """What a member wrote to an item, under its label, in the order of the sheet; places as links where they open."""
    return [
        {
            "label": label,
            "text": text,
            "references": references_in(places, text) if places and name == "evidence" else (),
        }
        for name, label in TEXTS.items()
        if (text := getattr(cell, name).strip())
    ]


def _initial(shown: Consolidation, matrix: Matrix, blank: ScoreForm) -> dict[str, Any]:
    """What is settled, else the median; the texts as kept, else gathered from the sheets."""
    initial: dict[str, Any] = {
        "strengths": shown.strengths or _gathered(matrix, blank, "strengths"),
        "opportunities": shown.opportunities or _gathered(matrix, blank, "opportunities"),
        "conclusion": shown.conclusion or _overall(matrix),
    }
    for row in matrix.rows:
        initial[f"percent-{row.line.code}"] = row.settled.percent if row.settled else row.suggested
        initial[f"note-{row.line.code}"] = row.settled.note if row.settled else ""
    return initial


def _saved(shown: Consolidation, blank: ScoreForm) -> str:
    silent = hearing_of(shown, blank).silent
    asked = f"已请{'、'.join(member.reviewer.user.name for member in silent)}对差异较大的项目表示意见。"
    return f"合议结果已保存。{asked if silent else ''}"


def _gathered(matrix: Matrix, blank: ScoreForm, name: str) -> str:
    """The comments of all sheets, each once, by group and item: what the lead starts from."""
    rows, lines = {row.line.code: row for row in matrix.rows}, []
    for group in blank.groups:
        found = []
        for line in group.lines:
            words = dict.fromkeys(
                text
                for cell in rows[line.code].cells
                if cell is not None and (text := getattr(cell, name).strip())
            )
            if words:
                found.append(f"{line.title}：{'；'.join(words)}")
        if found and group.kind != RUBRIC:
            lines.append(f"【{group.title}】")
        lines += found
    return "\n".join(lines)


def _overall(matrix: Matrix) -> str:
    return "\n".join(dict.fromkeys(text for sheet in matrix.sheets if (text := sheet.overall.strip())))


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
