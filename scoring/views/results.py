"""Pages from the shortlist to the ranking."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import has_role, require_role
from accounts.roles import OFFICE_ROLES, Role
from awards.models import Cycle
from ground.svg import Candidate, Threshold, composite_chart
from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.results import ShortlistForm
from scoring.models import Ranking, Stage
from scoring.queries import results

RANKED_A_PAGE = 1000
# As many bars as the chart draws; a ranking of no more also shows the input of its recomputation in the page.
CHARTED = 40


def _cycle(request: HttpRequest, cycle_id: int) -> Cycle:
    return get_object_or_404(results.result_cycles_visible_to(request.user), pk=cycle_id)


def layout_for(request: HttpRequest, cycle: Cycle) -> str:
    """The office and the supervisor have the rail of stages, committee and authority a plain page."""
    official = has_role(request.user, *OFFICE_ROLES, Role.SUPERVISOR, **cycle.scopes())
    return "base_office.html" if official else "base.html"


def shortlist(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The office decides on the material reports who goes on."""
    cycle = _cycle(request, cycle_id)
    require_role(request.user, *OFFICE_ROLES, Role.SUPERVISOR, **cycle.scopes())
    if request.method == "POST":
        require_role(request.user, Role.OFFICE_HEAD, **cycle.scopes())
    rows = list(results.shortlist_rows(cycle))
    form = ShortlistForm(posted(request), candidates=results.shortlist_rows(cycle).filter(state="accepted"))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.decide_shortlist(cycle=cycle, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "入围名单已确定，已通知各申报组织。")
            return redirect("scoring:shortlist", cycle_id=cycle.pk)
    context = {
        "cycle": cycle,
        "form": form,
        "rows": rows,
        "decided": getattr(cycle, "shortlist", None),
        "chosen": {int(pk) for pk in form["applications"].value() or [] if str(pk).isdigit()},
        "unsigned": [
            row for row in rows if not any(report.state == "signed" for report in row.material_reports)
        ],
        "is_head": has_role(request.user, Role.OFFICE_HEAD, **cycle.scopes()),
    }
    return render(request, "scoring/shortlist.html", context, status=422 if form.errors else 200)


@require_POST
def start_site_review(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Open presentation and site review."""
    cycle = _cycle(request, cycle_id)
    services.start_site_review(cycle=cycle, actor=request.user, now=request.now)
    messages.success(request, "已进入陈述答辩与现场评审，请组建现场评审组。")
    return redirect("scoring:panels", cycle_id=cycle.pk)


@require_safe
def ranking(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The composite ranking: what is still missing before it is frozen, the result with its reasons afterwards."""
    cycle = _cycle(request, cycle_id)
    frozen = results.ranking_of(cycle)
    context: dict[str, Any] = {
        "cycle": cycle,
        "frozen": frozen,
        "stages": Stage.choices,
        "layout": layout_for(request, cycle),
        "is_head": has_role(request.user, Role.OFFICE_HEAD, **cycle.scopes()),
    }
    if frozen and request.GET.get("input") == "json":
        return _input(cycle, frozen)
    if frozen:
        context |= _frozen_context(request, cycle, frozen)
    else:
        require_role(request.user, *OFFICE_ROLES, Role.SUPERVISOR, **cycle.scopes())
        context |= _waiting_context(cycle)
    return render(request, "scoring/ranking.html", context)


def _waiting_context(cycle: Cycle) -> dict[str, Any]:
    scores = results.stage_scores(cycle)
    rows = [row for row in results.shortlist_rows(cycle) if row.state == "shortlisted"]
    waiting = [
        (row, [(label, scores.get(row.pk, {}).get(stage)) for stage, label in Stage.choices]) for row in rows
    ]
    complete = all(
        found is not None and found.state == "signed" for _, reports in waiting for _, found in reports
    )
    return {"waiting": waiting, "complete": bool(rows) and complete}


def _input(cycle: Cycle, frozen: Ranking) -> HttpResponse:
    """What `recompute ranking` takes, as a file."""
    response = JsonResponse(frozen.input, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"ranking-{cycle.scheme.code}-{cycle.year}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _frozen_context(request: HttpRequest, cycle: Cycle, frozen: Ranking) -> dict[str, Any]:
    edition, result = cycle.edition, frozen.result
    names = {tier.code: tier for tier in edition.tiers}
    page = page_of(request, results.ranking_rows(cycle).values_list(*results.PLACED), RANKED_A_PAGE)
    rows = page.object_list = results.placings(page.object_list, frozen, edition)
    few = page.paginator.count <= CHARTED
    lines = [(tier, edition.threshold(tier.code), edition.quota(tier.code)) for tier in edition.tiers]
    chart = composite_chart(
        [
            Candidate(
                label=row.name,
                composite=row.composite,
                rank=row.rank,
                outcome="undecided" if row.undecided else row.tier,
                note="再次获奖" if row.basis == "repeat" else "",
                shown=row.shown,
            )
            for row in (rows[:CHARTED] if page.number == 1 else ())
        ],
        [Threshold(tier.short, line.points, strict=line.operator == ">") for tier, line, _ in lines],
        title="综合得分与分数线",
        seats={tier.code: seats for tier, _, seats in lines},
    )
    return {
        "page": page,
        "tier_of": names,
        "charted": 0 if few else CHARTED,
        "input": json.dumps(frozen.input, ensure_ascii=False, indent=1) if few else "",
        "weights_article": edition.article("weights"),
        "ties_article": edition.article("ties"),
        "chart": chart if page.number == 1 else "",
        "tiers": lines,
        "undecided": [
            {"tier": names[entry["tier"]], "seats": entry["seats"], "ids": entry["ids"]}
            for entry in result["undecided"]
        ],
        "weights": [(label, edition.weights[stage] * Decimal(100)) for stage, label in Stage.choices],
    }


@require_POST
def freeze_ranking(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Freeze the ranking with its digest."""
    cycle = _cycle(request, cycle_id)
    services.freeze_ranking(cycle=cycle, actor=request.user, now=request.now)
    messages.success(request, "综合排名已锁定，任何人都可以按公布的数据重新计算。")
    return redirect("scoring:ranking", cycle_id=cycle.pk)
