"""The reviewer's first page: one next step, then what is open and what is done."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import holds_anywhere
from accounts.roles import Role
from ground.web import page_of
from scoring.models import Reviewer
from scoring.queries import desk as queries
from scoring.queries.careers import with_hours


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """My queue by due date: what to declare, score and settle; then what is sealed."""
    if not holds_anywhere(request.user, Role.REVIEWER):
        raise PermissionDenied("这一页由评审员使用。")
    reviewer = with_hours(Reviewer.objects.filter(user_id=request.user.pk)).first()
    if reviewer is None or reviewer.disqualified_at is not None:
        return render(request, "scoring/no_desk.html", {"reviewer": reviewer})
    return render(request, "scoring/desk.html", _context(request, reviewer))


def _context(request: HttpRequest, reviewer: Reviewer) -> dict[str, Any]:
    unpledged, undeclared = queries.to_say(reviewer)
    sheets = queries.open_sheets(reviewer)
    leading = queries.led_consolidations(reviewer)
    steps = [
        *({"due": row.due, "sheet": row} for row in sheets if row.opens),
        *(
            {"due": row.due, "consolidation": row}
            for row in leading
            if row.state == "open" and not row.awaited
        ),
    ]
    return {
        "unpledged": unpledged,
        "undeclared": undeclared,
        "sheets": sheets,
        "leading": leading,
        "asked": queries.asked(reviewer),
        "step": min(steps, key=_urgency, default=None),
        "page": page_of(request, queries.sealed_sheets(reviewer)),
        "reviewer": reviewer,
    }


def _urgency(step: dict[str, Any]) -> tuple[bool, Any, bool]:
    """By due time; of what is due together the panel's report first, for others wait for it."""
    return step["due"] is None, step["due"], "sheet" in step
