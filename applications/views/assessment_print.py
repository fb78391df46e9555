"""The self-assessment as PDF: asked for here, made by the worker, followed and fetched here."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.permissions import is_applicant
from applications.queries import is_online
from applications.queries.assessment import prints_visible_to
from applications.views.reaching import seen
from audit.services import log_access
from documents.services import file_response


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_pdf(request: HttpRequest, application_id: int) -> HttpResponse:
    """The PDFs made so far, and asking for a new one."""
    application = seen(request, application_id)
    if not is_online(application):
        if not is_applicant(request.user, application.organisation_id):
            raise Http404
        messages.info(
            request, "现在的方式是上传一份完整的自评报告，不再生成 PDF。改回在线逐条填写后可以再生成。"
        )
        return redirect("applications:assessment", application_id=application.pk)
    if request.method == "POST":
        services.request_print(application=application, actor=request.user, now=request.now)
        return redirect("applications:assessment_pdf", application_id=application.pk)
    own = is_applicant(request.user, application.organisation_id)
    prints = list(prints_visible_to(request.user, application, own=own)[:5])
    running = next((row for row in prints if row.stage in ("waiting", "working")), None)
    context = {"application": application, "prints": prints, "running": running, "own": own}
    return render(request, "applications/assessment_pdf.html", context)


@require_safe
def print_progress(request: HttpRequest, application_id: int, print_id: int) -> HttpResponse:
    """How far a PDF is, as a piece of the page."""
    application = seen(request, application_id)
    own = is_applicant(request.user, application.organisation_id)
    job = get_object_or_404(prints_visible_to(request.user, application, own=own), pk=print_id)
    return render(request, "applications/_print.html", {"application": application, "print": job})


@require_safe
def print_file(request: HttpRequest, application_id: int, print_id: int) -> FileResponse:
    """Give out a PDF; a reader's taking it is noted."""
    application = seen(request, application_id)
    own = is_applicant(request.user, application.organisation_id)
    job = get_object_or_404(prints_visible_to(request.user, application, own=own), pk=print_id)
    if job.file is None:
        raise Http404
    name = f"自评报告（{application.filed_name}，{application.cycle.year}年度）.pdf"
    if not own:
        log_access(actor=request.user, action="download", subject=application, at=request.now, detail=name)
    return file_response(job.file, filename=name, inline="inline" in request.GET)
