"""The office's pages of an automatic proposal: ask, look, change by hand, confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from applications.industry import SECTIONS
from applications.models import Application
from ground.svg import LoadRow, load_chart
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.panels import ConfirmForm, OverrideForm, PanelForm
from scoring.forms.proposals import AskForm
from scoring.models import Panel, PanelProposal, Reviewer
from scoring.permissions import is_head, may_run_panels, require_office
from scoring.queries import blind
from scoring.queries.assignment import (
    assignable,
    names_taken,
    proposals_visible_to,
    task_of,
    teams_from,
    teams_of,
)
from scoring.queries.misconduct import under_inquiry
from scoring.queries.waiting import waiting_in
from scoring.rules.assignment import free_name, reasons_for, why_left
from scoring.rules.plan_sheet import duty
from scoring.rules.replacement import UNDER_INQUIRY
from scoring.rules.teams import HEAD_DECIDES, File, Note, Person, Seat, Task, Team, against
from scoring.services.proposals import OPEN
from scoring.views.panels import cycle_of, kind_of_the_stage, kinds_formed_in
from scoring.views.seating import panel_form_page, submitted, why_not_formed

# Files × people: up to here a proposal takes about a second and is computed while the page waits.
AT_ONCE = 12_000
DEFAULT_MOST = 8


@dataclass(frozen=True)
class SeatShown:
    """A seat in words."""

    person: Person
    duty: str
    reasons: list[str]


@dataclass(frozen=True)
class TeamShown:
    """A team in words; `number` counts from 1."""

    number: int
    name: str
    seats: list[SeatShown]
    files: list[File]
    notes: list[Note]


@dataclass
class Shown:
    """A proposal against the data of now, in words."""

    task: Task
    teams: tuple[Team, ...]
    rows: list[TeamShown] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unplaced: list[tuple[File, str]] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        """Whether it can't be confirmed by anybody."""
        return any(note.bad and note.code not in HEAD_DECIDES for note in self._all)

    @property
    def for_head(self) -> bool:
        """Whether only the head can confirm it, with a reason."""
        return any(note.code in HEAD_DECIDES for note in self._all)

    @property
    def _all(self) -> list[Note]:
        return [*self.notes, *(note for row in self.rows for note in row.notes)]


