"""Correction requests: the office writes one, the applicant answers."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.moves import why_not
from applications import services
from applications.forms import CorrectionAnswerForm, CorrectionForm, CorrectionItems
from applications.models import Application
from applications.permissions import is_applicant, is_office, is_writer
from applications.queries import corrections_visible_to, is_past, latest_correction, opened
from applications.queries.correcting import correctable, item_labels, opened_sections
from applications.queries.receipt import as_receipt
from applications.questions import OTHER, section_of
from applications.services.eligibility import GOOD
from applications.views.gaps import gap_blocks, section_href
from applications.views.reaching import office
from ground.clock import SHANGHAI
from ground.web import posted, refusals_on

USUAL_DAYS = 7


@require_http_methods(["GET", "HEAD", "POST"])
def request_correction(request: HttpRequest, application_id: int) -> HttpResponse:
    """Write down, item by item, what is missing, and by when."""
    shown = office(request, application_id)
    choices = [(name, list(group.items())) for name, group in correctable(shown).items()]
    due = (request.now + timedelta(days=USUAL_DAYS)).astimezone(SHANGHAI).replace(hour=17, minute=0, second=0)
    due = min(due, latest_correction(shown, request.now) or due)
    form = CorrectionForm(posted(request), initial={"due_at": due})
    items = CorrectionItems(
        posted(request), prefix="items", initial=_proposed(shown), form_kwargs={"conditions": choices}
    )
    if request.method == "POST" and all([form.is_valid(), items.is_valid()]):
        with refusals_on(form):
            services.request_correction(
                application=shown,
                items=items.pairs,
                due_at=form.cleaned_data["due_at"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "补正通知已送达申报组织。")
            return redirect("applications:application", application_id=shown.pk)
    if items.is_bound and not items.is_valid():
        form.add_error(None, "补正事项中有内容需要改正，见标出的栏目。")
    wrong = bool(form.errors)
    context = {
        "application": shown,
        "cycle": shown.cycle,
        "form": form,
        "items": items,
        "article": shown.cycle.edition.article("application_files"),
        "edition": shown.cycle.edition,
        "blocked": why_not(shown, "request_correction"),
    }
    return render(request, "applications/request_correction.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    """The request with its items; the applicant changes the parts it opens, and answers each item."""
    shown = get_object_or_404(
        corrections_visible_to(request.user, request.now).select_related(
            "application__cycle__edition_record", "receipt"
        ),
        pk=correction_id,
    )
    application = shown.application
    writer = is_writer(request.user, application.organisation_id)
    if request.method == "POST" and not writer:
        raise PermissionDenied("补正由申报组织的负责人或编写人答复。")
    own = is_applicant(request.user, application.organisation_id)
    answerable = writer and shown.state == "open" and not is_past(shown.due_at, request.now)
    form = (
        CorrectionAnswerForm(posted(request), correction=shown) if writer and shown.state == "open" else None
    )
    if request.method == "POST" and form is None:
        messages.warning(request, f"这份补正通知{shown.public_state}，不能再答复。")
        return redirect("applications:correction", correction_id=shown.pk)
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals_on(form):
            receipt = services.answer_correction(
                correction=shown, answers=form.answers, actor=request.user, now=request.now
            )
            return redirect(receipt.page_path)
    labels = item_labels(application)
    lacking = (
        opened_sections(application, opened(application, request.now), request.now) if answerable else ()
    )
    blocks = gap_blocks(application, lacking, ())
    context = {
        "blocks": blocks,
        "lacking": sum(block.count for block in blocks),
        "edition": application.cycle.edition,
        "correction": shown,
        "application": application,
        "form": form if answerable or (form is not None and form.errors) else None,
        "items": [
            {
                "item": item,
                "label": labels.get(item.condition, item.condition),
                "href": section_href(application, section_of(item.condition)) if answerable else "",
            }
            for item in shown.items.all()
            if item.condition != "ban"
        ],
        "other_href": section_href(application, OTHER) if answerable else "",
        "receipt": as_receipt(shown.receipt) if own and hasattr(shown, "receipt") else None,
        "viewer_is_office": is_office(request.user, application),
        "late": is_past(shown.due_at, request.now),
        "draft_key": f"correction-{shown.pk}-answers",
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "applications/correction.html", context, status=status)


def _proposed(shown: Application) -> list[dict[str, str]]:
    """What the check says is not met or not proven, as a first draft of the items."""
    return [
        {"condition": check.condition, "request": check.note or check.message}
        for check in shown.checks.all()
        if (check.confirmed or check.outcome) not in GOOD and check.condition != "ban"
    ]
