"""One application: the applicant's own page, and the dossier for officials; and its files."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import has_role, in_portal
from accounts.roles import Role
from applications.models import Application
from applications.permissions import is_applicant, is_head, is_office, is_owner, is_writer
from applications.queries import (
    deadline,
    file_of,
    history_of,
    is_past,
    live_evidence,
    next_step,
    opened,
    track_of,
)
from applications.queries.commitments import link_of, standing_commitment
from applications.queries.register import filed_organisation, register_is_live
from applications.queries.visibility import SCHEME_READERS
from applications.queries.years import figure_table
from applications.questions import OTHER
from applications.views.home import organisation_rows
from applications.views.reaching import seen
from applications.views.submission import answer_blocks
from applications.wording import facts_in_words
from audit.services import log_access
from documents.models import StoredFile
from documents.services import file_response, preview_response, refuse_unsafe
from ground.errors import Refused


@require_safe
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Applicants follow their file here; whoever else may see it reads the dossier."""
    shown = seen(request, application_id)
    if is_applicant(request.user, shown.organisation_id):
        return _own_page(request, shown)
    log_access(actor=request.user, action="view", subject=shown, at=request.now)
    return render(request, "applications/dossier.html", dossier_context(request, shown))


@require_safe
def file(request: HttpRequest, application_id: int, file_id: int) -> FileResponse:
    """Give out the report or a piece of evidence, and note who took it; `?preview`: the picture of its first page."""
    shown, stored, name = _found(request, application_id, file_id)
    own = is_applicant(request.user, shown.organisation_id)
    if "preview" in request.GET:
        return preview_response(stored, own=own)
    inline = "inline" in request.GET
    keeper = is_head(request.user, shown) or in_portal(request.user, Role.SUPERVISOR)
    response = file_response(stored, filename=name, inline=inline, own=own, keeper=keeper)
    action = "read" if inline else "download"
    log_access(actor=request.user, action=action, subject=shown, at=request.now, detail=name)
    return response


@require_safe
def view_file(request: HttpRequest, application_id: int, file_id: int) -> HttpResponse:
    """Read a file in the page: a PDF in the browser's own viewer, a picture as it is; and what is known of it."""
    shown, stored, name = _found(request, application_id, file_id)
    own = is_applicant(request.user, shown.organisation_id)
    refusal = None
    try:
        refuse_unsafe(stored, own=own)
    except Refused as refused:
        refusal = refused
    context = {
        "application": shown,
        "stored": stored,
        "name": name,
        "refusal": refusal,
        "keeper": is_head(request.user, shown) or in_portal(request.user, Role.SUPERVISOR),
        "own": own,
    }
    return render(request, "applications/view_file.html", context, status=409 if refusal else 200)


def _found(request: HttpRequest, application_id: int, file_id: int) -> tuple[Application, StoredFile, str]:
    shown = seen(request, application_id)
    found = file_of(shown, file_id)
    if found is None:
        raise Http404
    return (shown, *found)


def dossier_context(request: HttpRequest, shown: Application) -> dict[str, object]:
    """All of a file for whoever reads it: answers with evidence, profile, recommendation, findings, history."""
    evidence = live_evidence(shown)
    checks = list(shown.checks.select_related("confirmed_by"))
    for check in checks:
        check.fact_rows = facts_in_words(check.facts)
    figure_years, figure_rows = figure_table(shown.submitted_figures)
    given = standing_commitment(shown)
    official = is_office(request.user, shown) or in_portal(request.user, Role.SUPERVISOR)
    return {
        "application": shown,
        "cycle": shown.cycle,
        "edition": shown.cycle.edition,
        "organisation_rows": organisation_rows(filed_organisation(shown)),
        "register_is_live": register_is_live(shown),
        "figure_years": figure_years,
        "figure_rows": figure_rows,
        "answers": answer_blocks(shown, evidence),
        "reworkable": opened(shown, request.now).whole,
        "other_files": [piece for piece in evidence if piece.condition == OTHER],
        "commitment": given,
        "commitment_link": link_of(given) if official else None,
        "recommendations": list(
            shown.recommendations.select_related("recommender").exclude(state="recalled")
        ),
        "checks": checks,
        "waivers": list(shown.waivers.all()),
        "corrections": list(shown.corrections.prefetch_related("items")),
        "decision": getattr(shown, "eligibility_decision", None),
        "letters": list(shown.letters.all()) if official else [],
        "history": history_of(shown) if official else [],
        "official": official,
        "viewer_is_office": official,
        "may_act": is_office(request.user, shown),
        "may_list": official or has_role(request.user, *SCHEME_READERS, scheme=shown.cycle.scheme.code),
    }


def _own_page(request: HttpRequest, shown: Application) -> HttpResponse:
    writer = is_writer(request.user, shown.organisation_id)
    before_deadline = not is_past(deadline(shown), request.now)
    decision = getattr(shown, "eligibility_decision", None)
    context = {
        "application": shown,
        "edition": shown.cycle.edition,
        "step": next_step(shown, writer=writer, now=request.now),
        "stages": track_of(shown),
        "changed_since": shown.submitted_at is not None and shown.submissions.count() > 1,
        "recommendations": list(shown.recommendations.select_related("recommender")),
        "corrections": list(shown.corrections.select_related("receipt").prefetch_related("items")),
        "decision": decision,
        "letters": list(shown.letters.all()),
        "may_take_back": writer and shown.state in ("submitted", "recommended") and before_deadline,
        "may_withdraw": is_owner(request.user, shown.organisation_id)
        and shown.state in ("draft", "submitted", "declined", "recommended", "correcting", "accepted"),
        "viewer_is_office": False,
    }
    return render(request, "applications/application.html", context)
