"""Who sits in a panel and whom it reviews: forming it, changing it, a substitute, another lead."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.models import Application
from awards.models import Cycle
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.panels import CandidateFilter, LeadForm, PanelForm, SubstituteForm
from scoring.models import Panel, Reviewer
from scoring.permissions import is_head, require_office
from scoring.queries import blind, reviewers_visible_to
from scoring.queries.assignment import assignable
from scoring.queries.benches import doubly_seated
from scoring.queries.misconduct import under_inquiry
from scoring.queries.pool import Candidate, candidates, pool_matching, with_load
from scoring.queries.progress import progress_of
from scoring.queries.waiting import waiting_in
from scoring.views.panels import cycle_of, kind_of_the_stage, kinds_formed_in, panel_to_run

SHOWN = 200


def form_panel(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Form a panel: everything that speaks against it is said at once, what was picked is kept."""
    cycle = cycle_of(request, cycle_id)
    require_office(request.user, cycle)
    given = request.POST.get("kind") or request.GET.get("kind") or kind_of_the_stage(cycle)
    if given not in Panel.Kind.values:
        raise Http404
    kind = Panel.Kind(given)
    waiting = _applications_for(request, cycle, kind)
    form = PanelForm(
        posted(request),
        pool=Reviewer.objects.select_related("user"),
        applications=waiting,
        initial={"applications": [row.pk for row in waiting if not row.taken]},
    )
    if submitted(request) and form.is_valid():
        with refusals_on(form):
            made = services.form_panel(
                cycle=cycle,
                kind=kind,
                **form.composition,
                override=form.cleaned_data["override"],
                actor=request.user,
                now=request.now,
            )
            _warn_of_double_seats(request, made)
            messages.success(request, f"已组建{made}。核对后启动，评分表就会发给各成员。")
            return redirect("scoring:panel", panel_id=made.pk)
    context = {"cycle": cycle, "kind": kind.value, "kind_label": kind.label, "form": form}
    context["title"] = f"组建{kind.label}"
    context["blocked"] = why_not_formed(cycle, kind, request.user)
    return panel_form_page(request, context, cycle, form, waiting)


def change_panel(request: HttpRequest, panel_id: int) -> HttpResponse:
    """Change a panel that has not started."""
    found = panel_to_run(request, panel_id)
    cycle = found.cycle
    waiting = _applications_for(request, cycle, found.kind, panel=found)
    form = PanelForm(
        posted(request),
        pool=Reviewer.objects.select_related("user"),
        applications=waiting,
        initial=_as_it_is(found),
    )
    if submitted(request) and form.is_valid():
        with refusals_on(form):
            services.change_panel(
                panel=found,
                **form.composition,
                override=form.cleaned_data["override"],
                actor=request.user,
                now=request.now,
            )
            _warn_of_double_seats(request, found)
            messages.success(request, f"已修改{found}。")
            return redirect("scoring:panel", panel_id=found.pk)
    context = {
        "cycle": cycle,
        "kind": found.kind,
        "kind_label": found.get_kind_display(),
        "form": form,
        "panel": found,
        "title": "修改评审组",
    }
    return panel_form_page(request, context, cycle, form, waiting)


