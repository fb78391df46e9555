"""The page on even scoring (评分公正性): for the head of the office and the supervisor, after sealing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.services import log_access
from awards.models import Cycle
from ground.svg import ReviewerRow, ScatterPoint, SpreadItem, reviewer_load, scatter, spread
from ground.web import page_of
from scoring.models import Panel, Stage
from scoring.queries import fairness as queries
from scoring.queries.fairness import Scored
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.rules import fairness as rules
from scoring.rules.fairness import Mark, Normalised, Outlier, ReviewerFigures, Total
from scoring.views.panels import cycle_of

# The pictures stay readable; the tables have everybody.
MOST_ROWS, MOST_POINTS, PER_PAGE = 40, 300, 50


@dataclass(frozen=True)
class Evened:
    """A file's line in the table of normalisation."""

    name: str
    number: str
    raw: float
    raw_rank: int
    evened: float
    evened_rank: int

    @property
    def moved(self) -> float:
        return self.evened - self.raw

    @property
    def places(self) -> int:
        """How many places it would rise (above 0) or fall."""
        return self.raw_rank - self.evened_rank


@require_safe
def fairness(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Spread, leniency, consistency, outliers, agreement of stages; normalisation beside, never in place of the scores."""
    cycle = cycle_of(request, cycle_id)
    if not queries.may_see_fairness(request.user, cycle):
        raise PermissionDenied("评分公正性由评定办主任和监督人员查看。")
    stages = queries.sealed_stages(cycle)
    context: dict[str, Any] = {
        "cycle": cycle,
        "stages": stages,
        "waiting": [stage for stage in Stage if stage not in stages],
        "applied": _applied(cycle),
        "applied_article": cycle.edition.article("normalisation") if _applied(cycle) else "",
    }
    if stages:
        stage = _chosen_stage(request, stages)
        scored = queries.scored_sheets(cycle, stages, request.user)
        context |= _stage_context(request, cycle, stage, [row for row in scored if row.stage == stage])
        context["agreements"] = _agreements(scored, stages)
        log_access(
            actor=request.user, action="view", subject=cycle, at=request.now, detail=f"fairness {stage}"
        )
    return render(request, "scoring/fairness.html", context)


def _stage_context(
    request: HttpRequest, cycle: Cycle, stage: Stage, scored: Sequence[Scored]
) -> dict[str, Any]:
    panels = queries.panels_of_stage(cycle, stage)
    chosen = _chosen_panel(request, panels)
    sheets = queries.sheets_of_stage(
        cycle, stage, request.user, Panel(pk=chosen) if chosen is not None else None
    )
    rows = [row for row in scored if chosen is None or row.panel == chosen]
    marks, totals = queries.marks_of(sheets), [row.total for row in rows]
    names = {row.total.reviewer: row.reviewer for row in rows}
    files = {row.total.file: row.filed for row in rows}
    form, limit = score_form(cycle, stage), int(cycle.edition.value("consensus_spread"))
    figures = rules.reviewer_figures(marks)
    spreads = rules.item_spreads(marks, limit)
    one_panel = chosen is not None or len(panels) == 1
    who = _by_reviewer(names) if one_panel else _by_panel(panels, rows)
    return {
        "stage": stage,
        "panels": panels.items(),
        "chosen": chosen,
        "sheets": len(totals),
        "limit": limit,
        "spread_chart": _spread_chart(form, marks, who, limit, one_panel),
        "spreads": [(line.title, spreads[line.code]) for line in form.lines if line.code in spreads],
        "leniency_chart": _leniency_chart(figures, names),
        "figures": sorted(
            ((names[key], row) for key, row in figures.items()),
            key=lambda pair: (-abs(pair[1].leniency or 0), pair[0]),
        ),
        "outliers": [_outlier(row, names, files) for row in rules.outliers(totals)],
        "page": page_of(request, _evened(totals, files, form.total), PER_PAGE),
        "fewest": rules.FEWEST_FILES,
    }


def _applied(cycle: Cycle) -> bool:
    return cycle.edition.has("normalisation") and cycle.edition.value("normalisation") != "none"


def _chosen_stage(request: HttpRequest, stages: Sequence[Stage]) -> Stage:
    given = request.GET.get("stage", "")
    return next((stage for stage in stages if stage == given), stages[0])


def _chosen_panel(request: HttpRequest, panels: Mapping[int, str]) -> int | None:
    given = request.GET.get("panel", "")
    return next((key for key in panels if str(key) == given), None)


def _by_reviewer(names: Mapping[int, str]) -> Any:
    return lambda mark: names.get(mark.reviewer, "")


def _by_panel(panels: Mapping[int, str], rows: Sequence[Scored]) -> Any:
    seats = {(row.total.file, row.total.reviewer): panels.get(row.panel, "") for row in rows}
    return lambda mark: seats.get((mark.file, mark.reviewer), "")


def _spread_chart(form: ScoreForm, marks: Sequence[Mark], who: Any, limit: int, one_panel: bool) -> str:
    """A dot for each reviewer of one panel, or for each panel of several: its mean percentage of the item."""
    given: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for mark in marks:
        given[mark.item][who(mark)].append(mark.percent)
    items = [
        SpreadItem(
            line.title,
            [(name, round(fmean(found))) for name, found in sorted(given[line.code].items())],
        )
        for line in form.lines
    ]
    title = "各评分项：每位评审员的平均百分比" if one_panel else "各评分项：每个评审组的平均百分比"
    return spread(items, title=title, wide=limit, dot="评审员" if one_panel else "评审组")


def _leniency_chart(figures: Mapping[int, ReviewerFigures], names: Mapping[int, str]) -> str:
    rows = sorted(figures.items(), key=lambda pair: (-abs(pair[1].leniency or 0), names[pair[0]]))[:MOST_ROWS]
    return reviewer_load(
        [
            ReviewerRow(
                names[key],
                row.files,
                row.files,
                None if row.leniency is None else rules.decimal_of(round(row.leniency, 1) + 0.0),
            )
            for key, row in rows
        ],
        title="评审员的宽严",
    )


def _outlier(row: Outlier, names: Mapping[int, str], files: Mapping[int, queries.Filed]) -> dict[str, Any]:
    return {
        "reviewer": names[row.reviewer],
        "file": files[row.file],
        "total": row.total,
        "others": row.others,
        "score": row.score,
    }


def _evened(totals: Sequence[Total], files: Mapping[int, queries.Filed], scale: int) -> list[Evened]:
    rows: dict[int, Normalised] = rules.normalised(totals, scale=float(scale))
    raw = rules.ranks_of({file: row.raw for file, row in rows.items()})
    evened = rules.ranks_of({file: row.evened for file, row in rows.items()})
    found = [
        Evened(files[key].name, files[key].number, row.raw, raw[key], row.evened, evened[key])
        for key, row in rows.items()
    ]
    return sorted(found, key=lambda row: (row.raw_rank, row.number))


def _agreements(scored: Sequence[Scored], stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """Each pair of sealed stages: coefficients and the picture."""
    means = {
        stage: rules.means_by_file([row.total for row in scored if row.stage == stage]) for stage in stages
    }
    files = {row.total.file: row.filed for row in scored}
    made = []
    for first, second in combinations(stages, 2):
        row = rules.agreement(means[first], means[second])
        points = [ScatterPoint(files[file].name, x, y) for file, x, y in row.pairs[:MOST_POINTS]]
        words = f"共 {len(row.pairs)} 家。" + (
            "家数太少，不计算相关系数。" if row.linear is None else f"线性相关系数 {row.linear:.2f}。"
        )
        chart = scatter(
            points, across=first.label, up=second.label, title=f"{first.label}与{second.label}",
            words=words, key=f"scatter-{first}-{second}",
        )  # fmt: skip
        made.append({"title": f"{first.label}与{second.label}", "row": row, "chart": chart})
    return made
