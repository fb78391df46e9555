"""The applicant's own results and feedback report, after the announcement and as the edition allows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from audit.services import log_access
from scoring.queries.feedback import PARAMETER, applications_with_feedback, feedback_kind, feedback_of


@require_safe
def feedback(request: HttpRequest, application_id: int) -> HttpResponse:
    """Own stage scores and the panels' strengths and opportunities; out of sight (404) before the announcement."""
    rows = applications_with_feedback(request.user).select_related("cycle__edition_record")
    application = get_object_or_404(rows, pk=application_id)
    edition = application.cycle.edition
    log_access(actor=request.user, action="view", subject=application, at=request.now, detail="评审反馈")
    kind = feedback_kind(edition)
    context = {
        "application": application,
        "edition": edition,
        "kind": kind,
        "article": edition.article(PARAMETER) if kind != "none" else "",
        "reading": edition.reading(PARAMETER) if kind != "none" else "",
        "stages": feedback_of(application),
        "scale": edition.value("score_scale"),
    }
    return render(request, "scoring/feedback.html", context)
