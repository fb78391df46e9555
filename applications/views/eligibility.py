"""The eligibility check: findings beside the evidence, conclusions, waivers, the decision."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.moves import may_move
from accounts.permissions import in_portal
from accounts.roles import Role
from applications import services
from applications.forms import ConfirmCheckForm, DecisionForm, WaiverForm
from applications.models import Application, EligibilityCheck
from applications.permissions import is_head, is_office
from applications.queries import applications_visible_to, deadline, is_past, live_evidence
from applications.questions import BY_CONDITION, Question
from applications.services.eligibility import (
    GOOD,
    MAY_CONCLUDE,
    why_not_confirmed,
    why_not_decided,
    why_settled,
)
from applications.views.reaching import office, seen
from applications.wording import LABELS, answers_in_words, facts_in_words, in_words
from audit.services import log_access
from awards.models import Milestone
from ground.errors import Fault, Refused, refuse_if
from ground.web import posted, refusals_on


@require_safe
def eligibility(request: HttpRequest, application_id: int) -> HttpResponse:
    """Each condition: what was said, what proves it, what the rule finds, and the official's conclusion."""
    shown = seen(request, application_id)
    if not is_office(request.user, shown) and not in_portal(request.user, Role.SUPERVISOR):
        raise PermissionDenied("资格审核由评定办办理。")
    log_access(actor=request.user, action="view", subject=shown, at=request.now, detail="资格审核")
    return render(request, "applications/eligibility.html", _context(request, shown))


@require_POST
def run_eligibility(request: HttpRequest, application_id: int) -> HttpResponse:
    """Run the rules again."""
    shown = office(request, application_id)
    services.run_eligibility(application=shown, actor=request.user, now=request.now)
    messages.success(request, "已按现有事实重新判断。")
    return redirect("applications:eligibility", application_id=shown.pk)


@require_POST
def confirm_check(request: HttpRequest, check_id: int) -> HttpResponse:
    """Keep the official's conclusion on one condition."""
    rows = EligibilityCheck.objects.filter(
        application__in=applications_visible_to(request.user, request.now).values("pk")
    )
    check = get_object_or_404(rows, pk=check_id)
    shown = office(request, check.application_id)
    check.application = shown
    form = ConfirmCheckForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.confirm_check(
                check=check,
                outcome=form.cleaned_data["outcome"],
                note=form.cleaned_data["note"],
                actor=request.user,
                now=request.now,
            )
            address = reverse("applications:eligibility", args=[shown.pk])
            return redirect(f"{address}#check-{check.condition}")
    context = _context(request, shown, refused={check.pk: form})
    return render(request, "applications/eligibility.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def record_waiver(request: HttpRequest, application_id: int) -> HttpResponse:
    """Record the committee's resolution that adjusts a condition."""
    shown = office(request, application_id)
    waived = set(shown.waivers.values_list("condition", flat=True))
    choices = [
        (row.code, f"{row.label}（{row.article}）")
        for row in shown.cycle.edition.conditions
        if row.waivable and row.code not in waived
    ]
    initial = {"condition": request.GET.get("condition", "")}
    form = WaiverForm(posted(request), conditions=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_waiver(
                application=shown, actor=request.user, now=request.now, **form.cleaned_data
            )
            messages.success(request, "已登记调整决议，并重新判断。请再确认该条件。")
            return redirect("applications:eligibility", application_id=shown.pk)
    context = {
        "application": shown,
        "cycle": shown.cycle,
        "edition": shown.cycle.edition,
        "form": form,
        "article": shown.cycle.edition.article("waiver"),
        "blocked": why_settled(shown),
    }
    return render(request, "applications/record_waiver.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def decide_eligibility(request: HttpRequest, application_id: int) -> HttpResponse:
    """Accept or refuse, with the articles."""
    shown = office(request, application_id)
    if not is_head(request.user, shown):
        raise PermissionDenied("资格审核结论由评定办主任作出。")
    form = DecisionForm(posted(request))
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            decision = services.decide_eligibility(
                application=shown,
                accepted=form.cleaned_data["accepted"] == "yes",
                reason=form.cleaned_data["reason"],
                actor=request.user,
                now=request.now,
            )
        except Refused as refusal:
            at_fields = [fault for fault in refusal.faults if fault.field in form.fields]
            faults = tuple(fault for fault in refusal.faults if fault not in at_fields)
            with refusals_on(form):
                refuse_if(at_fields)
        else:
            messages.success(request, f"资格审核结论：{decision}。已通知申报组织。")
            return redirect("applications:application", application_id=shown.pk)
    context = _context(request, shown) | {"form": form, "faults": faults, "blocked": why_not_decided(shown)}
    return render(
        request, "applications/decide_eligibility.html", context, status=422 if faults or form.errors else 200
    )


def _context(
    request: HttpRequest, shown: Application, refused: dict[int, ConfirmCheckForm] | None = None
) -> dict[str, object]:
    edition = shown.cycle.edition
    labels = {row.code: row for row in edition.conditions}
    evidence = live_evidence(shown)
    acting = is_office(request.user, shown) and not why_not_confirmed(shown)
    checks = list(shown.checks.select_related("confirmed_by"))
    rows = []
    for check in checks:
        question = BY_CONDITION.get(check.condition)
        form = (refused or {}).get(check.pk) or ConfirmCheckForm(
            outcomes=MAY_CONCLUDE[check.outcome],
            initial={"outcome": check.confirmed or check.outcome, "note": check.note},
            auto_id=f"id_{check.condition}_%s",
        )
        rows.append(
            {
                "check": check,
                "condition": labels.get(check.condition),
                "facts": facts_in_words(check.facts),
                "answers": _answers(question, shown, check.condition),
                "note": shown.notes.get(question.code, "") if question else "",
                "files": [piece for piece in evidence if piece.condition == check.condition],
                "near": [
                    piece
                    for piece in evidence
                    if question
                    and piece.condition in question.conditions
                    and piece.condition != check.condition
                ],
                "form": form if acting else None,
            }
        )
    against = [check for check in checks if check.confirmed and check.confirmed not in GOOD]
    return {
        "application": shown,
        "cycle": shown.cycle,
        "edition": edition,
        "rows": rows,
        "unconfirmed": sum(not check.confirmed for check in checks),
        "against": against,
        "waivers": list(shown.waivers.all()),
        "decision": getattr(shown, "eligibility_decision", None),
        "acting": acting,
        "may_run": is_office(request.user, shown) and not why_settled(shown),
        "may_correct": may_move(shown, "request_correction", request.user),
        "may_decide": is_head(request.user, shown) and not why_not_decided(shown),
        "waits_for_head": acting and not is_head(request.user, shown) and all(c.confirmed for c in checks),
        "viewer_is_office": True,
        **_declined(shown, request),
        "refused": refused,
    }


def _declined(shown: Application, request: HttpRequest) -> dict[str, object]:
    """Of a declined file: the recommender's word, and whether the applicant can still do something about it."""
    if shown.state != "declined":
        return {}
    return {
        "declined": shown.recommendations.filter(state="declined").select_related("recommender").first(),
        "declined_late": is_past(deadline(shown), request.now),
        "recommend_due": deadline(shown, Milestone.Kind.RECOMMENDATION),
    }


def _answers(question: Question | None, shown: Application, condition: str) -> list[tuple[str, str]]:
    if question is None:
        return []
    if question.code == "registration":
        keys = ("established_on",) if condition == "operating_years" else ("kind", "region")
        return [(LABELS[key], in_words(key, shown.facts.get(key))) for key in keys]
    return answers_in_words(question, shown.facts)
