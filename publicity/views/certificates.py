"""Certificates: anyone checks one, its holder downloads it."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import has_role
from accounts.roles import APPLICANT_ROLES, OFFICE_ROLES, Role
from audit.services import log_access
from documents import pdf
from ground.clock import SHANGHAI
from ground.errors import Refused
from publicity import permissions, queries, services
from publicity.forms import CertificateForm
from publicity.models import Honour, edition_of
from publicity.states import HONOUR
from publicity.views.citations import citations


@require_safe
@login_not_required
def find_certificate(request: HttpRequest) -> HttpResponse:
    """Check a certificate by the number or the code printed on it."""
    form = CertificateForm(request.GET or None)
    if form.is_valid():
        asked = form.cleaned_data["number"].strip().upper()
        found = queries.certificate_by(asked).first()
        if found is not None:
            return redirect("publicity:certificate", check_code=found.check_code)
        form.add_error("number", "没有查到这个编号的证书。请核对编号；仍查不到的，请与评定办联系，谨防伪造。")
    return render(
        request, "publicity/find_certificate.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
@login_not_required
def certificate(request: HttpRequest, check_code: str) -> HttpResponse:
    """The live standing of one certificate, as of this moment."""
    honour = get_object_or_404(queries.honours_visible_to(request.user), check_code=check_code.upper())
    today = request.now.astimezone(SHANGHAI).date()
    revocation = honour.revocation_cases.filter(state="effected").select_related("notice").first()
    edition = edition_of(honour.cycle)
    context = {
        **citations(edition),
        **_case_context(request, honour),
        "honour": honour,
        "state": HONOUR.state(honour.state_on(today)),
        "edition": edition,
        "revocation": revocation if honour.state == "revoked" else None,
    }
    return render(request, "publicity/certificate.html", context)


def _case_context(request: HttpRequest, honour: Honour) -> dict[str, object]:
    """For the office alone: the case that is open, or the way to open one."""
    if not permissions.is_office(request.user, honour.scheme):
        return {}
    return {
        "open_case": queries.open_case_of(honour),
        "may_open_case": not services.faults_against_a_case(honour),
    }


@require_safe
def certificate_pdf(request: HttpRequest, honour_id: int) -> HttpResponse:
    """The certificate to print, for its holder, the office and the supervisor. A revoked one is not given out any more."""
    honour = get_object_or_404(queries.honours_visible_to(request.user), pk=honour_id)
    scopes = {"organisation": str(honour.organisation_id), "scheme": honour.scheme.code}
    if not has_role(request.user, *APPLICANT_ROLES, *OFFICE_ROLES, Role.SUPERVISOR, **scopes):
        raise PermissionDenied("证书由持有称号的组织下载。")
    if honour.state == "revoked":
        raise Refused("certificate_revoked", "称号已撤销，证书作废，不能再下载。")
    content = pdf.render("documents/certificate.html", _certificate_context(honour))
    log_access(
        actor=request.user,
        action="download",
        subject=honour,
        at=request.now,
        detail=honour.certificate_number,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{honour.certificate_number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _certificate_context(honour: Honour) -> dict[str, object]:
    edition = edition_of(honour.cycle)
    use = edition.value("title_use")
    return {
        "scheme_name": honour.scheme.name,
        "organisation": honour.name,
        "title": honour.title,
        "certificate_number": honour.certificate_number,
        "awarded_on": honour.awarded_on,
        "valid_until": honour.valid_until,
        "issuer": edition.bodies["authority"].name,
        "check_url": urljoin(settings.PORTAL_URL, honour.get_absolute_url()),
        "remark": f"称号可以{use['allowed']}；不得{use['forbidden']}。" if use else "",
    }
