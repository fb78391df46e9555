"""Before applications come in: the timetable, the call, its publication; and the year's holidays."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime

from accounts.permissions import require_role
from accounts.roles import Role
from awards import permissions, queries, services
from awards.forms import CallForm, TimetableForm, WorkdaysForm
from awards.models import Cycle, OfficeWorkdays
from awards.rules.call import draft_call
from ground.errors import Refused
from ground.web import posted, refusals_on


def _office_cycle(request: HttpRequest, cycle_id: int) -> Cycle:
    """The cycle, for whoever runs it: unseen 404, seen but not theirs 403."""
    cycle = get_object_or_404(queries.cycles_visible_to(request.user), pk=cycle_id)
    permissions.require_office(request.user, cycle)
    return cycle


def set_timetable(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Start and deadline of every stage."""
    cycle = _office_cycle(request, cycle_id)
    rows = {kind: (milestone.starts_at, milestone.due_at) for kind, milestone in cycle.timetable.items()}
    form = TimetableForm(posted(request), initial=TimetableForm.initial_from(rows))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.set_timetable(cycle=cycle, rows=form.rows, actor=request.user, now=request.now)
            messages.success(request, "工作安排已保存。")
            return redirect("awards:cycle", cycle_id=cycle.pk)
    context = {"cycle": cycle, "form": form, "blocked": services.why_timetable_closed(cycle)}
    return render(request, "awards/set_timetable.html", context, status=422 if form.errors else 200)


def write_call(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The call's number and text, drafted from the edition the first time."""
    cycle = _office_cycle(request, cycle_id)
    if cycle.state != "draft":
        return redirect("awards:call", cycle_id=cycle.pk)
    initial = {"number": cycle.call_number, "text": cycle.call_text or drafted_call(cycle)}
    form = CallForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.write_call(cycle=cycle, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "申报通知已保存，尚未发布。")
            return redirect("awards:cycle", cycle_id=cycle.pk)
    context = {"cycle": cycle, "form": form, "draft_key": f"cycle-{cycle.pk}-call"}
    return render(request, "awards/write_call.html", context, status=422 if form.errors else 200)


def drafted_call(cycle: Cycle) -> str:
    rows = {
        kind: (localtime(milestone.starts_at), localtime(milestone.due_at))
        for kind, milestone in cycle.timetable.items()
    }
    return draft_call(cycle.edition, name=cycle.scheme.name, year=cycle.year, rows=rows)


def publish_call(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The head reads the consequences, then publishes."""
    cycle = _office_cycle(request, cycle_id)
    permissions.require_head(request.user, cycle)
    faults = services.faults_against_publishing(cycle, now=request.now) if cycle.state == "draft" else []
    if request.method == "POST":
        try:
            services.publish_call(cycle=cycle, actor=request.user, now=request.now)
        except Refused as refusal:
            faults = list(refusal.faults)
        else:
            messages.success(request, "申报通知已发布。")
            return redirect("awards:cycle", cycle_id=cycle.pk)
    context = {
        "cycle": cycle,
        "faults": faults,
        "edition": cycle.edition,
        "call_article": cycle.edition.article("announcement_call"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "awards/publish_call.html", context, status=status)


def enter_workdays(request: HttpRequest) -> HttpResponse:
    """The holidays of a year, from the State Council's notice; above them what is known already."""
    readers = () if request.method == "POST" else (Role.SUPERVISOR,)
    if not permissions.is_office_anywhere(request.user):
        require_role(request.user, Role.OFFICE_CLERK, *readers)
    form = WorkdaysForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            entered = services.enter_workdays(**form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, f"已录入{entered}。")
            return redirect("awards:enter_workdays")
    context = {
        "form": form,
        "may_enter": permissions.is_office_anywhere(request.user),
        "shipped": queries.shipped_calendars(),
        "entered": OfficeWorkdays.objects.select_related("entered_by").order_by("year"),
    }
    return render(request, "awards/enter_workdays.html", context, status=422 if form.errors else 200)
