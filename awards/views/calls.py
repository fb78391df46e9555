"""What everybody reads: the calls, and one call."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from awards import permissions, queries
from awards.law.editions import Edition
from awards.models import Cycle
from awards.pages import page_of_cycle
from awards.rules.wording import conditions_in_words, plain_number, threshold_in_words
from ground.web import page_of

UNSCORED = {
    "eligibility": "评定办核对申报条件和材料，缺的发补正通知。",
    "deliberation": "评定委员会审议候选名单，写明理由。",
}


@require_safe
@login_not_required
def cycles(request: HttpRequest) -> HttpResponse:
    """Every call published so far, the newest first."""
    page = page_of(request, queries.called_cycles())
    return render(
        request, "awards/cycles.html", {"page": page, "open_calls": [c for c in page if c.state == "open"]}
    )


@require_safe
@login_not_required
def call(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """One call: who may apply, what to prepare, by when, and where to begin."""
    cycle = get_object_or_404(queries.cycles_visible_to(request.user), pk=cycle_id)
    edition = cycle.edition
    application = cycle.timetable.get("application")
    context = {
        "cycle": cycle,
        "edition": edition,
        "conditions": conditions_in_words(edition),
        "conditions_article": edition.article("conditions"),
        "tiers": _tiers(edition),
        "application": application,
        "self_check_href": page_of_cycle("applications:self_check", cycle),
        "start_href": page_of_cycle("applications:start_application", cycle),
        "started": bool(application) and application.starts_at <= request.now,
        "accepting": cycle.state == "open" and application is not None and request.now <= application.due_at,
        "track": _track(cycle, request.now),
        "stages": _stages(edition),
        **{f"{key}_article": edition.article(key) for key in ("quotas", "thresholds", "prizes")},
        "may_run": permissions.may_run(request.user, cycle),
        "may_begin": permissions.may_begin(request.user),
        "files": edition.named("application_files"),
        "recommenders": edition.named("recommenders"),
        "office": edition.bodies["office"],
        "cancelled_because": queries.cancellation_reason(cycle),
    }
    return render(request, "awards/call.html", context)


def _track(cycle: Cycle, now: datetime) -> list[dict[str, object]]:
    return [
        {
            "label": row.get_kind_display(),
            "start": row.starts_at,
            "due": row.due_at,
            "state": "done" if row.due_at < now else "current" if row.starts_at <= now else "next",
        }
        for row in sorted(cycle.timetable.values(), key=lambda row: (row.starts_at, row.due_at))
    ]


def _stages(edition: Edition) -> list[dict[str, str]]:
    """Each stage with its weight in the composite, then publicity."""
    weights = edition.weights
    stages = [
        {
            "name": stage.name,
            "words": (
                f"占综合得分的 {plain_number(weights[stage.code] * 100)}%。"
                if stage.code in weights
                else UNSCORED.get(stage.code, "")
            ),
            "article": stage.article,
        }
        for stage in edition.stages
    ]
    sites = "、".join(site.name for site in edition.sites)
    words = f"{edition.bodies['authority'].name}批准后，在{sites}公示 {edition.value('publicity_days')} 天；无异议的公告并奖励。"
    return [
        *stages,
        {"name": "批准、公示和公告", "words": words, "article": edition.article("publicity_days")},
    ]


def _tiers(edition: Edition) -> list[dict[str, object]]:
    return [
        {
            "name": tier.name,
            "seats": edition.quota(tier.code),
            "threshold": threshold_in_words(edition.threshold(tier.code)),
            "prize": edition.prize(tier.code),
        }
        for tier in edition.tiers
    ]
