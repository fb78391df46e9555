"""The office's first page, one cycle, and its beginning and end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.moves import may_move, why_not
from accounts.permissions import require_role
from accounts.roles import Role
from awards import permissions, queries, services
from awards.forms import STATUS_WORDS, CancelForm, OpenCycleForm
from awards.law import editions as law_editions
from awards.models import Cycle, Milestone
from ground import svg
from ground.web import page_of, posted, refusals_on
from notifications.queries import duties_for

FINISHED = ("announced", "cancelled")


@require_safe
def office(request: HttpRequest) -> HttpResponse:
    """What needs me today, then the cycles of my schemes with the deadlines ahead."""
    if not permissions.is_office_anywhere(request.user):
        require_role(request.user, Role.SUPERVISOR)
    page = page_of(request, queries.office_cycles_of(request.user))
    running = [cycle for cycle in page if cycle.state not in FINISHED]
    context = {
        "duties": list(duties_for(request.user)[:20]),
        "page": page,
        "running": running,
        "ahead": _ahead(running, request),
        "may_open": permissions.is_office_anywhere(request.user),
    }
    return render(request, "awards/office.html", context)


@require_safe
def cycle(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """One cycle for the office: where it stands, the one next step, its dates and its history."""
    shown = get_object_or_404(queries.office_cycles_annotated(request.user), pk=cycle_id)
    permissions.require_office_page(request.user, shown)
    context = {
        "cycle": shown,
        "edition": shown.edition,
        "criteria": shown.criteria,
        "may_run": permissions.may_run(request.user, shown),
        "gaps": services.faults_against_publishing(shown, now=request.now) if shown.state == "draft" else [],
        "may_schedule": permissions.may_run(request.user, shown) and not services.why_timetable_closed(shown),
        "may_cancel": may_move(shown, "cancel", request.user),
        "publish_href": reverse("awards:publish_call", args=[shown.pk]),
        "chart": timetable_chart(shown, request),
        "milestones": list(shown.timetable.values()),
        "history": list(queries.history_of(shown).order_by("-at", "-id")[:50]),
    }
    return render(request, "awards/cycle.html", context)


def open_cycle(request: HttpRequest) -> HttpResponse:
    """Start a year's cycle on an edition."""
    schemes = queries.schemes_run_by(request.user)
    if not schemes:
        require_role(request.user, Role.OFFICE_CLERK)
    on = request.now.date()
    listed = queries.editions_of(scheme.code for scheme in schemes)
    form = OpenCycleForm(posted(request), editions=listed, on=on, initial={"year": on.year})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            edition = law_editions.get(form.cleaned_data["edition"])
            made = services.open_cycle(
                scheme_code=edition.scheme,
                edition_code=edition.code,
                year=form.cleaned_data["year"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已建立{made}。接着排定工作安排。")
            return redirect("awards:cycle", cycle_id=made.pk)
    rows = [
        {"edition": edition, "status": edition.status(on), "words": STATUS_WORDS[edition.status(on)]}
        for edition in queries.all_editions()
    ]
    context = {"form": form, "editions": rows}
    return render(request, "awards/open_cycle.html", context, status=422 if form.errors else 200)


def cancel_cycle(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Cancel a cycle, after reading what that means."""
    shown = get_object_or_404(queries.cycles_visible_to(request.user), pk=cycle_id)
    permissions.require_head(request.user, shown)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.cancel_cycle(
                cycle=shown, reason=form.cleaned_data["reason"], actor=request.user, now=request.now
            )
            messages.success(request, f"已取消{shown}。")
            return redirect("awards:cycle", cycle_id=shown.pk)
    context = {"cycle": shown, "form": form, "blocked": why_not(shown, "cancel")}
    return render(request, "awards/cancel_cycle.html", context, status=422 if form.errors else 200)


def timetable_chart(shown: Cycle, request: HttpRequest) -> str:
    now = request.now
    bars = [
        svg.Bar(
            label=milestone.get_kind_display(),
            start=milestone.starts_at,
            end=milestone.due_at,
            state="done" if milestone.due_at < now else "current" if milestone.starts_at <= now else "next",
        )
        for milestone in sorted(shown.timetable.values(), key=lambda row: row.starts_at)
    ]
    return svg.timetable(bars, now=now, title="各环节的起止时间", key=f"timetable-{shown.pk}") if bars else ""


def _ahead(running: list[Cycle], request: HttpRequest) -> list[Milestone]:
    """The deadlines ahead of the running cycles, the nearest first."""
    ahead = []
    for shown in running:
        for milestone in shown.timetable.values():
            if milestone.due_at >= request.now:
                milestone.cycle = shown
                ahead.append(milestone)
    return sorted(ahead, key=lambda row: row.due_at)[:12]
