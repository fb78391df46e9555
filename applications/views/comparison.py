"""What changed since the last time the file was handed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.permissions import is_applicant, is_office
from applications.queries.comparison import differences, pair_of, versions_of
from applications.views.reaching import seen
from audit.services import log_access


@require_safe
def comparison(request: HttpRequest, application_id: int) -> HttpResponse:
    """Two versions of the file side by side: `?old=…&new=…`, else the last two. For whoever may read the file."""
    application = seen(request, application_id)
    if not is_applicant(request.user, application.organisation_id):
        log_access(actor=request.user, action="view", subject=application, at=request.now, detail="比较")
    versions = versions_of(application)
    pair = pair_of(versions, request.GET.get("old"), request.GET.get("new"))
    context = {
        "application": application,
        "versions": versions,
        "pair": pair,
        "differences": differences(*pair) if pair else (),
        "viewer_is_office": is_office(request.user, application),
    }
    return render(request, "applications/comparison.html", context)