def seat_substitute(request: HttpRequest, panel_id: int) -> HttpResponse:
    """Seat one more reviewer where a recusal has left too few."""
    found = panel_to_run(request, panel_id)
    cycle = found.cycle
    progress = progress_of([found], cycle)[0]
    members = {member.reviewer_id for member in progress.members}
    pool = reviewers_visible_to(request.user).filter(disqualified_at=None).exclude(pk__in=members)
    form = SubstituteForm(request.POST if submitted(request) else None, pool=pool)
    if submitted(request) and form.is_valid():
        with refusals_on(form):
            seat = services.Seat(
                form.cleaned_data["reviewer"], industry_expert=form.cleaned_data["industry_expert"]
            )
            services.seat_substitute(
                panel=found,
                seat=seat,
                override=form.cleaned_data["override"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已补充{seat.reviewer.user.name}，并发给评分表。")
            return redirect("scoring:panel", panel_id=found.pk)
    vacant = {line.application.pk: line.application for line in progress.vacancies}
    looking = CandidateFilter(_filter_data(request))
    shown = with_load(pool_matching(pool, **looking.chosen))[:SHOWN]
    context = {
        "cycle": cycle,
        "panel": found,
        "progress": progress,
        "form": form,
        "filter_form": looking,
        "candidates": candidates(shown, cycle, list(vacant.values())),
        "accused": under_inquiry(request.user),
        "picked": str(request.POST.get("reviewer", "")),
        "as_expert": bool(request.POST.get("industry_expert")),
        "may_override": is_head(request.user, cycle),
    }
    return render(request, "scoring/seat_substitute.html", context, status=422 if form.errors else 200)


def change_lead(request: HttpRequest, panel_id: int) -> HttpResponse:
    """Let another member lead."""
    found = panel_to_run(request, panel_id)
    form = LeadForm(posted(request), panel=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.change_lead(panel=found, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, f"已定{form.cleaned_data['reviewer'].user.name}为{found}的组长。")
            return redirect("scoring:panel", panel_id=found.pk)
    progress = progress_of([found], found.cycle)[0]
    context = {
        "cycle": found.cycle,
        "panel": found,
        "form": form,
        "progress": progress,
        "lead_article": found.cycle.edition.article("panel_lead"),
    }
    return render(request, "scoring/change_lead.html", context, status=422 if form.errors else 200)


def panel_form_page(
    request: HttpRequest,
    context: dict[str, Any],
    cycle: Cycle,
    form: PanelForm,
    waiting: QuerySet[Application],
) -> HttpResponse:
    looking = CandidateFilter(_filter_data(request))
    picked = form.members
    context |= {
        "filter_form": looking,
        "candidates": _candidates(request, cycle, looking, picked, list(waiting), context.get("panel")),
        "accused": under_inquiry(request.user),
        "waiting": waiting,
        "applications": form.picked("applications"),
        "members": picked,
        "leads": form.picked("lead"),
        "experts": form.picked("experts"),
        "minimum": cycle.edition.value("panel_minimum"),
        "experts_needed": cycle.edition.value("panel_industry_experts"),
        "article": cycle.edition.article("panel_minimum"),
        "may_override": is_head(request.user, cycle) and "back" not in context,
    }
    if not submitted(request):
        return render(request, "scoring/form_panel.html", context | {"quiet": True})
    return render(request, "scoring/form_panel.html", context, status=422 if form.errors else 200)


def why_not_formed(cycle: Cycle, kind: Panel.Kind, user: object) -> str:
    """Why there is no panel of `kind` to form now; empty where there is."""
    if kind not in kinds_formed_in(cycle):
        return f"评定年度现在的阶段是“{cycle.office_state}”，不能组建{kind.label}。"
    return waiting_in(cycle, [kind], user)[0].why_none


def _candidates(
    request: HttpRequest,
    cycle: Cycle,
    looking: CandidateFilter,
    picked: set[int],
    applications: list[Application],
    panel: Panel | None,
) -> list[Candidate]:
    """Those picked first, whatever the filter says; then those it shows, of whom nobody is disqualified."""
    pool = reviewers_visible_to(request.user)
    shown = pool_matching(pool, standing="active", **looking.chosen)
    rows = with_load(pool.filter(Q(pk__in=picked) | Q(pk__in=shown.values("pk"))))[: SHOWN + len(picked)]
    return sorted(
        candidates(rows, cycle, applications, panel=panel), key=lambda entry: entry.reviewer.pk not in picked
    )


def _applications_for(
    request: HttpRequest, cycle: Cycle, kind: str, *, panel: Panel | None = None
) -> QuerySet[Application]:
    """The applications of the kind's stage; `taken` by another panel of this kind."""
    return blind(assignable(cycle, kind, panel=panel), request.user)


def _as_it_is(panel: Panel) -> dict[str, Any]:
    members = list(panel.members.all())
    return {
        "name": panel.name,
        "applications": [row.pk for row in panel.applications.all()],
        "seats": [member.reviewer_id for member in members],
        "lead": next((member.reviewer_id for member in members if member.lead), None),
        "experts": [member.reviewer_id for member in members if member.industry_expert],
    }


def submitted(request: HttpRequest) -> bool:
    """Looking for more people posts the form as well, so that nothing picked is lost; it saves nothing."""
    return request.method == "POST" and request.POST.get("step") != "look"


def _filter_data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else request.GET


def _warn_of_double_seats(request: HttpRequest, panel: Panel) -> None:
    names = "、".join(member.reviewer.user.name for member in doubly_seated(panel))
    if names:
        messages.warning(request, f"{names}同时在材料评审组和现场评审组。办法没有禁止，请确认这样安排合适。")
