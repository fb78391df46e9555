"""The honour roll for everybody; the holder's own page with its duties; reporting an incident."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import holds_anywhere
from accounts.roles import APPLICANT_ROLES
from ground.clock import SHANGHAI
from ground.web import page_of, posted, posted_files, refusals_on
from publicity import permissions, queries, services
from publicity.forms import HonourFilter, IncidentForm
from publicity.models import Honour, Incident, edition_of
from publicity.states import HONOUR
from publicity.views.citations import citations


@require_safe
@login_not_required
def honours(request: HttpRequest) -> HttpResponse:
    """Everybody who was ever honoured: organisation facts only, with the standing of today."""
    form = HonourFilter(request.GET)
    today = request.now.astimezone(SHANGHAI).date()
    page = page_of(
        request, queries.honours_matching(queries.honours_visible_to(request.user), **form.chosen, on=today)
    )
    for honour in page:
        honour.standing = HONOUR.state(honour.state_on(today))
    return render(request, "publicity/honours.html", {"page": page, "form": form})


@require_safe
def honour_home(request: HttpRequest) -> HttpResponse:
    """The holder's page: title, validity, how it may be used, what must be reported, and what was. For applicants alone."""
    if not holds_anywhere(request.user, *APPLICANT_ROLES):
        raise PermissionDenied("这一页给获奖组织的人员看。所有称号见“获奖名录”。")
    today = request.now.astimezone(SHANGHAI).date()
    held = list(queries.honours_held_by(request.user).prefetch_related("incidents"))
    cards = [_card(honour, today, request.user) for honour in held]
    return render(request, "publicity/honour_home.html", {"cards": cards})


@require_http_methods(["GET", "HEAD", "POST"])
def report_incident(request: HttpRequest, honour_id: int) -> HttpResponse:
    """The written report of an event after the award. Late ones are taken and marked."""
    honour = get_object_or_404(queries.honours_held_by(request.user), pk=honour_id)
    if not permissions.may_report(request.user, honour):
        raise PermissionDenied("报告事项由申报组织的负责人或编写人提交。")
    edition = edition_of(honour.cycle)
    form = IncidentForm(honour, posted(request), posted_files(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            incident = services.report_incident(
                honour=honour, actor=request.user, now=request.now, **form.cleaned_data
            )
            _say_thanks(request, incident)
            return redirect("publicity:incident", incident_id=incident.pk)
    context = {
        **citations(edition),
        "form": form,
        "honour": honour,
        "edition": edition,
        "days": edition.value("report_days"),
        "blocked": services.why_no_report(honour, request.now.astimezone(SHANGHAI).date()),
    }
    return render(request, "publicity/report_incident.html", context, status=422 if form.errors else 200)


def _say_thanks(request: HttpRequest, incident: Incident) -> None:
    if incident.late:
        messages.warning(request, "报告已收到。已超过报告期限，报告注明逾期。")
    else:
        messages.success(request, "报告已收到，在期限以内。")


def _card(honour: Honour, today: date, user: object) -> dict[str, object]:
    edition = edition_of(honour.cycle)
    incidents = list(honour.incidents.all())
    for incident in incidents:
        incident.honour = honour
    state = honour.state_on(today)
    return {
        **citations(edition),
        "honour": honour,
        "edition": edition,
        "state": HONOUR.state(state),
        "use": edition.value("title_use"),
        "events": edition.events("incident_events"),
        "days": edition.value("report_days"),
        "incidents": incidents,
        "may_report": not services.why_no_report(honour, today) and permissions.may_report(user, honour),
        "payment": getattr(honour, "payment", None),
    }
