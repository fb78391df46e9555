"""Complaints about reviewers: whoever complains, the office that inquires, the committee that decides, the supervisor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.moves import may_move
from accounts.permissions import has_role, holds_anywhere, in_portal
from accounts.roles import OFFICE_ROLES, ROLES, Role
from ground.steps import Step, steps_of
from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.complaints import ApproveForm, ComplaintForm, EndForm, ReportForm
from scoring.forms.panels import ConfirmForm
from scoring.models import MisconductCase, Reviewer
from scoring.queries import misconduct as queries
from scoring.queries import reviewers_visible_to
from scoring.queries.annulled import taken_back_with
from scoring.services.foreseeing import foresee, frozen, treatments_for
from scoring.services.misconduct import article_of
from scoring.states import MISCONDUCT

STEPS = steps_of(
    Step("inquire", "受理并核查", services.open_inquiry, ConfirmForm, "投诉人会收到受理通知，案件转评定办主任核查。"),
    Step("dismiss", "核查不属实，结案", services.dismiss_complaint, EndForm, "案件就此结束，理由告诉投诉人。"),
    Step(
        "approve", "批准取消评审资格", services.approve_disqualification, ApproveForm,
        "决定立即生效，不能撤回：该评审员看不到任何评审材料，评分表按下面写明的办法处理。", danger=True,
    ),
    Step("refuse", "不予批准", services.refuse_disqualification, EndForm, "案件就此结束，评审资格和评分表不变。"),
)  # fmt: skip


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """The complaints that the reader may see, the newest first."""
    _only_with_a_role(request)
    context = {
        "page": page_of(request, queries.cases_visible_to(request.user)),
        "layout": _layout(request),
        "is_official": _is_official(request.user),
        "viewer_is_office": _is_official(request.user),
    }
    return render(request, "scoring/complaints.html", context)


def file_complaint(request: HttpRequest) -> HttpResponse:
    """Complain. An applicant names the matter, an official may name the reviewer."""
    _only_with_a_role(request)
    official = _is_official(request.user)
    form = ComplaintForm(
        posted(request),
        cycles=queries.cycles_to_complain_of(),
        applications=queries.applications_to_complain_of(request.user),
        reviewers=reviewers_visible_to(request.user) if official else None,
        initial={"reviewer": request.GET.get("reviewer", "")},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.file_complaint(**form.complaint, actor=request.user, now=request.now)
            messages.success(request, "投诉已提交。办理情况会发到您的消息里。")
            return redirect(made)
    context = {"form": form, "layout": _layout(request)}
    return render(request, "scoring/file_complaint.html", context, status=422 if form.errors else 200)


@require_safe
def complaint(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Where a complaint stands. Who complained sees the public side, who works on it the whole file."""
    case = _case(request, complaint_id)
    inside = _inside(request, case)
    context = {
        **_context(request, case),
        "inside": inside,
        "viewer_is_office": inside,
        "steps": [STEPS.get(step.name) or step for step in _moves(request, case)] if inside else [],
        "effect": queries.effect_seen(case.outcome or case.foreseen or {}, case.cycle, request.user),
        "taken_back": taken_back_with(case, request.user) if inside else (),
    }
    return render(request, "scoring/complaint.html", context)


def complaint_step(request: HttpRequest, complaint_id: int, complaint_step: str) -> HttpResponse:
    """One step of a case by its form."""
    case = _case(request, complaint_id)
    step = STEPS.get(complaint_step)
    if step is None:
        raise Http404
    if step.name not in [
        move.name for move in MISCONDUCT.moves if has_role(request.user, *move.who, **case.scopes())
    ]:
        raise PermissionDenied("这一步由别的角色办理。")
    form = step.form(posted(request))
    if step.taken(request, case, form):
        return redirect(case)
    context = {**_context(request, case), "form": form, "step": step}
    if step.name == "approve" and case.reviewer is not None and case.state == "to_committee":
        context["effect"] = _effect(request, case, case.reviewer)
    return render(request, "scoring/complaint_step.html", context, status=422 if form.errors else 200)


def report_misconduct(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """The head's report; choosing the reviewer shows the ranking before and after, before anything is decided."""
    case = _case(request, complaint_id)
    if not has_role(request.user, Role.OFFICE_HEAD, **case.scopes()):
        raise PermissionDenied("核查报告由评定办主任提交。")
    pool = queries.reviewers_of(case.cycle).filter(disqualified_at=None)
    looking = request.method == "POST" and request.POST.get("step") == "look"
    submitted = request.method == "POST" and not looking
    form = ReportForm(
        request.POST if submitted else None,
        reviewers=pool,
        treatments=treatments_for(case.cycle),
        initial=request.POST.dict() if looking else {"reviewer": case.reviewer_id},
    )
    if submitted and form.is_valid():
        with refusals_on(form):
            services.report_misconduct(case=case, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "已报评定委批准。")
            return redirect(case)
    chosen = _chosen(pool, form)
    context = {
        **_context(request, case),
        "form": form,
        "chosen": chosen,
        "effect": _effect(request, case, chosen) if chosen else None,
    }
    return render(request, "scoring/report_misconduct.html", context, status=422 if form.errors else 200)


def _effect(request: HttpRequest, case: MisconductCase, reviewer: Reviewer) -> dict[str, Any]:
    return queries.effect_seen(foresee(case.cycle, reviewer, request.now), case.cycle, request.user)


def _case(request: HttpRequest, complaint_id: int) -> MisconductCase:
    return get_object_or_404(queries.cases_visible_to(request.user), pk=complaint_id)


def _context(request: HttpRequest, case: MisconductCase) -> dict[str, Any]:
    edition = case.cycle.edition
    return {
        "case": case,
        "cycle": case.cycle,
        "layout": _layout(request),
        "article": article_of(case),
        "frozen": frozen(case.cycle),
        "publicity_days": edition.value("publicity_days"),
    }


def _moves(request: HttpRequest, case: MisconductCase) -> list[Any]:
    return [step for step in MISCONDUCT.moves_from(case.state) if may_move(case, step.name, request.user)]


def _inside(request: HttpRequest, case: MisconductCase) -> bool:
    """Whether the reader works on the case (or watches it), and is not the one it is about."""
    if case.reviewer is not None and case.reviewer.user_id == request.user.pk:
        return False
    works = has_role(request.user, *OFFICE_ROLES, **case.scopes()) or in_portal(request.user, Role.SUPERVISOR)
    decides = case.reported_at is not None and has_role(request.user, Role.COMMITTEE, **case.scopes())
    return works or decides


def _is_official(user: object) -> bool:
    return holds_anywhere(user, *OFFICE_ROLES) or in_portal(user, Role.SUPERVISOR)


def _layout(request: HttpRequest) -> str:
    return "base_office.html" if _is_official(request.user) else "base.html"


def _only_with_a_role(request: HttpRequest) -> None:
    if not holds_anywhere(request.user, *ROLES):
        raise PermissionDenied("有角色的账号才能投诉。还没有角色的，请先登记组织或联系评定办。")


def _chosen(pool: QuerySet[Reviewer], form: ReportForm) -> Reviewer | None:
    key = str(form["reviewer"].value() or "")
    return pool.filter(Q(pk=int(key))).first() if key.isdigit() and len(key) < 10 else None
