"""The self-check before applying: anybody, without login; the real rules; nothing is kept unless it is carried over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.forms.conditions import answer_rows
from applications.forms.self_check import SelfCheck
from applications.questions import BY_CONDITION
from applications.rules.eligibility import OrganisationFacts, assess
from applications.wording import facts_in_words
from awards.models import Cycle
from awards.queries import cycles_visible_to
from ground.web import posted

SALT = "applications.self_check"
KEPT = "self_check"
TOKEN_AGE = 24 * 60 * 60
TOKEN_MAXIMUM = 40_000


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def self_check(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Every condition as a question; the answer says which are met, which fail and why, which need evidence."""
    cycle = get_object_or_404(cycles_visible_to(request.user), pk=cycle_id)
    check = SelfCheck(cycle.edition, request.now, posted(request))
    context: dict[str, Any] = {
        "cycle": cycle,
        "edition": cycle.edition,
        "edition_waiver": cycle.edition.article("waiver"),
        "milestone": cycle.timetable.get("application"),
        "check": check,
        "sections": [(form, answer_rows(form)) for form in check.questions],
    }
    status = 200
    if request.method == "POST" and check.is_valid():
        context |= _result(cycle, check, request)
    elif request.method == "POST":
        context["wrong"] = [form for form in check.forms if form.errors]
        status = 422
    return render(request, "applications/self_check.html", context, status=status)


@require_POST
@login_not_required
def carry_self_check(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Take the answers along: they wait in the session until the application is started."""
    cycle = get_object_or_404(cycles_visible_to(request.user), pk=cycle_id)
    token = request.POST.get("token", "")
    try:
        kept = signing.loads(token[:TOKEN_MAXIMUM], salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        kept = None
    if kept is None or kept["cycle"] != cycle.pk:
        messages.warning(request, "自查结果已经失效，请重新自查，或直接开始申报。")
        return redirect("applications:self_check", cycle_id=cycle.pk)
    request.session[KEPT] = kept
    return redirect("applications:start_application", cycle_id=cycle.pk)


def kept_answers(request: HttpRequest, cycle: Cycle | None = None) -> dict[str, Any] | None:
    """What was carried over from a self-check (of this cycle): {"cycle", "registered", "answers"}; else None."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is None or (cycle is not None and kept["cycle"] != cycle.pk):
        return None
    return kept


def drop_answers(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def _result(cycle: Cycle, check: SelfCheck, request: HttpRequest) -> dict[str, Any]:
    """The findings by what the visitor has to do about them. Bans are on the portal's own record, not asked here."""
    edition, today = cycle.edition, request.now.date()
    facts = OrganisationFacts.from_document(check.facts | {"bans": []}, edition)
    assessment = assess(edition, facts, today)
    conditions = {row.code: row for row in edition.conditions}
    rows = [
        {
            "finding": finding,
            "condition": conditions[finding.condition],
            "facts": facts_in_words(finding.facts),
            "anchor": _anchor(finding.condition),
        }
        for finding in assessment.findings
        if finding.condition != "ban"
    ]
    kept = {"cycle": cycle.pk, "registered": check.registered, "answers": check.answers}
    return {
        "assessment": assessment,
        "failing": [row for row in rows if row["finding"].outcome == "fail"],
        "open": [row for row in rows if row["finding"].outcome == "needs_evidence"],
        "met": [row for row in rows if row["finding"].outcome not in ("fail", "needs_evidence")],
        "ban": next((row for row in edition.conditions if row.code == "ban"), None),
        "as_of": today,
        "token": signing.dumps(kept, salt=SALT, compress=True),
        "accepting": _accepting(cycle, request),
    }


def _accepting(cycle: Cycle, request: HttpRequest) -> bool:
    milestone = cycle.timetable.get("application")
    return cycle.state == "open" and milestone is not None and request.now <= milestone.due_at


def _anchor(condition: str) -> str:
    question = BY_CONDITION.get(condition)
    return f"q-{question.code}" if question and question.facts else "q-registration"
