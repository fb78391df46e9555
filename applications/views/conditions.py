"""One page for each question on the conditions: answers, evidence, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications import services
from applications.forms import (
    ConditionForm,
    EvidenceForm,
    answer_rows,
    condition_form,
)
from applications.models import Application
from applications.permissions import is_writer
from applications.queries import (
    Opened,
    as_of,
    evidence_visible_to,
    findings_of,
    live_evidence,
    opened,
)
from applications.queries.opening import EDITABLE
from applications.queries.years import differing_profits, figures_to_submit
from applications.questions import (
    BY_CODE,
    BY_CONDITION,
    OTHER,
    Question,
    conditions_of,
    facts_asked,
    needs_evidence,
    questions_of,
)
from applications.views.home import organisation_rows
from applications.views.posting import renewed, writable
from applications.views.reaching import own
from applications.wording import answers_in_words, facts_in_words
from ground.errors import Refused
from ground.web import posted, refusals_on

OTHER_QUESTION = Question(OTHER, "其他材料", "还有哪些材料要提交？", (OTHER,), ())


@require_http_methods(["GET", "HEAD", "POST"])
def condition(request: HttpRequest, application_id: int, question: str) -> HttpResponse:
    """One question on the conditions: answers, evidence, and what the rules make of it."""
    application = own(request, application_id)
    asked = question_asked(application, question)
    if request.method != "POST" or asked is OTHER_QUESTION:
        return _condition_page(request, application, asked)
    if not is_writer(request.user, application.organisation_id):
        raise PermissionDenied("内容由本组织的负责人或编写人填写。")
    form = answers_form(application, asked, request, request.POST)
    stale = False
    if form.is_valid():
        with refusals_on(form):
            try:
                save_answers(request, application, asked, form)
            except Refused as refusal:
                stale = refusal.code == "stale_version"
                raise
            messages.success(request, "已保存。")
            return redirect("applications:condition", application_id=application.pk, question=asked.code)
    return _condition_page(request, application, asked, form=form, stale=stale, status=422)


def save_answers(
    request: HttpRequest, application: Application, asked: Question, form: ConditionForm
) -> None:
    """Keep what a valid form holds. Refused: as save_facts; after stale_version it is kept as 未采用的一份."""
    facts, note = form.facts_given, form.cleaned_data["note"]
    who: dict[str, Any] = {"application": application, "actor": request.user, "now": request.now}
    try:
        services.save_facts(
            facts=facts, notes={asked.code: note}, version=form.cleaned_data["version"], **who
        )
    except Refused as refusal:
        if refusal.code == "stale_version":
            services.keep_answers_aside(question=asked.code, facts=facts, note=note, **who)
        raise


@require_POST
def add_evidence(request: HttpRequest, application_id: int, question: str) -> HttpResponse:
    """Upload files for one of the question's conditions. One that is refused does not take the others with it."""
    application = own(request, application_id, write=True)
    asked = question_asked(application, question)
    upload = _evidence_form(application, asked, request.now, request.POST, request.FILES)
    if upload.is_valid():
        condition, sent = upload.cleaned_data["condition"], upload.cleaned_data["upload"]
        added = []
        for one in sent:
            with refusals_on(upload):
                added.append(
                    services.add_evidence(
                        application=application,
                        condition=condition,
                        upload=one,
                        actor=request.user,
                        now=request.now,
                    )
                )
        if added:
            messages.success(request, f"已上传{'、'.join(f'“{piece.name}”' for piece in added)}。")
        if len(added) == len(sent):
            return redirect("applications:condition", application_id=application.pk, question=asked.code)
    return _condition_page(request, application, asked, upload=upload, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_evidence(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take a file off, after a look at which one."""
    piece = get_object_or_404(
        evidence_visible_to(request.user, request.now).filter(removed_at=None), pk=evidence_id
    )
    application = own(request, piece.application_id, write=True)
    asked = BY_CONDITION.get(piece.condition, OTHER_QUESTION)
    form = Form(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.remove_evidence(evidence=piece, actor=request.user, now=request.now)
            messages.success(request, f"已移除“{piece.name}”。")
            return redirect("applications:condition", application_id=application.pk, question=asked.code)
    context = {"application": application, "piece": piece, "question": asked, "form": form}
    status = 422 if form.errors else 200
    return render(request, "applications/remove_evidence.html", context, status=status)


def _condition_page(
    request: HttpRequest,
    application: Application,
    asked: Question,
    *,
    form: ConditionForm | None = None,
    upload: EvidenceForm | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    edition = application.cycle.edition
    shown = form or answers_form(application, asked, request)
    if stale and form is not None:
        shown = renewed(form, application.version)
    findings = {
        row.condition: replace(row, facts=dict(facts_in_words(row.facts)))
        for row in findings_of(application, request.now)
    }
    conditions = conditions_of(asked, edition)
    order = [*questions_of(edition), OTHER_QUESTION]
    place = [question.code for question in order].index(asked.code)
    wanted = needs_evidence(asked, edition, application.facts, application.organisation.kind)
    answered = any(key in application.facts for key in asked.facts) or asked.code == "registration"
    by = application.marks.get(asked.code)
    figures = register_profits(application, asked, request.now)
    may_write = writable(request, application, asked.code)
    allowed = opened(application, request.now)
    evidence = [piece for piece in live_evidence(application) if piece.condition in asked.conditions]
    for piece in evidence:
        piece.removable = may_write and allowed.condition(piece.condition)
    fixed = [
        key
        for key in facts_asked(asked, edition, application.organisation.kind)
        if may_write and key not in shown.keys
    ]
    context = {
        "brought": bring_profits(shown, figures),
        "application": application,
        "edition": edition,
        "question": asked,
        "conditions": conditions,
        "form": shown,
        "row_label": answer_rows(shown),
        "has_fields": bool(shown.keys) or asked.code not in ("registration", OTHER),
        "upload": upload or _evidence_form(application, asked, request.now),
        "evidence": [piece for piece in evidence if piece.removable],
        "fixed_evidence": [piece for piece in evidence if not piece.removable],
        "fixed_answers": answers_in_words(asked, application.facts, fixed) if fixed else [],
        "wanted": next((row for row in conditions if row.code == wanted), None),
        "findings": [findings[row.code] for row in conditions if row.code in findings] if answered else [],
        "profits_differ": [
            (year, application.facts["net_profit"][year], figures[year]["net_profit"])
            for year in differing_profits(application, figures)
        ],
        "stale": stale,
        "saved": answers_in_words(asked, application.facts, shown.keys) if stale else [],
        "by": by,
        "saved_at": datetime.fromisoformat(by[2]) if by else None,
        "registration": organisation_rows(application.organisation) if asked.code == "registration" else [],
        "writable": may_write,
        "number": place + 1,
        "total": len(order),
        "following": order[place + 1] if place + 1 < len(order) else None,
    }
    return render(request, "applications/condition.html", context, status=status)


def register_profits(application: Application, asked: Question, now: datetime) -> dict[str, dict[str, str]]:
    """The figures that the net profit of this page has to agree with; none on other pages and once handed in."""
    if asked.code != "profit" or application.state not in EDITABLE:
        return {}
    return figures_to_submit(application.organisation, now)


def bring_profits(form: ConditionForm, figures: Mapping[str, Mapping[str, str]]) -> bool:
    """Show what the figures say where nothing is answered yet, so that it is typed once; whether anything was."""
    fresh = {
        name: Decimal(row["net_profit"])
        for year, row in figures.items()
        if (name := f"profit_{year}") in form.fields and "net_profit" in row and name not in form.initial
    }
    if form.is_bound:
        return False
    form.initial.update(fresh)
    return bool(fresh)


def answers_form(
    application: Application, asked: Question, request: HttpRequest, data: Any = None
) -> ConditionForm:
    edition = application.cycle.edition
    return condition_form(
        asked,
        edition=edition,
        keys=_keys_shown(application, asked, request.now),
        facts=application.facts,
        note=application.notes.get(asked.code, ""),
        version=application.version,
        now=request.now,
        counted_from=as_of(application, request.now),
        data=data,
    )


def _keys_shown(application: Application, asked: Question, now: datetime) -> tuple[str, ...]:
    """The answers of the form: during a correction of single conditions theirs alone, otherwise all."""
    keys = facts_asked(asked, application.cycle.edition, application.organisation.kind)
    allowed = opened(application, now)
    return tuple(key for key in keys if allowed.fact(key)) if allowed.section(asked.code) else keys


def _evidence_form(application: Application, asked: Question, now: datetime, *sent: Any) -> EvidenceForm:
    choices = _condition_choices(application, asked, opened(application, now))
    return EvidenceForm(*sent, application=application, conditions=choices)


def _condition_choices(application: Application, asked: Question, allowed: Opened) -> list[tuple[str, str]]:
    """The conditions whose evidence may be changed; where nothing may, all of them (the form is not shown)."""
    if asked is OTHER_QUESTION:
        return [(OTHER, "其他材料")]
    rows = conditions_of(asked, application.cycle.edition)
    return [(row.code, row.label) for row in rows if allowed.condition(row.code)] or [
        (row.code, row.label) for row in rows
    ]


def question_asked(application: Application, code: str) -> Question:
    if code == OTHER:
        return OTHER_QUESTION
    asked = BY_CODE.get(code)
    if asked is None or asked not in questions_of(application.cycle.edition):
        raise Http404
    return asked
