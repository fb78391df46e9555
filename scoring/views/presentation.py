"""The schedule of presentations: slots, lot, changes; and what an applicant is told of its own."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import in_portal
from accounts.roles import Role
from applications.queries import own_applications
from audit.services import log_access
from documents import pdf
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.presentation import DrawForm, PlanForm, SwapForm, plan_of
from scoring.models import Panel, PresentationSchedule
from scoring.permissions import may_run_panels, require_office
from scoring.queries import panels_visible_to
from scoring.queries.presentation import own_slot, presenting, schedules_visible_to, slots_seen
from scoring.queries.visits import plan_of_visit, plan_sent
from scoring.rules.lot import draw

SHOWN_STATES = ("shortlisted", "candidate", "not_selected", "held", "struck", "awarded")


def _panel(request: HttpRequest, panel_id: int) -> Panel:
    rows = panels_visible_to(request.user).filter(kind=Panel.Kind.SITE)
    return get_object_or_404(rows, pk=panel_id)


def _schedule(request: HttpRequest, panel_id: int) -> PresentationSchedule:
    """The schedule of a panel in sight, for the office that runs it."""
    found = get_object_or_404(schedules_visible_to(request.user), panel=panel_id)
    require_office(request.user, found.panel.cycle)
    return found


def _context(request: HttpRequest, panel: Panel, schedule: PresentationSchedule | None) -> dict[str, Any]:
    is_office = may_run_panels(request.user, panel.cycle)
    watching = is_office or in_portal(request.user, Role.SUPERVISOR)
    rows = slots_seen(schedule, request.user) if schedule else []
    # Whoever must not see one of the applicants does not see the list that was drawn from either.
    whole = schedule is not None and len(rows) == schedule.slots.count()
    return {
        "panel": panel,
        "cycle": panel.cycle,
        "schedule": schedule,
        "rows": rows,
        "whole": whole,
        "is_office": is_office,
        "watching": watching,
        "viewer_is_office": watching,
        "frame": "base_office.html" if watching else "base.html",
    }


@require_safe
def schedule(request: HttpRequest, panel_id: int) -> HttpResponse:
    """Times, rooms and whose turn it is; after the draw how to recompute it."""
    panel = _panel(request, panel_id)
    found = schedules_visible_to(request.user).filter(panel=panel).first()
    context = _context(request, panel, found)
    if found is not None and found.drawn_at is None and not context["watching"]:
        context |= {"schedule": None, "rows": []}
    if found is not None and found.drawn_at is not None and context["whole"]:
        names = {
            row.slot.application.number: row.slot.application
            for row in context["rows"]
            if row.slot.application
        }
        if request.GET.get("input") == "json":
            return _lot_document(request, found)
        lots = draw(found.seed, found.drawn_list)
        context["lots"] = [(lot, names.get(lot.number)) for lot in lots]
        context["command"] = f"./run manage recompute lot {_lot_name(found)}"
        context["curl"] = (
            'curl -H "Content-Type: application/json" '
            f"--data-binary @{_lot_name(found)} {request.scheme}://{request.get_host()}/api/v1/recompute/lot/"
        )
        context["document"] = _lot_text(found)
        context["swaps"] = found.swaps.select_related(
            "first",
            "second",
            "first_application__organisation",
            "second_application__organisation",
            "swapped_by",
        )
    if context["is_office"] and found is None:
        context["presenting"] = presenting(panel).count()
    return render(request, "scoring/schedule.html", context)


def _lot_document(request: HttpRequest, found: PresentationSchedule) -> HttpResponse:
    """What `recompute lot` takes, for whoever sees the whole schedule."""
    log_access(actor=request.user, action="download", subject=found, at=request.now, detail="抽签复算的输入")
    response = HttpResponse(_lot_text(found), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_lot_name(found)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lot_text(found: PresentationSchedule) -> str:
    return json.dumps({"seed": found.seed, "applications": found.drawn_list}, ensure_ascii=False)


def _lot_name(found: PresentationSchedule) -> str:
    return f"lot-{found.panel_id}.json"


def plan_presentations(request: HttpRequest, panel_id: int) -> HttpResponse:
    """The office makes the slots, or makes them anew before the draw."""
    panel = _panel(request, panel_id)
    require_office(request.user, panel.cycle)
    found = PresentationSchedule.objects.filter(panel=panel).first()
    form = PlanForm(posted(request), initial=plan_of(found))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.plan_presentations(
                panel=panel,
                plan=form.plan,
                spare=form.cleaned_data["spare"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "场次已排定。核对后抽签，抽签结果会通知申报组织和评审员。")
            return redirect("scoring:schedule", panel_id=panel.pk)
    context = {
        "panel": panel,
        "cycle": panel.cycle,
        "form": form,
        "drawn": found is not None and found.drawn_at is not None,
        "number": presenting(panel).count(),
        "viewer_is_office": True,
    }
    return render(request, "scoring/plan_presentations.html", context, status=422 if form.errors else 200)


def draw_presentations(request: HttpRequest, panel_id: int) -> HttpResponse:
    """The office draws lots, after reading what follows."""
    found = _schedule(request, panel_id)
    form = DrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.draw_presentations(
                schedule=found, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, "已抽签，申报组织和评审员都已收到通知。")
            return redirect("scoring:schedule", panel_id=panel_id)
    context = _context(request, found.panel, found) | {
        "form": form,
        "applications": presenting(found.panel),
    }
    return render(request, "scoring/draw_presentations.html", context, status=422 if form.errors else 200)


def swap_presentations(request: HttpRequest, panel_id: int) -> HttpResponse:
    """The office lets two slots change hands, with a reason."""
    found = _schedule(request, panel_id)
    context = _context(request, found.panel, found)
    form = SwapForm(posted(request), slots=[row.slot for row in context["rows"]])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.swap_presentations(
                schedule=found, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, "已调换，有关的申报组织和评审员都已收到通知。")
            return redirect("scoring:schedule", panel_id=panel_id)
    context["form"] = form
    return render(request, "scoring/swap_presentations.html", context, status=422 if form.errors else 200)


@require_safe
def schedule_pdf(request: HttpRequest, panel_id: int) -> HttpResponse:
    """The schedule to be printed, with the slots that the page shows. Refused: not_drawn as 404."""
    found = get_object_or_404(schedules_visible_to(request.user).exclude(drawn_at=None), panel=panel_id)
    context = _context(request, found.panel, found)
    log_access(actor=request.user, action="download", subject=found, at=request.now, detail="陈述答辩日程")
    content = pdf.render("documents/presentation_schedule.html", context | {"made_at": request.now})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="schedule-{panel_id}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def visit_notice(request: HttpRequest, application_id: int) -> HttpResponse:
    """What an applicant is told: its own time and room, once drawn; plan and agenda of the visit, once sent."""
    rows = own_applications(request.user).filter(state__in=SHOWN_STATES)
    application = get_object_or_404(rows, pk=application_id)
    context = {
        "application": application,
        "slot": own_slot(request.user, application),
        "plan": plan_of_visit(plan_sent(request.user, application)),
    }
    return render(request, "scoring/visit_notice.html", context)
