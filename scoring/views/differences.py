"""The visit on site beside the material review: for the lead to explain, for the office to read."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from audit.services import log_access
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.differences import ReasonsForm
from scoring.permissions import is_lead
from scoring.queries.differences import Compared, compared, difference_limit, may_compare
from scoring.queries.score_forms import score_form
from scoring.queries.visibility import consolidations_visible_to
from scoring.views.results import layout_for


@require_http_methods(["GET", "HEAD", "POST"])
def differences(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """Item by item: material, site, difference, reasons. The lead writes until the report is signed."""
    rows = consolidations_visible_to(request.user).select_related("panel__cycle")
    shown = get_object_or_404(rows, pk=consolidation_id)
    if not may_compare(request.user, shown):
        raise PermissionDenied("与材料评审的对照，由评审组组长和评定办在全部评分表封存后查看。")
    lead = is_lead(request.user, shown.panel)
    writing = lead and shown.state == "open"
    blank = score_form(shown.application.cycle, shown.stage)
    table = compared(shown, blank)
    form = ReasonsForm(posted(request), rows=table)
    if request.method == "POST":
        if not writing:
            raise PermissionDenied("差异说明由评审组组长在签署报告前填写。")
        if form.is_valid():
            with refusals_on(form):
                services.explain_differences(
                    consolidation=shown, reasons=form.reasons(), actor=request.user, now=request.now
                )
                messages.success(request, "差异说明已保存。")
                return redirect("scoring:differences", consolidation_id=shown.pk)
    log_access(actor=request.user, action="view", subject=shown, at=request.now, detail="与材料评审对照")
    context = {
        "consolidation": shown,
        "application": shown.application,
        "cycle": shown.application.cycle,
        "layout": layout_for(request, shown.application.cycle),
        "rows": [(row, _field(form, row) if writing else None) for row in table],
        "form": form,
        "writing": writing,
        "limit": difference_limit(shown.application.cycle.edition),
        "missing": sum(row.missing for row in table),
        "known": any(row.difference.before is not None for row in table),
    }
    return render(request, "scoring/differences.html", context, status=422 if form.errors else 200)


def _field(form: ReasonsForm, row: Compared) -> forms.BoundField | None:
    name = f"reason-{row.line.code}"
    return form[name] if name in form.fields else None
