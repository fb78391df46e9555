"""A cycle's panels: how far they are, what is missing, the start of the review and of each panel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import in_portal
from accounts.roles import Role
from applications.models import Application
from awards.models import Cycle
from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.panels import ConfirmForm
from scoring.models import Panel, Stage
from scoring.permissions import is_head, may_run_panels, require_office
from scoring.queries import blind, panels_visible_to
from scoring.queries.benches import doubly_seated
from scoring.queries.composition import composition_findings, doubly_seated_names
from scoring.queries.declined import open_declined, without_declined
from scoring.queries.fairness import may_see_fairness
from scoring.queries.progress import panels_with_seats, progress_of, seats_and_files
from scoring.queries.visibility import office_cycles
from scoring.queries.waiting import waiting_in
from scoring.services.panels import UNDECIDED
from scoring.services.seating import FORMS_IN
from scoring.views.progress import cycle_state

# A cycle's panels at a glance; a panel's own page has all its lines, page by page.
PANELS_A_PAGE, LINES_IN_SIGHT, LINES_A_PAGE = 10, 25, 50


def cycle_of(request: HttpRequest, cycle_id: int) -> Cycle:
    return get_object_or_404(office_cycles(request.user), pk=cycle_id)


def _panel(request: HttpRequest, panel_id: int) -> Panel:
    return get_object_or_404(panels_with_seats(panels_visible_to(request.user), request.user), pk=panel_id)


def panel_to_run(request: HttpRequest, panel_id: int) -> Panel:
    found = _panel(request, panel_id)
    require_office(request.user, found.cycle)
    return found


@require_safe
def panels(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The cycle's panels: what is missing, the one next step, the matrix of each."""
    cycle = cycle_of(request, cycle_id)
    listed = panels_visible_to(request.user).filter(cycle=cycle).select_related("schedule")
    page = page_of(request, list(listed.order_by("kind", "name")), PANELS_A_PAGE)
    shown = {panel.pk for panel in page.object_list}
    listed = page.paginator.object_list
    prefetch_related_objects(listed, *seats_and_files(request.user, whole=shown))
    progress = progress_of(listed, cycle)
    page.object_list = [entry for entry in progress if entry.panel.pk in shown]
    formable = waiting_in(cycle, kinds_formed_in(cycle), request.user)
    context = {
        "cycle": cycle,
        "page": page,
        "in_sight": LINES_IN_SIGHT,
        "state": cycle_state(cycle, progress, formable, request.user),
        "double": doubly_seated_names(progress),
        "formable": [one for one in formable if one.names],
        "why_none": next((one.why_none for one in formable if one.kind == kind_of_the_stage(cycle)), ""),
        "is_office": may_run_panels(request.user, cycle),
        "viewer_is_office": True,
        "may_see_fairness": may_see_fairness(request.user, cycle),
    }
    return render(request, "scoring/panels.html", context)


def start_material_review(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Begin the material review, after reading what follows."""
    cycle = cycle_of(request, cycle_id)
    require_office(request.user, cycle)
    form = ConfirmForm(posted(request))
    if request.method == "POST":
        with refusals_on(form):
            services.start_material_review(cycle=cycle, actor=request.user, now=request.now)
            messages.success(request, "已进入材料评审，请组建并启动材料评审组。")
            return redirect("scoring:panels", cycle_id=cycle.pk)
    applications = Application.objects.filter(cycle=cycle).select_related("organisation").order_by("number")
    context = {
        "cycle": cycle,
        "form": form,
        "accepted": [row for row in applications if row.state == "accepted"],
        "undecided": [row for row in applications if row.state in UNDECIDED],
        "due_at": _due(cycle, Stage.MATERIAL),
    }
    return render(request, "scoring/start_material_review.html", context, status=422 if form.errors else 200)


@require_safe
def panel(request: HttpRequest, panel_id: int) -> HttpResponse:
    """One panel. Office and supervisor see how far it is; a member sees who sits in it and whom it reviews."""
    found = _panel(request, panel_id)
    cycle = found.cycle
    is_office = may_run_panels(request.user, cycle)
    if not (is_office or in_portal(request.user, Role.SUPERVISOR)):
        seen = blind(found.applications.select_related("organisation"), request.user).order_by("number")
        seen = without_declined(seen, request.user, found)
        return render(request, "scoring/panel_of_mine.html", {"panel": found, "applications": seen})
    progress = progress_of([found], cycle)[0]
    context = {
        "cycle": cycle,
        "panel": found,
        "progress": progress,
        "page": page_of(request, progress.lines, LINES_A_PAGE),
        "findings": composition_findings(progress),
        "double": doubly_seated(found),
        "undeclared": progress.undeclared,
        "declined": open_declined(Panel.objects.filter(pk=found.pk), request.user),
        "dues": [
            (stage.label, _due(cycle, stage), any(line.stage == stage for line in progress.open_lines))
            for stage in found.stages
        ],
        "is_office": is_office,
        "is_head": is_head(request.user, cycle),
        "viewer_is_office": True,
    }
    return render(request, "scoring/panel.html", context)


def start_panel(request: HttpRequest, panel_id: int) -> HttpResponse:
    """Start a panel, after reading what follows."""
    found = panel_to_run(request, panel_id)
    form = ConfirmForm(posted(request))
    if request.method == "POST":
        with refusals_on(form):
            services.start_panel(panel=found, actor=request.user, now=request.now)
            messages.success(request, f"{found}已启动，评分表已发给各成员。")
            return redirect("scoring:panel", panel_id=found.pk)
    progress = progress_of([found], found.cycle)[0]
    context = {
        "cycle": found.cycle,
        "panel": found,
        "title": f"启动{found}",
        "form": form,
        "progress": progress,
        "page": page_of(request, progress.lines, LINES_A_PAGE),
        "findings": composition_findings(progress),
        "sheets": len(progress.members) * len(progress.lines),
        "dues": [(stage.label, _due(found.cycle, stage)) for stage in found.stages],
    }
    return render(request, "scoring/start_panel.html", context, status=422 if form.errors else 200)


def kinds_formed_in(cycle: Cycle) -> list[Panel.Kind]:
    return [kind for kind in Panel.Kind if cycle.state in FORMS_IN[kind]]


def kind_of_the_stage(cycle: Cycle) -> Panel.Kind:
    return Panel.Kind.SITE if cycle.state == "site" else Panel.Kind.MATERIAL


def _due(cycle: Cycle, stage: Stage) -> Any:
    milestone = cycle.timetable.get(stage)
    return milestone.due_at if milestone else None
