"""Checking and submitting; the receipt; taking back and withdrawing."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moves import why_not
from applications import services
from applications.forms import ReasonForm
from applications.models import Application, Evidence
from applications.permissions import is_writer
from applications.queries import (
    ban_refusal,
    deadline,
    findings_of,
    higher_award_on_record,
    is_past,
    live_evidence,
    opened,
    other_gaps,
    sections,
)
from applications.queries.commitments import standing_commitment
from applications.queries.receipt import receipt_of
from applications.questions import questions_of
from applications.services.submission import why_not_submitted, why_not_taken_back
from applications.views.gaps import gap_blocks, section_href
from applications.views.home import organisation_rows
from applications.views.reaching import asked_for, own
from applications.wording import answers_in_words
from ground.errors import Refused
from ground.web import posted, refusals_on


@require_safe
def check_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Check your answers: every gap with its link, every answer, what the rules say; then on to the submission."""
    application = own(request, application_id)
    evidence = live_evidence(application)
    findings = findings_of(application, request.now)
    parts = sections(application, request.now, evidence=evidence, findings=findings)
    blocks = gap_blocks(application, parts, other_gaps(evidence))
    ban = ban_refusal(application, request.now)
    due_at = deadline(application)
    context = {
        "application": application,
        "edition": application.cycle.edition,
        "blocks": blocks,
        "lacking": sum(block.count for block in blocks),
        "failing": [row for row in findings if row.outcome == "fail"],
        "report_hint": next(part.hint for part in parts if part.code == "report"),
        "ban": ban.faults[0] if ban else None,
        "award": higher_award_on_record(application.organisation.uscc, application.cycle.edition),
        "due_at": due_at,
        "milestone": application.cycle.timetable.get("application"),
        "late": is_past(due_at, request.now),
        "organisation_rows": organisation_rows(application.organisation),
        "answers": answer_blocks(application, evidence),
        "commitment": standing_commitment(application),
        "open": opened(application, request.now).whole,
        "may_write": is_writer(request.user, application.organisation_id),
    }
    return render(request, "applications/check_application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def submit_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """What follows, and the submission by the server's clock; to the check page while nothing can be submitted."""
    application = own(request, application_id, write=True)
    if request.method != "POST" and (words := why_not_submitted(application, request.now)):
        messages.warning(request, words)
        return redirect("applications:check_application", application_id=application.pk)
    form = Form(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            try:
                services.submit_application(
                    application=application,
                    actor=request.user,
                    now=request.now,
                )
            except Refused as refusal:
                if refusal.code != "wrong_state" or application.submitted_at is None:
                    raise
                messages.info(request, "这份申报已经提交，没有重复提交。")
            return redirect("applications:receipt", application_id=application.pk)
    context = {
        "application": application,
        "form": form,
        "commitment": standing_commitment(application),
        "milestone": application.cycle.timetable.get("application"),
        "late": is_past(deadline(application), request.now),
        "recommendation": application.cycle.timetable.get("recommendation"),
    }
    return render(
        request, "applications/submit_application.html", context, status=422 if form.errors else 200
    )


@require_safe
def receipt(request: HttpRequest, application_id: int) -> HttpResponse:
    """What was submitted, when to the second, and the digest of every part; with ?no=1 that of the first time.

    An answered correction has one too, with the answers and what they changed.
    """
    application = own(request, application_id)
    shown = receipt_of(application, asked_for(request))
    if shown is None:
        messages.info(request, "这份申报还没有提交。")
        return redirect("applications:tasks", application_id=application.pk)
    submissions = list(application.submissions.all())
    standing = next((row.serial for row in submissions if row.correction_id is None), 0)
    context = {
        "application": application,
        "receipt": shown,
        "submissions": submissions,
        "stands": application.submitted_at is not None
        and (shown.serial == standing or (shown.correction_id is not None and shown.serial > standing)),
        "corrected": any(row.serial > shown.serial and row.correction_id for row in submissions),
        "recommendation": application.cycle.timetable.get("recommendation"),
        "may_take_back": is_writer(request.user, application.organisation_id)
        and not why_not_taken_back(application, request.now),
    }
    return render(request, "applications/receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take the file back for changes before the deadline."""
    application = own(request, application_id, write=True)
    if request.method == "POST":
        try:
            services.take_back_application(application=application, actor=request.user, now=request.now)
            messages.success(request, "已撤回修改。改好后请在截止前重新提交，未重新提交的视为没有申报。")
        except Refused as refusal:
            if refusal.code != "wrong_state" or application.state != "draft":
                raise
            messages.info(request, "这份申报已经撤回，没有重复撤回。改好后请在截止前重新提交。")
        return redirect("applications:tasks", application_id=application.pk)
    context = {
        "application": application,
        "due_at": deadline(application),
        "blocked": why_not_taken_back(application, request.now),
    }
    return render(request, "applications/take_back_application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Give the application up, with a reason."""
    application = own(request, application_id, owner=True)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.withdraw_application(
                application=application,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "申报已撤回。")
            return redirect("applications:home")
    context = {
        "application": application,
        "form": form,
        "blocked": why_not(application, "withdraw", public=True),
    }
    return render(
        request, "applications/withdraw_application.html", context, status=422 if form.errors else 200
    )


def answer_blocks(application: Application, evidence: list[Evidence]) -> list[dict[str, object]]:
    """Every question with its answers in words and its files, in the order of the edition."""
    return [
        {
            "question": question,
            "rows": answers_in_words(question, application.facts),
            "note": application.notes.get(question.code, ""),
            "files": [piece for piece in evidence if piece.condition in question.conditions],
            "href": section_href(application, question.code),
        }
        for question in questions_of(application.cycle.edition)
    ]
