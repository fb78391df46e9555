"""The self-assessment as a whole: how it is given, how far it is, reading it in one go, its pages in a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import services
from applications.forms.assessment import ModeForm, PageIndexForm
from applications.permissions import is_applicant
from applications.queries import (
    assessment_of,
    assessment_progress,
    is_online,
    pages_of_items,
)
from applications.queries.carrying import last_report as find_last_report
from applications.views.posting import writable
from applications.views.reaching import assessed, seen
from audit.services import log_access
from ground.web import posted, refusals_on


@require_safe
def assessment(request: HttpRequest, application_id: int) -> HttpResponse:
    """The overview: all items with state, words and self-score; or the uploaded file with its index."""
    application = assessed(request, application_id)
    chosen = getattr(application, "self_assessment", None)
    may_write = writable(request, application, "report")
    if chosen is None and application.report is None and may_write:
        offered = {"application": application, "writable": True, "last": find_last_report(application)}
        return render(request, "applications/choose_assessment_mode.html", offered)
    last = find_last_report(application) if may_write else None
    context: dict[str, object] = {"application": application, "writable": may_write, "last": last}
    if not is_online(application):
        pages = pages_of_items(application)
        context |= {"indexed": len(pages), "items": len(application.cycle.criteria.items)}
        return render(request, "applications/assessment_report.html", context)
    progress = assessment_progress(application)
    unfinished = (state for state in progress.states if state.state != "done")
    context |= {
        "progress": progress,
        "written": len(progress.states) - len(progress.missing),
        "following": next(unfinished, None),
        "criteria": application.cycle.criteria,
    }
    return render(request, "applications/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_assessment_mode(request: HttpRequest, application_id: int) -> HttpResponse:
    """Upload one report, or write item by item. What the other way holds is kept."""
    application = assessed(request, application_id, write=True)
    form = ModeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.choose_assessment_mode(
                application=application, mode=form.cleaned_data["mode"], actor=request.user, now=request.now
            )
            if is_online(application) or application.report:
                return redirect("applications:assessment", application_id=application.pk)
            return redirect("applications:report", application_id=application.pk)
    context = {"application": application, "form": form, "switching": True}
    return render(
        request, "applications/choose_assessment_mode.html", context, status=422 if form.errors else 200
    )


@require_POST
def last_report(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take over last year's report with its page index, or confirm that what was taken over holds for this year."""
    application = assessed(request, application_id, write=True)
    given = {"application": application, "actor": request.user, "now": request.now}
    if request.POST.get("do") == "confirm":
        services.confirm_last_report(**given)
        messages.success(request, "已确认沿用往年的自评报告。")
    else:
        services.take_last_report(**given)
        messages.success(request, "已取用往年的自评报告，请核对后确认，或者更换。")
    return redirect("applications:assessment", application_id=application.pk)


@require_safe
def read_assessment(request: HttpRequest, application_id: int) -> HttpResponse:
    """The whole on one page, for the applicant and for everybody who may read the application."""
    application = seen(request, application_id)
    own = is_applicant(request.user, application.organisation_id)
    if not own:
        log_access(actor=request.user, action="view", subject=application, at=request.now, detail="自评")
    context = {"application": application, "assessment": assessment_of(application), "own": own}
    return render(request, "applications/read_assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def page_index(request: HttpRequest, application_id: int) -> HttpResponse:
    """On which pages of the uploaded report each item is found."""
    application = assessed(request, application_id, write=request.method == "POST")
    if application.report is None:
        messages.info(request, "请先上传自评报告，再填写页码。")
        return redirect("applications:report", application_id=application.pk)
    form = PageIndexForm(posted(request), application=application, pages=pages_of_items(application))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.save_page_index(
                application=application, pages=form.pages, actor=request.user, now=request.now
            )
            messages.success(request, f"已保存 {len(form.pages)} 个条目的页码。")
            return redirect("applications:assessment", application_id=application.pk)
    context = {
        "application": application,
        "form": form,
        "writable": writable(request, application, "report"),
        "draft_key": f"application-{application.pk}-pages",
    }
    return render(request, "applications/page_index.html", context, status=422 if form.errors else 200)


@require_POST
def remove_report(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take the uploaded file off."""
    application = assessed(request, application_id, write=True)
    services.remove_report(application=application, actor=request.user, now=request.now)
    messages.success(request, "已移除上传的自评报告文件。")
    return redirect("applications:assessment", application_id=application.pk)
