"""The reviewer's first page, and what they declare on each applicant before a file opens."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import holds_anywhere
from accounts.roles import Role
from ground.web import refusals_on
from notifications.queries import duties_for
from scoring import services
from scoring.forms.recusal import DeclareForm
from scoring.models import Reviewer
from scoring.queries import desk as queries
from scoring.queries.conflicts import reviewer_of
from scoring.queries.visibility import assignments_of


def _reviewer(request: HttpRequest) -> Reviewer:
    reviewer = reviewer_of(request.user)
    if reviewer is None or reviewer.disqualified_at is not None:
        raise PermissionDenied("您不在评审员库中，或者评审资格已经取消。")
    return reviewer


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """My queue by due date: what to declare, score and settle; then what is done."""
    if not holds_anywhere(request.user, Role.REVIEWER):
        raise PermissionDenied
    reviewer = reviewer_of(request.user)
    if reviewer is None or reviewer.disqualified_at is not None:
        return render(request, "scoring/no_desk.html", {"reviewer": reviewer})
    context = {
        "reviewer": reviewer,
        "duties": duties_for(request.user),
        "undeclared": queries.undeclared(reviewer),
        "sheets": queries.sheet_queue(reviewer),
        "consolidations": queries.led_consolidations(reviewer),
    }
    return render(request, "scoring/desk.html", context)


@require_safe
def recusal(request: HttpRequest) -> HttpResponse:
    """Every applicant I am seated for, with what I declared or still have to declare."""
    reviewer = _reviewer(request)
    rows = queries.declarations(reviewer)
    forms = [(row, None if row.declared else DeclareForm(prefix=str(row.pk))) for row in rows]
    return render(request, "scoring/recusal.html", {"rows": forms})


@require_POST
def declare(request: HttpRequest, application_id: int) -> HttpResponse:
    """Declare on one applicant: no conflict, or which."""
    reviewer = _reviewer(request)
    application = get_object_or_404(assignments_of(request.user), pk=application_id)
    form = DeclareForm(request.POST, prefix=str(application_id))
    if form.is_valid():
        with refusals_on(form):
            services.declare_recusal(
                reviewer=reviewer,
                application=application,
                **form.cleaned_data,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已登记对“{application.organisation.name}”的回避情况。")
            return redirect("scoring:desk" if not queries.undeclared(reviewer) else "scoring:recusal")
    rows = [
        (row, form if row.pk == application_id else None if row.declared else DeclareForm(prefix=str(row.pk)))
        for row in queries.declarations(reviewer)
    ]
    return render(request, "scoring/recusal.html", {"rows": rows, "form": form}, status=422)
