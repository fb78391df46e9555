"""Who else has a part of the application open."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from applications import services
from applications.queries.presence import presence_of
from applications.queries.versions import PROFILE, section_label
from applications.questions import BY_CODE
from applications.views.reaching import assessed


@require_POST
def section_presence(request: HttpRequest, application_id: int, section: str) -> HttpResponse:
    """A sign of life from an open page of the profile or of a question; the answer says who else is there."""
    application = assessed(request, application_id)
    if section != PROFILE and section not in BY_CODE:
        raise Http404
    services.note_presence(
        application=application, section=section, user=request.user, typed=False, now=request.now
    )
    context = {
        "presence": presence_of(application, section, besides=request.user, now=request.now),
        "label": section_label(section),
    }
    return render(request, "applications/_item_presence.html", context)
