"""A proposal out and in as CSV: what a changed table would alter is shown first, nothing is written before it is confirmed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from audit.services import log_access
from ground.errors import Refused
from ground.web import refusals_on
from scoring import services
from scoring.forms.panels import ConfirmForm
from scoring.forms.proposals import SheetForm
from scoring.models import PanelProposal
from scoring.queries.assignment import teams_document, teams_from
from scoring.rules import plan_sheet
from scoring.rules.teams import against
from scoring.views.proposals import proposal_of, proposal_to_change, shown_of

SALT, A_DAY = "scoring.plan_sheet", 86_400


@require_safe
def export_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The proposal as a table, with the reasons."""
    found = proposal_of(request, proposal_id)
    shown = shown_of(request, found)
    said = {(row.name, seat.person.id): "；".join(seat.reasons) for row in shown.rows for seat in row.seats}
    text = plan_sheet.written(shown.task, shown.teams, [file.id for file, _ in shown.unplaced], said)
    log_access(actor=request.user, action="export", subject=found, at=request.now)
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="panels-{found.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def import_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Read a changed table: every line that is wrong, or what would change; then, confirmed, change it."""
    found = proposal_to_change(request, proposal_id)
    shown = shown_of(request, found)
    context: dict[str, Any] = {"cycle": found.cycle, "proposal": found, "form": SheetForm()}
    if request.method != "POST":
        return render(request, "scoring/import_proposal.html", context)
    if request.POST.get("step") == "apply":
        return _apply(request, found, context)
    form = SheetForm(request.POST, request.FILES)
    context["form"] = form
    if not form.is_valid():
        return render(request, "scoring/import_proposal.html", context, status=422)
    reading = plan_sheet.read(shown.task, form.cleaned_data["table"])
    if reading.faults:
        context["faults"] = reading.faults
        return render(request, "scoring/import_proposal.html", context, status=422)
    context |= {
        "dry_run": True,
        "changes": plan_sheet.changes(shown.task, shown.teams, reading.teams),
        "notes": against(shown.task, reading.teams),
        "token": signing.dumps(
            [found.pk, found.revision, teams_document(reading.teams)], salt=SALT, compress=True
        ),
    }
    return render(request, "scoring/import_proposal.html", context)


def _apply(request: HttpRequest, found: PanelProposal, context: dict[str, Any]) -> HttpResponse:
    form = ConfirmForm(request.POST)
    with refusals_on(form):
        try:
            key, revision, document = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=A_DAY)
        except signing.BadSignature:
            raise Refused("table_lost", "要写入的内容不完整或已过期，请重新上传。") from None
        if key != found.pk:
            raise Refused("table_lost", "这张表是另一份方案的，请重新上传。")
        services.arrange_proposal(
            proposal=found,
            teams=teams_from(document),
            revision=revision,
            actor=request.user,
            now=request.now,
        )
        messages.success(request, "已按上传的表修改方案。确认之前不会组建评审组。")
        return redirect(found)
    return render(request, "scoring/import_proposal.html", context | {"refused": form}, status=422)
