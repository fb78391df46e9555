"""The office's pages of recusals, and of sealed sheets that go back to their reviewer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.panels import DismissForm, RecusalFilter, ReopenForm
from scoring.models import Sheet
from scoring.permissions import is_head, may_run_panels, require_office
from scoring.queries import recusals_visible_to
from scoring.queries.conflicts import without_conflict
from scoring.queries.pool import recusals_matching
from scoring.queries.reopening import why_not_reopened
from scoring.queries.visibility import office_cycles
from scoring.views.panels import cycle_of


@require_safe
def recusals(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The cycle's recusals, declared and detected."""
    cycle = cycle_of(request, cycle_id)
    filter_form = RecusalFilter(request.GET)
    rows = recusals_matching(
        recusals_visible_to(request.user).filter(application__cycle=cycle), **filter_form.chosen
    )
    context = {
        "cycle": cycle,
        "page": page_of(request, rows),
        "filter_form": filter_form,
        "filtered": any(request.GET.get(name) for name in filter_form.fields),
        "is_office": may_run_panels(request.user, cycle),
        "is_head": is_head(request.user, cycle),
    }
    return render(request, "scoring/recusals.html", context)


@require_POST
def detect_recusals(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Compare reviewers and applicants anew."""
    cycle = cycle_of(request, cycle_id)
    require_office(request.user, cycle)
    found = services.detect_recusals(cycle=cycle, now=request.now)
    words = f"新识别出 {len(found)} 条利害关系。" if found else "没有发现新的利害关系。"
    messages.success(request, f"已重新比对评审员与申报组织：{words}")
    return redirect("scoring:recusals", cycle_id=cycle.pk)


def dismiss_recusal(request: HttpRequest, recusal_id: int) -> HttpResponse:
    """The head finds that there is no conflict after all."""
    shown = get_object_or_404(
        recusals_visible_to(request.user)
        .filter(application__cycle__in=office_cycles(request.user))
        .select_related("application__cycle__edition_record"),
        pk=recusal_id,
    )
    cycle = shown.application.cycle
    if not is_head(request.user, cycle):
        raise PermissionDenied("排除回避由评定办主任办理。")
    form = DismissForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.dismiss_recusal(
                recusal=shown, reason=form.cleaned_data["reason"], actor=request.user, now=request.now
            )
            messages.success(request, "已排除这条回避，并留存理由。评审员须重新申报有无利害关系。")
            return redirect("scoring:recusals", cycle_id=cycle.pk)
    context = {"cycle": cycle, "recusal": shown, "form": form}
    return render(request, "scoring/dismiss_recusal.html", context, status=422 if form.errors else 200)


def reopen_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The head sends a sealed sheet back; its scores are not shown for that."""
    candidates = Sheet.objects.filter(panel__cycle__in=office_cycles(request.user))
    sheet = get_object_or_404(
        without_conflict(candidates, request.user).select_related(
            "reviewer__user", "panel__cycle__scheme", "panel__cycle__edition_record", "application__organisation",
            "application__cycle__scheme", "application__cycle__edition_record",
        ),
        pk=sheet_id,
        sealed_at__isnull=False,
    )  # fmt: skip
    cycle = sheet.panel.cycle
    if not is_head(request.user, cycle):
        raise PermissionDenied("退回重评由评定办主任办理。")
    form = ReopenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.reopen_sheet(
                sheet=sheet, reason=form.cleaned_data["reason"], actor=request.user, now=request.now
            )
            messages.success(request, f"已退回{sheet.reviewer.user.name}的评分表，并通知本人重评。")
            return redirect("scoring:panel", panel_id=sheet.panel_id)
    context = {
        "cycle": cycle,
        "sheet": sheet,
        "form": form,
        "blocked": why_not_reopened(sheet),
    }
    return render(request, "scoring/reopen_sheet.html", context, status=422 if form.errors else 200)
