"""The applicant's file as reviewers read it: report, self-assessment, evidence, profile. Every file taken is noted."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications.industry import SECTIONS
from applications.models import Application, Evidence
from applications.queries import file_of
from applications.queries.assessed import ReadItem
from applications.queries.assessment import assessment_of, is_online, pages_of_items
from applications.queries.images import assessment_image
from applications.queries.register import filed_organisation
from applications.questions import OTHER
from audit.services import log_access
from documents.services import file_response
from scoring.queries.references import numbered_evidence, numbered_visit
from scoring.queries.visibility import files_open_to
from scoring.rules.references import VISITED, Reference, parse

# The frame of the sheet's left side; a page without one opens what has `dock` beside itself.
_SHOWN: Final = {"target": "report", "dock": "yes"}


@require_safe
def file(request: HttpRequest, application_id: int, file_id: int) -> FileResponse:
    """The report or a piece of evidence, shown in the browser where it can be."""
    application = _opened(request, application_id)
    found = file_of(application, file_id)
    if found is None:
        raise Http404
    stored, name = found
    action = "download" if "download" in request.GET else "view"
    log_access(actor=request.user, action=action, subject=application, at=request.now, detail=name)
    return file_response(stored, filename=name, inline=action == "view")


@require_safe
def image(request: HttpRequest, application_id: int, number: int) -> FileResponse:
    """A picture in the texts of a self-assessment filled in online."""
    found = assessment_image(_opened(request, application_id), number)
    if found is None:
        raise Http404
    stored, name = found
    return file_response(stored, filename=name, inline=True)


def _opened(request: HttpRequest, application_id: int) -> Application:
    return get_object_or_404(files_open_to(request.user), pk=application_id)


def file_context(application: Application) -> dict[str, Any]:
    """The left side of the sheet. Whom to call at the applicant is left out: reviewers don't."""
    online = is_online(application)

    def picture(number: int) -> str:
        return reverse("scoring:image", args=[application.pk, number])

    numbered = numbered_evidence(application)
    assessment = assessment_of(application, image_url=picture) if online else None
    reads = [read for _, group in assessment.groups for read in group] if assessment else ()
    return {
        "assessment": assessment,
        "anchors": {read.item.code: f"#{read.anchor}" for read in reads},
        "pages": {} if online else pages_of_items(application),
        "numbered": numbered,
        "visited": cache(partial(numbered_visit, application)),
        "evidence": _by_condition(application, numbered),
        "organisation_rows": _organisation_rows(application),
    }


def places_from_outside(application: Application, sheet_address: str) -> dict[str, Any]:
    """The same places for a page that shows no file beside: texts filled in online open with the reader's own sheet.

    For whom the file is open (queries.visibility.files_open_to). Three queries.
    """
    online = is_online(application)
    items = application.cycle.criteria.items if online else ()
    return {
        "application": application,
        "anchors": {item.code: f"{sheet_address}#{ReadItem(item).anchor}" for item in items},
        "pages": {} if online else pages_of_items(application),
        "numbered": numbered_evidence(application),
        "visited": cache(partial(numbered_visit, application)),
    }


def place_in_file(context: dict[str, Any], code: str) -> dict[str, str] | None:
    """Where an item is found on the left side: pages of the report, or the text filled in online."""
    anchors, application = context["anchors"], context["application"]
    if anchors:
        return {"href": anchors[code], "words": "看自评"} if code in anchors else None
    if code not in context["pages"] or application.report is None:
        return None
    first, last = context["pages"][code]
    words = f"看报告第 {first} 页" if first == last else f"看报告第 {first}–{last} 页"
    return {"href": _page_address(application, first), "words": words, **_SHOWN}


def references_in(context: dict[str, Any], text: str) -> list[dict[str, str]]:
    """The places that a score rests on, with the address of each for whom the file is open (views.files.file_context)."""
    return [{"words": str(one), **_link(context, one)} for one in parse(text)]


def _link(context: dict[str, Any], one: Reference) -> dict[str, str]:
    application = context["application"]
    if "numbered" not in context:
        return {}
    if one.kind == "evidence":
        piece = context["numbered"].get(one.number)
        if piece is None or piece.removed_at:
            return {}
        return {
            "href": reverse("scoring:file", args=[application.pk, piece.file_id]),
            "name": piece.name,
            "target": "_blank",
            "dock": "yes" if piece.file.kind == "pdf" else "",
        }
    if one.kind in VISITED:
        line = context["visited"]().get((one.kind, one.number))
        if line is None or line.removed_at:
            return {}
        address = reverse("scoring:visit", args=[line.visit_id])
        return {"href": f"{address}#line-{line.pk}", "name": line.subject, "target": "_blank"}
    if one.kind == "item":
        return {**(place_in_file(context, one.code) or {}), "words": str(one)}
    if application.report is None:
        return {}
    return {"href": _page_address(application, one.number), **_SHOWN}


def _page_address(application: Application, page: int) -> str:
    address = reverse("scoring:file", args=[application.pk, application.report_id])
    # With the page in the query too: a browser that shows the file already does not turn the page for a new fragment.
    return f"{address}?page={page}#page={page}&navpanes=0&view=FitH"


def _by_condition(
    application: Application, numbered: dict[int, Evidence]
) -> list[tuple[str, list[tuple[int, Evidence]]]]:
    """The evidence that stands, with its numbers, under the condition it proves, in the order of the edition."""
    labels = {condition.code: condition.label for condition in application.cycle.edition.conditions}
    labels[OTHER] = "其他材料"
    return [
        (label, found)
        for code, label in labels.items()
        if (
            found := [
                (number, piece)
                for number, piece in numbered.items()
                if piece.condition == code and not piece.removed_at
            ]
        )
    ]


def _organisation_rows(application: Application) -> list[dict[str, Any]]:
    organisation = filed_organisation(application)
    pairs = (
        ("组织性质", organisation.get_kind_display()),
        ("行业门类", f"{organisation.industry} {SECTIONS.get(organisation.industry, '')}"),
        ("申报类别", application.get_category_display()),
        ("成立日期", f"{organisation.established_on:%Y}年{organisation.established_on.month}月"),
        ("职工人数", f"{organisation.employees} 人"),
        ("住所", organisation.address),
        ("推荐单位", application.recommender.name if application.recommender else "—"),
    )
    return [{"key": key, "value": value} for key, value in pairs]
