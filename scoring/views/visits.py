"""The visits of a site panel: who is visited, the plan of each, and what of it is sent to the applicant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import in_portal
from accounts.roles import Role
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.panels import ConfirmForm
from scoring.forms.visits import PlanVisitForm
from scoring.models import Panel, SiteVisit, VisitLine
from scoring.permissions import is_lead, may_run_panels
from scoring.queries import panels_visible_to
from scoring.queries.visits import Access, able_members, access_to, days_of_stage, visited, visits_visible_to


@require_safe
def visits(request: HttpRequest, panel_id: int) -> HttpResponse:
    """The panel's applicants and how far the visit to each is."""
    panel = _site_panel(request, panel_id)
    context = frame_of(request, panel) | {
        "rows": list(visited(panel, request.user)),
        "may_plan": panel.state == "working"
        and (may_run_panels(request.user, panel.cycle) or is_lead(request.user, panel)),
    }
    return render(request, "scoring/visits.html", context)


def plan_visit(request: HttpRequest, panel_id: int, application_id: int) -> HttpResponse:
    """Plan a visit, or change the plan: dates, place, who goes, safety."""
    panel = _site_panel(request, panel_id)
    application = get_object_or_404(visited(panel, request.user), pk=application_id)
    found = getattr(application, "visit", None)
    if not access_to(panel, application, found, request.user).plan:
        raise PermissionDenied("现场评审由评定办和评审组组长安排。")
    pool = able_members(panel, application)
    form = PlanVisitForm(posted(request), pool=pool, initial=_initial(found, application, pool))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.plan_visit(
                panel=panel,
                application=application,
                **form.cleaned_data,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "安排已保存。请填写日程，再发给申报组织。")
            return redirect(made)
    context = frame_of(request, panel) | {
        "form": form,
        "application": application,
        "visit": found,
        "days": days_of_stage(panel.cycle),
    }
    return render(request, "scoring/plan_visit.html", context, status=422 if form.errors else 200)


def send_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Send plan and agenda to the applicant, after reading exactly what it will see."""
    shown, access = visit_of(request, visit_id)
    if not access.plan:
        raise PermissionDenied("由评定办或带队的人发给申报组织。")
    form = ConfirmForm(posted(request))
    if request.method == "POST":
        with refusals_on(form):
            services.send_visit(visit=shown, actor=request.user, now=request.now)
            messages.success(request, "已发给申报组织，并通知参加人员。")
            return redirect(shown)
    lines = shown.lines.filter(kind=VisitLine.Kind.AGENDA, removed_at=None)
    context = frame_of(request, shown.panel) | {
        "visit": shown,
        "application": shown.application,
        "form": form,
        "agenda": lines,
        "people": able_members(shown.panel, shown.application).filter(visits=shown).count(),
    }
    return render(request, "scoring/send_visit.html", context, status=422 if form.errors else 200)


def visit_of(request: HttpRequest, visit_id: int) -> tuple[SiteVisit, Access]:
    shown = get_object_or_404(visits_visible_to(request.user), pk=visit_id)
    shown.panel.cycle = shown.application.cycle
    return shown, access_to(shown.panel, shown.application, shown, request.user)


def frame_of(request: HttpRequest, panel: Panel) -> dict[str, Any]:
    is_office = may_run_panels(request.user, panel.cycle)
    watching = is_office or in_portal(request.user, Role.SUPERVISOR)
    return {
        "panel": panel,
        "cycle": panel.cycle,
        "is_office": is_office,
        "watching": watching,
        "viewer_is_office": watching,
        "frame": "base_office.html" if watching else "base.html",
    }


def _site_panel(request: HttpRequest, panel_id: int) -> Panel:
    rows = panels_visible_to(request.user).filter(kind=Panel.Kind.SITE)
    return get_object_or_404(rows, pk=panel_id)


def _initial(found: SiteVisit | None, application: Any, pool: Any) -> dict[str, Any]:
    if found is None:
        people = list(pool)
        return {
            "place": application.organisation.address,
            "members": people,
            "lead": people[:1] and people[0],
        }
    names = ("starts_on", "ends_on", "place", "safety", "lead")
    return {name: getattr(found, name) for name in names} | {"members": list(found.members.all())}
