"""Revocation cases: one page for office, committee and authority; each sees the step that is theirs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moves import may_move, why_not
from accounts.permissions import has_role, holds_anywhere, require_role
from accounts.roles import OFFICE_ROLES, Role
from ground.steps import Step, steps_of
from ground.web import page_of, posted, refusals_on
from notifications.queries import duties_for
from publicity import permissions, queries, services
from publicity.forms import DecisionForm, FindingsForm, OpenCaseForm, ReasonForm, StateFilter, effect_form
from publicity.models import Honour, Incident, RevocationCase, edition_of
from publicity.permissions import INSIDERS
from publicity.rules import sanctions
from publicity.services.basis import revocation_article
from publicity.states import REVOCATION

STEPS = steps_of(
    Step("report", "报告评定委", services.report_case, FindingsForm, "案件将提交评定委审议。"),
    Step("close", "调查不属实，结案", services.close_case, ReasonForm, "案件就此结束，称号不变。"),
    Step("propose", "提请撤销称号", services.propose_revocation, DecisionForm, "案件将提交批准机关决定。"),
    Step("reject", "不予撤销", services.reject_revocation, ReasonForm, "案件就此结束，称号不变。"),
    Step(
        "effect",
        "决定撤销称号",
        services.effect_revocation,
        DecisionForm,
        "决定立即生效，并按下列各项处理，向社会公告。此项不能撤回。",
        danger=True,
    ),
)
# State → whose turn it is, for those whose turn it is not.
TURNS = {
    "investigating": "由评定办主任调查核实后报告评定委。",
    "to_committee": "由评定委审议是否提请撤销。",
    "to_authority": "由批准机关决定是否撤销。",
}


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Cases of my schemes, the open ones first, and what of them is mine to do."""
    if not holds_anywhere(request.user, *INSIDERS, Role.SUPERVISOR):
        require_role(request.user, *OFFICE_ROLES)
    form = StateFilter("case", request.GET)
    shown = queries.by_holder(queries.cases_visible_to(request.user), **form.chosen)
    page = page_of(request, shown.order_by(queries.waiting_first(*queries.OPEN_CASES), "-opened_at", "-id"))
    mine = duties_for(request.user).filter(kind="publicity.case")
    context = {
        "page": page,
        "form": form,
        "duties": list(mine[:10]),
        "is_office": holds_anywhere(request.user, *OFFICE_ROLES),
        "viewer_is_office": True,
    }
    return render(request, "publicity/cases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest, honour_id: int) -> HttpResponse:
    """Open an investigation against an honour; `?incident=` ties it to a report of the holder."""
    honour = get_object_or_404(queries.honours_visible_to(request.user), pk=honour_id)
    require_role(request.user, *OFFICE_ROLES, scheme=honour.scheme.code)
    incident = None
    if asked := request.GET.get("incident"):
        reports = queries.incidents_visible_to(request.user).filter(honour=honour)
        incident = get_object_or_404(reports, pk=asked if asked.isdecimal() else 0)
    edition = edition_of(honour.cycle)
    form = OpenCaseForm(edition, posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            opened = services.open_revocation_case(
                honour=honour, incident=incident, actor=request.user, now=request.now, **form.cleaned_data
            )
            heads = permissions.is_head(request.user, honour.scheme)
            follows = (
                "请调查核实，并把结论报告评定委。" if heads else "请协助调查核实；结论由主任报告评定委。"
            )
            messages.success(request, f"已立案。{follows}")
            return redirect("publicity:case", case_id=opened.pk)
    context = {
        "form": form,
        "honour": honour,
        "incident": incident,
        "edition": edition,
        "blocked": _why_no_case(honour, incident),
    }
    return render(request, "publicity/open_case.html", context, status=422 if form.errors else 200)


@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The file of one case: where it stands, what was found and decided, what will follow, and my next step."""
    shown = _case(request, case_id)
    context = {
        **_context(request, shown),
        "steps": [STEPS[move.name] for move in _open_moves(request.user, shown)],
        "turn": TURNS.get(shown.state_code, ""),
    }
    return render(request, "publicity/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def case_step(request: HttpRequest, case_id: int, step: str) -> HttpResponse:
    """Confirm one step of a case, with what it entails."""
    shown = _case(request, case_id)
    if step not in STEPS:
        raise Http404
    chosen = STEPS[step]
    if not has_role(request.user, *REVOCATION.move(step).who, **shown.scopes()):
        raise PermissionDenied("这一步由另外的角色办理。")
    form = _form_of(chosen, shown)(posted(request))
    if chosen.taken(request, shown, form):
        return redirect("publicity:case", case_id=shown.pk)
    context = {**_context(request, shown), "step": chosen, "form": form, "blocked": why_not(shown, step)}
    return render(request, "publicity/case_step.html", context, status=422 if form.errors else 200)


def _case(request: HttpRequest, case_id: int) -> RevocationCase:
    return get_object_or_404(queries.cases_visible_to(request.user), pk=case_id)


def _why_no_case(honour: Honour, incident: Incident | None) -> str:
    faults = services.faults_against_a_case(honour)
    return faults[0].message if faults else why_not(incident, "open_case") if incident else ""


def _open_moves(user: object, shown: RevocationCase) -> list[Any]:
    """The moves open to `user`; ending the case comes after carrying it on."""
    moves = [move for move in REVOCATION.moves_from(shown.state_code) if may_move(shown, move.name, user)]
    return sorted(moves, key=lambda move: move.target == "dismissed")


def _form_of(chosen: Step, shown: RevocationCase) -> type[forms.Form]:
    if chosen.name != "effect":
        return chosen.form
    cells = edition_of(shown.honour.cycle).value("sanctions")[shown.ground]
    return effect_form(cells["refer_to_police"]["value"])


def _context(request: HttpRequest, shown: RevocationCase) -> dict[str, Any]:
    edition = edition_of(shown.honour.cycle)
    return {
        "case": shown,
        "ground_article": revocation_article(edition, shown.ground),
        "honour": shown.honour,
        "edition": edition,
        "payment": getattr(shown.honour, "payment", None),
        "effects": (shown.sanction or {}).get("effects") or _foreseen(shown, request),
        "is_office": permissions.is_office(request.user, shown.honour.scheme),
        "viewer_is_office": True,
    }


def _foreseen(shown: RevocationCase, request: HttpRequest) -> list[dict[str, Any]]:
    """What a revocation decided today would bring, by the edition's matrix."""
    edition = edition_of(shown.honour.cycle)
    payment = getattr(shown.honour, "payment", None)
    paid = payment.amount if payment is not None and payment.state == "paid" else 0
    sanction = sanctions.apply(edition, shown.ground, request.now.date(), paid)
    return services.foreseen_effects(edition, shown.ground, sanction, payment)