def ask_proposal(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Ask for a proposal; a small one is there at once, a large one is computed by the worker."""
    cycle = cycle_of(request, cycle_id)
    require_office(request.user, cycle)
    edition = cycle.edition
    minimum = int(edition.value("panel_minimum"))
    waiting = waiting_in(cycle, list(Panel.Kind), request.user)
    formable = [one.kind for one in waiting if one.names and one.kind in kinds_formed_in(cycle)]
    kind = next(iter(formable), kind_of_the_stage(cycle))
    form = AskForm(
        posted(request),
        minimum=minimum,
        article=edition.article("panel_minimum"),
        initial={"kind": kind, "size": minimum, "most": DEFAULT_MOST},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.ask_proposal(
                cycle=cycle, **form.cleaned_data, actor=request.user, now=request.now
            )
            files = assignable(cycle, made.kind).exclude(taken=True).count()
            if files * Reviewer.objects.filter(disqualified_at=None).count() <= AT_ONCE:
                services.compute_proposal(proposal=made, actor=request.user, now=request.now)
            return redirect(made)
    context = {
        "cycle": cycle,
        "form": form,
        "open": proposals_visible_to(request.user).filter(cycle=cycle, stage__in=OPEN),
        "counts": [(one.kind.label, len(one.names)) for one in waiting],
        "blocked": "" if formable else why_not_formed(cycle, kind, request.user),
        "people": Reviewer.objects.filter(disqualified_at=None).count(),
    }
    return render(request, "scoring/ask_proposal.html", context, status=422 if form.errors else 200)


@require_safe
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The proposal with the reason for each choice, or how far the worker is."""
    found = proposal_of(request, proposal_id)
    context: dict[str, Any] = {
        "cycle": found.cycle,
        "proposal": found,
        "is_office": may_run_panels(request.user, found.cycle),
        "is_head": is_head(request.user, found.cycle),
    }
    if found.stage == PanelProposal.Stage.READY:
        shown = shown_of(request, found)
        context |= {
            "shown": shown,
            "chart": _chart(shown),
            "add_number": len(shown.rows) + 1,
            "sections": SECTIONS,
        }
    elif found.stage == PanelProposal.Stage.CONFIRMED:
        context["panels"] = Panel.objects.filter(
            cycle=found.cycle, kind=found.kind, name__in=[team["name"] for team in found.teams]
        )
    return render(request, "scoring/proposal.html", context)


def arrange_team(request: HttpRequest, proposal_id: int, number: int) -> HttpResponse:
    """Change one proposed panel by hand, with the form that panels have; the number after the last adds one."""
    found = proposal_to_change(request, proposal_id)
    waiting = assignable(found.cycle, found.kind).exclude(taken=True)
    _only_unbiased(request, waiting)
    teams = tuple(teams_from(found.teams))
    if not 1 <= number <= len(teams) + 1:
        raise Http404
    names = {*names_taken(found.cycle, found.kind), *(one.name for one in teams)}
    added = number > len(teams)
    team = Team(free_name(names), (), ()) if added else teams[number - 1]
    form = PanelForm(
        posted(request),
        pool=Reviewer.objects.select_related("user"),
        applications=waiting,
        initial={
            "name": team.name,
            "applications": list(team.files),
            "seats": list(team.people),
            "lead": next((seat.person for seat in team.seats if seat.lead), None),
            "experts": [seat.person for seat in team.seats if seat.expert],
        },
    )
    if submitted(request) and form.is_valid():
        with refusals_on(form):
            services.arrange_proposal(
                proposal=found,
                teams=_with_team(teams, number, form.composition),
                revision=found.revision,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "方案已修改。确认之前不会组建评审组。")
            return redirect(found)
    context = {
        "cycle": found.cycle,
        "kind": found.kind,
        "kind_label": found.get_kind_display(),
        "form": form,
        "back": found.get_absolute_url(),
        "title": "增加一组" if added else f"修改{team.name}",
    }
    return panel_form_page(request, context, found.cycle, form, waiting)


def confirm_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Form the proposed panels, after reading what follows."""
    found = proposal_to_change(request, proposal_id)
    shown = shown_of(request, found)
    form = OverrideForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.confirm_proposal(
                proposal=found,
                revision=_revision(request, found),
                override=form.cleaned_data["override"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已组建 {len(made)} 个评审组。逐组核对后启动，评分表就会发给各成员。")
            return redirect("scoring:panels", cycle_id=found.cycle_id)
    context = {"cycle": found.cycle, "proposal": found, "shown": shown, "form": form}
    context["may_override"] = is_head(request.user, found.cycle)
    return render(request, "scoring/confirm_proposal.html", context, status=422 if form.errors else 200)


def drop_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Give the proposal up; it stays on record."""
    found = proposal_of(request, proposal_id)
    require_office(request.user, found.cycle)
    form = ConfirmForm(posted(request))
    if request.method == "POST":
        with refusals_on(form):
            services.drop_proposal(proposal=found, actor=request.user, now=request.now)
            messages.success(request, "方案已放弃。可以重新提出，也可以逐组组建。")
            return redirect("scoring:panels", cycle_id=found.cycle_id)
    context = {"cycle": found.cycle, "proposal": found, "form": form}
    return render(request, "scoring/drop_proposal.html", context, status=422 if form.errors else 200)


def proposal_of(request: HttpRequest, proposal_id: int) -> PanelProposal:
    return get_object_or_404(proposals_visible_to(request.user), pk=proposal_id)


def proposal_to_change(request: HttpRequest, proposal_id: int) -> PanelProposal:
    found = proposal_of(request, proposal_id)
    require_office(request.user, found.cycle)
    return found


def shown_of(request: HttpRequest, found: PanelProposal) -> Shown:
    """The proposal as the data stand now. Who is recused from one of the applicants does not see it."""
    task, accused = (
        task_of(found.cycle, found.kind, size=found.size, most=found.most),
        under_inquiry(request.user),
    )
    _only_unbiased(request, Application.objects.filter(pk__in=task.file))
    teams = teams_of(found, task)
    shown = Shown(task, teams)
    told = against(task, teams)
    shown.notes = [Note(n["code"], n["message"], n["bad"]) for n in found.notes]
    shown.notes += [note for note in told if not note.team]
    for number, team in enumerate(teams, start=1):
        shown.rows.append(
            TeamShown(
                number,
                team.name,
                [_seat(task, team, seat, accused) for seat in team.seats],
                [task.file[file] for file in team.files],
                [note for note in told if note.team == team.name],
            )
        )
    placed = {file for team in teams for file in team.files}
    shown.unplaced = [(file, why_left(task, teams, file.id)) for file in task.files if file.id not in placed]
    return shown


def _only_unbiased(request: HttpRequest, files: QuerySet[Application]) -> None:
    seen = blind(files, request.user)
    if files.exclude(pk__in=seen.values("pk")).exists():
        raise PermissionDenied("您与其中的申报组织有利害关系，须回避，分组请由评定办的其他同事办理。")


def _seat(task: Task, team: Team, seat: Seat, accused: Collection[int]) -> SeatShown:
    reasons = reasons_for(task, seat, team.seats, team.files)
    if seat.person in accused:
        reasons.append(UNDER_INQUIRY)
    return SeatShown(task.person[seat.person], duty(seat), reasons)


def _with_team(teams: tuple[Team, ...], number: int, given: dict[str, Any]) -> list[Team]:
    """The teams with the one at `number` as given; its files leave the others, and an empty one is left out."""
    files = {row.pk for row in given["applications"]}
    seats = tuple(
        Seat(seat.reviewer.pk, lead=seat.lead, expert=seat.industry_expert) for seat in given["seats"]
    )
    rest = [replace(team, files=tuple(f for f in team.files if f not in files)) for team in teams]
    changed = Team(given["name"].strip(), seats, tuple(sorted(files)))
    kept = [*rest[: number - 1], changed, *rest[number:]]
    return [team for team in kept if team.seats or team.files]


def _chart(shown: Shown) -> str:
    work: Counter[int] = Counter()
    for team in shown.teams:
        for person in team.people:
            work[person] += len(team.files)
    rows = [
        LoadRow(one.name, one.load, work[one.id], None if one.room is None else one.load + one.room)
        for one in sorted(shown.task.people, key=lambda one: (-work[one.id], -one.load, one.name))
        if work[one.id] or one.load
    ]
    return load_chart(rows, title="每位评审员承担的家数") if rows else ""


def _revision(request: HttpRequest, found: PanelProposal) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdigit() and len(given) < 9 else -1
