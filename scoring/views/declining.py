"""Handing a file back, and the office's page of who takes it over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.panels import OverrideForm
from scoring.forms.reviewers import ReasonForm
from scoring.models import DeclinedFile, Reviewer
from scoring.permissions import is_head, may_run_panels, require_office
from scoring.queries.declined import (
    candidates_for,
    declined_visible_to,
    expert_needed,
    sheets_to_decline,
    stages_to_take_over,
)
from scoring.queries.visibility import assignments_of
from scoring.views.recusal import own_reviewer


@require_http_methods(["GET", "HEAD", "POST"])
def decline_file(request: HttpRequest, application_id: int) -> HttpResponse:
    """A reviewer hands an assigned file back, after reading what follows."""
    reviewer = own_reviewer(request)
    application = get_object_or_404(assignments_of(request.user), pk=application_id)
    sheets = list(sheets_to_decline(request.user, application))
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.decline_file(
                reviewer=reviewer,
                application=application,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已推辞评审“{application.organisation.name}”，评定办会安排接替。")
            return redirect("scoring:desk")
    led = bool(sheets) and reviewer.seats.filter(panel=sheets[0].panel, lead=True).exists()
    context = {"application": application, "sheets": sheets, "led": led, "form": form}
    return render(request, "scoring/decline_file.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def replace_reviewer(request: HttpRequest, declined_id: int) -> HttpResponse:
    """Who could take the file over, the best first; one press seats them."""
    declined = _declined(request, declined_id)
    form = OverrideForm(posted(request))
    if request.method == "POST":
        require_office(request.user, declined.panel.cycle)
        key = request.POST.get("reviewer", "")
        chosen = Reviewer.objects.select_related("user").filter(pk=int(key) if key.isdecimal() else 0).first()
        if chosen is None:
            form.add_error(None, "请选择接替的评审员。")
        elif form.is_valid():
            with refusals_on(form):
                services.replace_reviewer(
                    declined=declined,
                    reviewer=chosen,
                    override=form.cleaned_data["override"],
                    actor=request.user,
                    now=request.now,
                )
                messages.success(request, f"已由{chosen.user.name}接替，评分表和信已发出。")
                return redirect("scoring:panel", panel_id=declined.panel_id)
    return _page(request, declined, form, ReasonForm())


@require_POST
def leave_unreplaced(request: HttpRequest, declined_id: int) -> HttpResponse:
    """Enough reviewers are left: nobody has to take over."""
    declined = _declined(request, declined_id)
    require_office(request.user, declined.panel.cycle)
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.leave_unreplaced(
                declined=declined,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "已记录：这次推辞不补充评审员。")
            return redirect("scoring:panel", panel_id=declined.panel_id)
    return _page(request, declined, OverrideForm(), form)


def _declined(request: HttpRequest, declined_id: int) -> DeclinedFile:
    return get_object_or_404(declined_visible_to(request.user), pk=declined_id)


def _page(request: HttpRequest, declined: DeclinedFile, form: Form, leave_form: Form) -> HttpResponse:
    stages = stages_to_take_over(declined) if declined.settled_at is None else []
    needed, may_override = expert_needed(stages), is_head(request.user, declined.panel.cycle)
    proposed = candidates_for(declined, request.user, needed=needed, unfit=may_override) if stages else []
    context: dict[str, Any] = {
        "declined": declined,
        "cycle": declined.panel.cycle,
        "form": form,
        "leave_form": leave_form,
        "is_office": may_run_panels(request.user, declined.panel.cycle),
        "stages": stages,
        "expert_needed": needed,
        "page": page_of(request, proposed),
        "may_override": may_override,
    }
    failed = form.errors or leave_form.errors
    return render(request, "scoring/replace_reviewer.html", context, status=422 if failed else 200)
