"""Earlier versions of the profile and of the questions on the conditions."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.models import Application, SectionVersion
from applications.queries.versions import (
    PROFILE,
    changes_of,
    content_in_words,
    section_content,
    section_label,
    versions_of_section,
)
from applications.questions import BY_CODE
from applications.views.conditions import question_asked
from applications.views.kept_versions import list_versions, show_version
from applications.views.posting import writable
from applications.views.reaching import assessed


@require_safe
def section_versions(request: HttpRequest, application_id: int, section: str) -> HttpResponse:
    """What is kept of a section: when, by whom, what it changed."""
    application = assessed(request, application_id)
    place, versions = _place(application, section), versions_of_section(application, section)
    return list_versions(request, "applications/section_versions.html", place, versions)


@require_http_methods(["GET", "HEAD", "POST"])
def section_version(request: HttpRequest, application_id: int, section: str, version_id: int) -> HttpResponse:
    """What a version changed and how it differs from what stands now; POST puts it back."""
    application = assessed(request, application_id, write=request.method == "POST")
    place = _place(application, section)

    def compared(version: SectionVersion) -> dict[str, object]:
        changed, differing = changes_of(application, version)
        return place | {
            "changed": changed,
            "differing": differing,
            "same": version.content == section_content(application, section),
            "text": content_in_words(application, section, version.content),
            "writable": writable(request, application, section),
        }

    return show_version(
        request,
        "applications/section_version.html",
        SectionVersion.objects.filter(application=application, section=section).select_related("application"),
        version_id,
        restore=services.restore_section_version,
        back=str(place["back"]),
        compared=compared,
    )


def _place(application: Application, section: str) -> dict[str, object]:
    """The section with its page; 404 for one that keeps no versions here."""
    if section == PROFILE:
        back = reverse("applications:profile", args=[application.pk])
    elif section in BY_CODE and question_asked(application, section).facts:
        back = reverse("applications:condition", args=[application.pk, section])
    else:
        raise Http404
    return {"application": application, "section": section, "label": section_label(section), "back": back}
