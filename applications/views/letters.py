"""The receipt as PDF, and the office's letters as page and PDF."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import in_portal
from accounts.roles import Role
from applications.models import Application, Letter
from applications.permissions import is_applicant, is_office
from applications.queries.receipt import receipt_of
from applications.views.reaching import asked_for, own, seen
from audit.services import log_access
from documents import pdf


@require_safe
def receipt_pdf(request: HttpRequest, application_id: int) -> HttpResponse:
    """The receipt to keep: the words of the receipt page."""
    application = own(request, application_id)
    receipt = receipt_of(application, asked_for(request))
    if receipt is None:
        return redirect("applications:receipt", application_id=application.pk)
    issuer = application.cycle.edition.bodies["office"].name
    content = pdf.render("documents/receipt.html", {"receipt": receipt, "issuer": issuer})
    return _given_out(request, application, content, f"receipt-{application.number}")


@require_safe
def letter(request: HttpRequest, application_id: int, letter_id: int) -> HttpResponse:
    """One letter in the page."""
    application, found = _found(request, application_id, letter_id)
    context = {
        "application": application,
        "letter": found,
        "issuer": application.cycle.edition.bodies["office"].name,
        "own": is_applicant(request.user, application.organisation_id),
    }
    return render(request, "applications/letter.html", context)


@require_safe
def letter_pdf(request: HttpRequest, application_id: int, letter_id: int) -> HttpResponse:
    """The same letter as an official document."""
    application, found = _found(request, application_id, letter_id)
    context = {
        "issuer": application.cycle.edition.bodies["office"].name,
        "number": f"编号：{found.number}",
        "title": found.get_kind_display(),
        "addressee": application.filed_name,
        "body": found.body,
        "date": found.sent_at,
    }
    content = pdf.render("documents/official_notice.html", context)
    return _given_out(request, application, content, f"letter-{found.pk}")


def _found(request: HttpRequest, application_id: int, letter_id: int) -> tuple[Application, Letter]:
    """The letters are for the applicant, the office and the supervisor."""
    application = seen(request, application_id)
    user = request.user
    if not (
        is_applicant(user, application.organisation_id)
        or is_office(user, application)
        or in_portal(user, Role.SUPERVISOR)
    ):
        raise PermissionDenied("来函由申报组织查阅。")
    return application, get_object_or_404(application.letters, pk=letter_id)


def _given_out(request: HttpRequest, application: Application, content: bytes, name: str) -> HttpResponse:
    log_access(
        actor=request.user, action="download", subject=application, at=request.now, detail=f"{name}.pdf"
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
