"""Getting hold of what a page is about: out of sight is 404, in sight but not allowed is 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from applications.models import Application
from applications.permissions import is_applicant, is_office, is_owner, is_writer
from applications.queries import applications_visible_to, own_applications

WAY_BACK = "application"


def seen(request: HttpRequest, application_id: int) -> Application:
    """An application in sight of the user, with cycle and edition."""
    rows = applications_visible_to(request.user, request.now).select_related(
        "cycle__edition_record", "report", "eligibility_decision__decided_by", "self_assessment"
    )
    return get_object_or_404(rows.prefetch_related("cycle__milestones"), pk=application_id)


def own(
    request: HttpRequest, application_id: int, *, write: bool = False, owner: bool = False
) -> Application:
    """As `seen`, for the applicant's own pages: any role to read, owner or editor to write, the owner alone."""
    application = seen(request, application_id)
    key = application.organisation_id
    allowed = is_owner if owner else is_writer if write else is_applicant
    if not allowed(request.user, key):
        raise PermissionDenied("这一页由申报组织的负责人或编写人办理。")
    return application


def assessed(request: HttpRequest, application_id: int, *, write: bool = False) -> Application:
    """As `own`, for the pages of the self-assessment, with as little else as they need."""
    rows = applications_visible_to(request.user, request.now).select_related(
        "cycle__edition_record", "report", "self_assessment"
    )
    application = get_object_or_404(rows, pk=application_id)
    if not (is_writer if write else is_applicant)(request.user, application.organisation_id):
        raise PermissionDenied("这一页由申报组织的负责人或编写人办理。")
    return application


def office(request: HttpRequest, application_id: int) -> Application:
    """As `seen`, for the pages on which the office acts."""
    application = seen(request, application_id)
    if not is_office(request.user, application):
        raise PermissionDenied("这一页由评定办办理。")
    return application


def came_from(request: HttpRequest, organisation_id: int) -> Application | None:
    """The file from whose task list a page of its organisation was opened (`?application=12`)."""
    text = request.GET.get(WAY_BACK, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        return None
    return own_applications(request.user).filter(organisation=organisation_id, pk=int(text)).first()


def asked_for(request: HttpRequest) -> int | None:
    """Which submission's receipt an address asks for (`?no=2`); None for the one that stands."""
    text = request.GET.get("no", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None
