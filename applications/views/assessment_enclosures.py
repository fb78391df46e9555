"""Pictures of the texts, and links from an item to the evidence."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from applications import services
from applications.forms.assessment import EvidenceLinkForm, ImageForm
from applications.models import ItemEvidence
from applications.permissions import is_applicant
from applications.queries import assessment_image as find_image
from applications.queries import is_online
from applications.queries.images import image_address
from applications.views.assessment_item import criteria_item, item_page
from applications.views.reaching import assessed, seen
from documents.services import file_response
from ground.web import refusals_on


@require_POST
def add_item_image(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """Keep a picture; a script gets its number as JSON, a form the page again."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    form = ImageForm(request.POST, request.FILES, application=application)
    image = None
    if form.is_valid():
        with refusals_on(form):
            image = services.add_assessment_image(
                application=application,
                code=asked.code,
                upload=form.cleaned_data["upload"],
                actor=request.user,
                now=request.now,
            )
    if "application/json" in request.headers.get("Accept", ""):
        if image is None:
            words = "；".join(str(error) for errors in form.errors.values() for error in errors)
            return JsonResponse({"message": words}, status=422)
        address = image_address(application, image.number)
        return JsonResponse({"number": image.number, "name": image.name, "address": address})
    if image is None:
        return item_page(request, application, asked, image_form=form)
    messages.success(request, f"已上传图片 {image.number}。在文字中写 ![图片说明]({image.number}) 即可显示。")
    response = redirect("applications:assessment_item", application_id=application.pk, item=asked.code)
    response["Location"] += "#images"
    return response


@require_safe
def assessment_image(request: HttpRequest, application_id: int, number: int) -> FileResponse:
    """A picture, to those who may read the text it stands in."""
    application = seen(request, application_id)
    own = is_applicant(request.user, application.organisation_id)
    found = find_image(application, number)
    if found is None or not (own or is_online(application)):
        raise Http404
    return file_response(found[0], filename=found[1], inline=True, own=own)


@require_POST
def link_item_evidence(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """Point from the item to a piece of evidence."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    form = EvidenceLinkForm(request.POST, application=application)
    if form.is_valid():
        with refusals_on(form):
            services.link_evidence(
                application=application,
                code=asked.code,
                evidence=form.cleaned_data["evidence"],
                note=form.cleaned_data["note"],
                actor=request.user,
                now=request.now,
            )
            return _back(application.pk, asked.code)
    return item_page(request, application, asked, link_form=form)


@require_POST
def unlink_item_evidence(request: HttpRequest, application_id: int, item: str, link_id: int) -> HttpResponse:
    """Take a link off; the evidence stays."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    link = get_object_or_404(
        ItemEvidence.objects.select_related("item__application"),
        pk=link_id,
        item__application=application,
        item__code=asked.code,
    )
    services.unlink_evidence(link=link, actor=request.user, now=request.now)
    return _back(application.pk, asked.code)


def _back(application_id: int, code: str) -> HttpResponse:
    response = redirect("applications:assessment_item", application_id=application_id, item=code)
    response["Location"] += "#evidence"
    return response
