"""Pages of the committee and the authority."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import has_role, holds_anywhere, require_role
from accounts.roles import OFFICE_ROLES, Role
from awards.law.terms import Tier
from awards.models import Cycle
from ground.web import posted, refusals_on
from notifications.queries import duties_for
from scoring import services
from scoring.forms.results import ApprovalForm, MeetingForm, NextForm, ResolutionForm, VoteForm
from scoring.models import Meeting, RankingRow, Resolution, Vote
from scoring.queries import results
from scoring.rules.composite import displayed
from scoring.views.results import layout_for


def _cycle(request: HttpRequest, cycle_id: int) -> Cycle:
    return get_object_or_404(results.result_cycles_visible_to(request.user), pk=cycle_id)


def _meeting(request: HttpRequest, cycle_id: int) -> Meeting:
    return get_object_or_404(
        Meeting.objects.select_related("cycle__scheme", "cycle__edition_record"),
        cycle=_cycle(request, cycle_id),
    )


def _first_page(request: HttpRequest, role: str, template: str) -> HttpResponse:
    if not holds_anywhere(request.user, role):
        raise PermissionDenied
    context = {"duties": duties_for(request.user), "cycles": results.cycles_to_decide(request.user, role)}
    return render(request, template, context)


@require_safe
def committee(request: HttpRequest) -> HttpResponse:
    """The first page of a committee member: what waits for my vote, and the cycles of my scheme."""
    return _first_page(request, Role.COMMITTEE, "scoring/committee.html")


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The first page of the authority: lists to approve, with the whole trail."""
    return _first_page(request, Role.AUTHORITY, "scoring/authority.html")


