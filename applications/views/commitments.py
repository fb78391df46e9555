"""Signing the commitments: the applicant's page with both ways, the sheet to print, the signer's page without an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import PUBLIC
from accounts.models import User
from applications.forms.commitments import AskForm, CommitForm, SheetForm
from applications.permissions import is_writer
from applications.queries.commitments import (
    in_charge,
    lapse_of,
    link_of,
    open_link,
    standing_commitment,
    words_of,
)
from applications.queries.parts import parts, signed_for
from applications.services import commitments as services
from applications.views.reaching import own
from audit.services import log_access
from documents import pdf
from ground.errors import Refused
from ground.web import posted, posted_files, refusals_on

# What stands in the list of what is signed for: the signature itself does not.
NOT_LISTED = ("pledge", "commitments-sheet")


@require_http_methods(["GET", "HEAD", "POST"])
def commitments(request: HttpRequest, application_id: int) -> HttpResponse:
    """Who must sign, what, and the two ways to it; `?way=sheet` takes the scan, else a link is mailed."""
    application = own(request, application_id)
    writer = is_writer(request.user, application.organisation_id)
    if request.method == "POST" and not writer:
        raise PermissionDenied("签署承诺由本组织的负责人或编写人经办。")
    by_sheet = request.GET.get("way") == "sheet"
    sent, files = posted(request), posted_files(request)
    name = in_charge(application)
    ask = AskForm(None if by_sheet else sent, name=name)
    sheet = SheetForm(sent if by_sheet else None, files if by_sheet else None, application=application)
    form = sheet if by_sheet else ask
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given: dict[str, Any] = {"application": application, "actor": request.user, "now": request.now}
            if by_sheet:
                services.record_signed_sheet(**form.cleaned_data, **given)
                messages.success(request, f"已收下{name}签署的承诺书。")
            else:
                made = services.ask_to_sign(**form.cleaned_data, **given)
                messages.success(request, f"链接已寄往 {made.email}。{name}签署后，您会收到消息。")
            return redirect("applications:commitments", application_id=application.pk)
    given_now = standing_commitment(application)
    lapsed = lapse_of(application, given_now)
    sick = given_now is not None and given_now.scan is not None and given_now.scan.infected
    context = {
        "application": application,
        "edition": application.cycle.edition,
        "in_charge": name,
        "words": words_of(application.cycle.edition),
        "commitment": given_now,
        "signed": given_now is not None and not lapsed and not sick,
        "sick": sick,
        "changed": given_now is not None and given_now.digest != signed_for(application, request.now),
        "link": open_link(application),
        "used": link_of(given_now),
        "blocked": services.why_not_signed(application, request.now),
        "may_write": writer,
        "ask": ask,
        "sheet": sheet,
    }
    return render(request, "applications/commitments.html", context, status=422 if form.errors else 200)


@require_safe
def commitments_sheet(request: HttpRequest, application_id: int) -> HttpResponse:
    """The sheet to print, sign, stamp and scan."""
    application = own(request, application_id)
    context = {
        "application": application,
        "issuer": application.cycle.edition.bodies["office"].name,
        "in_charge": in_charge(application),
        "words": words_of(application.cycle.edition),
        "digest": signed_for(application, request.now),
        "printed_at": request.now,
    }
    content = pdf.render("documents/commitments.html", context)
    log_access(
        actor=request.user, action="download", subject=application, at=request.now, detail="commitments.pdf"
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="commitments.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def sign_commitments(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail: read the commitments, and sign. Afterwards the same address says that it is done."""
    found = services.from_token(token)
    if found is None:
        raise Http404
    form, fault = CommitForm(posted(request)), None
    try:
        services.require_good(found, request.now)
    except Refused as refusal:
        fault = refusal.faults[0]
    if request.method == "POST" and fault is None and form.is_valid():
        with refusals_on(form):
            services.sign_commitments(
                invitation=found,
                signatory=form.cleaned_data["signatory"],
                signatory_post=form.cleaned_data["signatory_post"],
                actor=request.user if isinstance(request.user, User) else PUBLIC,
                now=request.now,
            )
            return redirect("applications:sign_commitments", token=token)
    application = found.application
    context = {
        "application": application,
        "edition": application.cycle.edition,
        "invitation": found,
        "in_charge": in_charge(application),
        "words": words_of(application.cycle.edition),
        "listed": []
        if found.accepted_at
        else [row for row in parts(application) if row["code"] not in NOT_LISTED],
        "fault": fault,
        "form": form,
    }
    status = 422 if form.errors else 409 if fault and request.method == "POST" else 200
    response = render(request, "applications/sign_commitments.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
