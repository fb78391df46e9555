"""Incident reports: the office's queue, and one report as its holder and the office see it."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moves import may_move
from accounts.permissions import holds_anywhere, require_role
from accounts.roles import APPLICANT_ROLES, OFFICE_ROLES, Role
from audit.services import log_access
from documents.services import file_response
from ground.web import page_of, posted, refusals_on
from publicity import permissions, queries, services
from publicity.forms import NoteForm, StateFilter
from publicity.models import Incident, edition_of
from publicity.permissions import INSIDERS


@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """Reports of my schemes, those waiting first."""
    if not holds_anywhere(request.user, *INSIDERS, Role.SUPERVISOR):
        require_role(request.user, *OFFICE_ROLES)
    form = StateFilter("incident", request.GET)
    shown = queries.by_holder(queries.incidents_visible_to(request.user), **form.chosen)
    page = page_of(request, shown.order_by(queries.waiting_first("reported"), "-reported_at", "-id"))
    return render(
        request,
        "publicity/incidents.html",
        {"page": page, "form": form, "viewer_is_office": True},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    """One report. POST puts it on file with the office's note."""
    shown = _incident(request, incident_id)
    form = NoteForm(posted(request))
    if request.method == "POST":
        require_role(request.user, *OFFICE_ROLES, scheme=shown.honour.scheme.code)
        if form.is_valid():
            with refusals_on(form):
                services.note_incident(
                    incident=shown, actor=request.user, now=request.now, **form.cleaned_data
                )
                messages.success(request, "已备案，处理意见已告知获奖组织。")
                return redirect("publicity:incident", incident_id=shown.pk)
    context = {
        "incident": shown,
        "edition": edition_of(shown.honour.cycle),
        "form": form,
        "cases": shown.cases.all()
        if permissions.may_read_office_pages(request.user, shown.honour.scheme)
        else [],
        "keeper": permissions.keeps_quarantine(request.user, shown.honour.scheme),
        "may_note": may_move(shown, "note", request.user),
        "may_open_case": may_move(shown, "open_case", request.user)
        and not services.faults_against_a_case(shown.honour),
        "viewer_is_office": permissions.may_read_office_pages(request.user, shown.honour.scheme),
        "viewer_holds": holds_anywhere(request.user, *APPLICANT_ROLES),
    }
    return render(request, "publicity/incident.html", context, status=422 if form.errors else 200)


@require_safe
def incident_file(request: HttpRequest, incident_id: int) -> FileResponse:
    shown = _incident(request, incident_id)
    if shown.file is None:
        raise Http404
    response = file_response(
        shown.file,
        filename=shown.file_name,
        own=permissions.holds_for(request.user, shown.honour),
        keeper=permissions.keeps_quarantine(request.user, shown.honour.scheme),
    )
    log_access(actor=request.user, action="download", subject=shown, at=request.now, detail=shown.file_name)
    return response


def _incident(request: HttpRequest, incident_id: int) -> Incident:
    return get_object_or_404(queries.incidents_visible_to(request.user), pk=incident_id)
