"""What everybody reads: the calls, and one call."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from awards import permissions, queries
from awards.law.editions import Edition
from awards.rules.wording import conditions_in_words, threshold_in_words
from ground.web import page_of


@require_safe
@login_not_required
def cycles(request: HttpRequest) -> HttpResponse:
    """Every call published so far, the newest first."""
    page = page_of(request, queries.called_cycles())
    return render(request, "awards/cycles.html", {"page": page, "open_calls": [c for c in page if c.state == "open"]})


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
        "tiers": _tiers(edition),
        "application": application,
        "started": bool(application) and application.starts_at <= request.now,
        "accepting": cycle.state == "open" and application is not None and request.now <= application.due_at,
        "milestones": list(cycle.timetable.values()),
        "may_run": permissions.may_run(request.user, cycle),
        "files": edition.named("application_files"),
        "recommenders": edition.named("recommenders"),
        "office": edition.bodies["office"],
    }
    return render(request, "awards/call.html", context)


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
