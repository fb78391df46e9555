"""What reviewers declare on each applicant before a file opens."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications.models import Application
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.recusal import DeclareForm
from scoring.models import NO_CONFLICT, Reviewer
from scoring.queries import desk as queries
from scoring.queries.conflicts import reviewer_of
from scoring.queries.visibility import assignments_of


def own_reviewer(request: HttpRequest) -> Reviewer:
    """The reader's entry in the pool, if they may review; 403 otherwise."""
    reviewer = reviewer_of(request.user)
    if reviewer is None or reviewer.disqualified_at is not None:
        raise PermissionDenied("您不在评审员库中，或者评审资格已经取消。")
    return reviewer


@require_safe
def recusal(request: HttpRequest) -> HttpResponse:
    """Every applicant I am seated for, with what I declared or still have to declare."""
    rows = [
        (row, None if row.declared else DeclareForm(prefix=str(row.pk), auto_id="f-%s"))
        for row in queries.declarations(own_reviewer(request))
    ]
    return render(request, "scoring/recusal.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, application_id: int) -> HttpResponse:
    """Declare on one applicant: no conflict, or which. Only its name and recommender are shown."""
    reviewer = own_reviewer(request)
    application = get_object_or_404(
        assignments_of(request.user).select_related("cycle__edition_record"), pk=application_id
    )
    form = DeclareForm(posted(request), prefix=str(application_id), auto_id="f-%s")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.declare_recusal(
                reviewer=reviewer,
                application=application,
                **form.cleaned_data,
                actor=request.user,
                now=request.now,
            )
            return _on_from(request, reviewer, application.organisation.name, form.cleaned_data["kind"])
    declared = reviewer.declarations.filter(application=application).first()
    context = {"application": application, "form": form, "declared": declared, "years": _years(application)}
    return render(request, "scoring/declare.html", context, status=422 if form.errors else 200)


def _years(application: Application) -> int | None:
    edition = application.cycle.edition
    return int(edition.value("recusal_years")) if edition.has("recusal_years") else None


def _on_from(request: HttpRequest, reviewer: Reviewer, name: str, kind: str) -> HttpResponse:
    """To the applicants still to be declared, else to the desk, whose next step is the most urgent sheet."""
    if kind == NO_CONFLICT:
        messages.success(request, f"已登记：您与“{name}”没有利害关系。")
    else:
        messages.success(request, f"已登记：您须回避“{name}”，它的材料、评分和名次都不再向您显示。")
    return redirect("scoring:recusal" if queries.undeclared(reviewer) else "scoring:desk")