def meeting(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The meeting: called by the office, voted on by the members, resolved candidate by candidate."""
    cycle = _cycle(request, cycle_id)
    if request.method == "POST":
        require_role(request.user, *OFFICE_ROLES, **cycle.scopes())
    held = results.meeting_of(cycle)
    form = MeetingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.call_meeting(cycle=cycle, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "已召集审议会议，并通知全体委员。")
            return redirect("scoring:meeting", cycle_id=cycle.pk)
    context: dict[str, Any] = {"cycle": cycle, "held": held, "form": form} | _powers(request, cycle)
    if held:
        context |= _agenda(request, held)
    return render(request, "scoring/meeting.html", context, status=422 if form.errors else 200)


def _powers(request: HttpRequest, cycle: Cycle) -> dict[str, Any]:
    scopes = cycle.scopes()
    return {
        "layout": layout_for(request, cycle),
        "is_office": has_role(request.user, *OFFICE_ROLES, **scopes),
        "is_head": has_role(request.user, Role.OFFICE_HEAD, **scopes),
        "is_member": has_role(request.user, Role.COMMITTEE, **scopes),
        "is_authority": has_role(request.user, Role.AUTHORITY, **scopes),
    }


def _tally(row: RankingRow) -> list[tuple[str, int]]:
    cast = row.application.cast
    return [(choice.label, sum(vote.choice == choice for vote in cast)) for choice in Vote.Choice]


def _agenda(request: HttpRequest, held: Meeting) -> dict[str, Any]:
    edition = held.cycle.edition
    names = {tier.code: tier for tier in edition.tiers}
    candidates = set(services.candidates_of(held))
    agenda: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for row in results.meeting_rows(held):
        application = row.application
        resolution = application.resolved[-1] if application.resolved else None
        entry = {
            "row": row,
            "shown": displayed(edition, row.composite),
            "tier": names.get(row.tier),
            "votes": application.cast,
            "tally": _tally(row),
            "mine": next((vote for vote in application.cast if vote.member_id == request.user.pk), None),
            "resolution": resolution,
            "resolved_tier": names.get(resolution.tier) if resolution else None,
        }
        (agenda if application.pk in candidates else others).append(entry)
    return {
        "ties": [
            {"tied": tied, "tier": names[tied.tier], "shown": displayed(edition, tied.rows[0].composite)}
            for tied in results.ties_of(held.cycle)
        ],
        "ties_article": edition.article("ties"),
        "agenda": agenda,
        "others": others,
        "attendances": list(held.attendances.select_related("member").order_by("member__name")),
        "unresolved": [entry for entry in agenda if not entry["resolution"]],
    }


@require_POST
def attendance(request: HttpRequest, cycle_id: int, user_id: int) -> HttpResponse:
    """Note a member as present or absent."""
    held = _meeting(request, cycle_id)
    member = get_object_or_404(User, pk=user_id, pk__in=held.attendances.values("member_id"))
    services.record_attendance(
        meeting=held,
        member=member,
        present=request.POST.get("present") == "yes",
        actor=request.user,
        now=request.now,
    )
    return redirect("scoring:meeting", cycle_id=cycle_id)


def vote(request: HttpRequest, cycle_id: int, application_id: int) -> HttpResponse:
    """A member votes on one candidate."""
    held = _meeting(request, cycle_id)
    require_role(request.user, Role.COMMITTEE, **held.cycle.scopes())
    row = get_object_or_404(results.ranking_rows(held.cycle), application_id=application_id)
    cast = Vote.objects.filter(meeting=held, application=row.application, member=request.user).first()
    form = VoteForm(posted(request), initial={"choice": cast.choice, "reason": cast.reason} if cast else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.cast_vote(
                meeting=held,
                application=row.application,
                **form.cleaned_data,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已对“{row.application.organisation.name}”表决。")
            return redirect("scoring:meeting", cycle_id=cycle_id)
    context = {"cycle": held.cycle, "row": row, "form": form} | _place(held.cycle, row)
    return render(request, "scoring/vote.html", context, status=422 if form.errors else 200)


def resolve(request: HttpRequest, cycle_id: int, application_id: int) -> HttpResponse:
    """The office head records what the committee resolved on one candidate."""
    held = _meeting(request, cycle_id)
    require_role(request.user, Role.OFFICE_HEAD, **held.cycle.scopes())
    row = get_object_or_404(results.meeting_rows(held), application_id=application_id)
    initial = {"outcome": Resolution.Outcome.AWARD if row.tier else "", "tier": row.tier}
    form = ResolutionForm(posted(request), edition=held.cycle.edition, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_resolution(
                meeting=held,
                application=row.application,
                **form.cleaned_data,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已登记对“{row.application.organisation.name}”的决议。")
            return redirect("scoring:meeting", cycle_id=cycle_id)
    context = {"cycle": held.cycle, "row": row, "form": form, "tally": _tally(row)} | _place(held.cycle, row)
    return render(request, "scoring/resolve.html", context, status=422 if form.errors else 200)


def _place(cycle: Cycle, row: RankingRow) -> dict[str, Any]:
    """Where the ranking puts a candidate; of one tied at the last seats, beside whom and for how many."""
    ties = [tied for tied in results.ties_of(cycle) if row in tied.rows] if not row.tier else []
    return {
        "tier": _tier(cycle, row.tier),
        "shown": displayed(cycle.edition, row.composite),
        "ties": [
            {"tier": _tier(cycle, tied.tier), "seats": tied.seats, "others": tied.others(row)}
            for tied in ties
        ],
        "ties_article": cycle.edition.article("ties"),
    }


def _tier(cycle: Cycle, code: str) -> Tier | None:
    return next((tier for tier in cycle.edition.tiers if tier.code == code), None)


@require_POST
def close_meeting(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Close the meeting and send the list to the authority."""
    services.close_meeting(meeting=_meeting(request, cycle_id), actor=request.user, now=request.now)
    messages.success(request, "审议已完成，名单已报批准机关。")
    return redirect("scoring:approval", cycle_id=cycle_id)


def approval(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The list with its whole trail; the authority enters the document number and date."""
    cycle = _cycle(request, cycle_id)
    if request.method == "POST":
        require_role(request.user, Role.AUTHORITY, **cycle.scopes())
    form = ApprovalForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.approve_list(cycle=cycle, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "名单已批准，评定办可以办理公示。")
            return redirect("scoring:approval", cycle_id=cycle.pk)
    names = {tier.code: tier.name for tier in cycle.edition.tiers}
    done = list(results.approvals_of(cycle))
    for signed in done:
        signed.lines = [entry | {"tier_name": names[entry["tier"]]} for entry in signed.list]
    context = {
        "cycle": cycle,
        "form": form,
        "waiting": [entry | {"tier_name": names[entry["tier"]]} for entry in services.list_to_approve(cycle)],
        "done": done,
        "frozen": results.ranking_of(cycle),
        "held": results.meeting_of(cycle),
    } | _powers(request, cycle)
    return render(request, "scoring/approval.html", context, status=422 if form.errors else 200)


def nominate_next(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """After a candidate was struck: the next one moves up by a new resolution."""
    cycle = _cycle(request, cycle_id)
    require_role(request.user, Role.OFFICE_HEAD, **cycle.scopes())
    struck = services.struck_award(cycle)
    following = services.next_in_line(cycle, struck.tier) if struck else None
    form = NextForm(posted(request))
    if request.method == "POST" and following and form.is_valid():
        with refusals_on(form):
            services.nominate_next(
                cycle=cycle,
                application=following.application,
                **form.cleaned_data,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "已登记递补决议，请批准机关审定后另行公示。")
            return redirect("scoring:approval", cycle_id=cycle.pk)
    context = {
        "cycle": cycle,
        "struck": struck,
        "following": following,
        "form": form,
        "tier": _tier(cycle, struck.tier) if struck else None,
        "shown": displayed(cycle.edition, following.composite) if following else "",
        "seat": results.seat_reading(cycle.edition),
    }
    return render(request, "scoring/nominate_next.html", context, status=422 if form.errors else 200)
