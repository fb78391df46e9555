"""The recommender's desk."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import holds_anywhere
from accounts.roles import RECOMMENDING_ROLES
from applications import services
from applications.forms import DeclineForm, SignForm
from applications.models import Recommendation
from applications.permissions import require_recommender
from applications.queries import (
    after_decline,
    applications_visible_to,
    deadline,
    is_past,
    recommendations_visible_to,
)
from applications.queries.people import own_recommenders
from applications.services.recommending import faults_against_answering
from applications.views.dossier import dossier_context
from applications.views.reaching import seen
from audit.services import log_access
from documents.services import file_response
from ground.web import page_of, posted, posted_files, refusals_on
from notifications.queries import duties_for


@require_safe
def recommendations(request: HttpRequest) -> HttpResponse:
    """What waits for my word, by deadline; what I have answered."""
    if not holds_anywhere(request.user, *RECOMMENDING_ROLES):
        raise PermissionDenied("这一页由推荐单位使用。")
    rows = recommendations_visible_to(request.user, request.now).prefetch_related(
        "application__cycle__milestones"
    )
    waiting = page_of(
        request,
        rows.filter(state="waiting", application__state="submitted")
        .exclude(application__cycle__state="cancelled")
        .order_by("asked_at", "pk"),
    )
    context = {
        "page": waiting,
        "answered": list(rows.exclude(state="waiting").order_by("-answered_at", "-pk")[:25]),
        "bodies": list(own_recommenders(request.user)),
        "duties": list(duties_for(request.user)[:10]),
        "nav_current": "home",
        "viewer_is_office": False,
    }
    return render(request, "applications/recommendations.html", context)


@require_safe
def recommendation(request: HttpRequest, recommendation_id: int) -> HttpResponse:
    """Read the file, then sign or decline."""
    shown = _mine(request, recommendation_id)
    context: dict[str, object] = {
        "recommendation": shown,
        "due_at": deadline(shown.application, "recommendation"),
    }
    visible = applications_visible_to(request.user, request.now).filter(pk=shown.application_id).exists()
    if visible and shown.state != "recalled":
        application = seen(request, shown.application_id)
        log_access(actor=request.user, action="view", subject=application, at=request.now)
        context |= dossier_context(request, application) | {"readable": True}
    faults = faults_against_answering(shown, request.now)
    context["delegation"] = require_recommender(request.user, shown, request.now)
    context["may_answer"] = not faults
    context["late"] = any(fault.code == "deadline_passed" for fault in faults)
    context["viewer_is_office"] = False
    return render(request, "applications/recommendation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_recommendation(request: HttpRequest, recommendation_id: int) -> HttpResponse:
    """Sign the recommendation."""
    shown = _mine(request, recommendation_id)
    form = SignForm(posted(request), posted_files(request), recommendation=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.sign_recommendation(
                recommendation=shown,
                opinion=form.cleaned_data["opinion"],
                signatory=form.cleaned_data["signatory"],
                scan=form.cleaned_data["scan"],
                actor=request.user,
                now=request.now,
            )
            messages.success(
                request, f"已签署对{shown.application.organisation}的推荐意见，申报转入资格审核。"
            )
            return redirect("applications:recommendations")
    return _answer_page(request, shown, form, "applications/sign_recommendation.html")


@require_http_methods(["GET", "HEAD", "POST"])
def decline_recommendation(request: HttpRequest, recommendation_id: int) -> HttpResponse:
    """Decline, with a reason."""
    shown = _mine(request, recommendation_id)
    form = DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.decline_recommendation(
                recommendation=shown,
                reason=form.cleaned_data["reason"],
                signatory=form.cleaned_data["signatory"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已答复{shown.application.organisation}：不予推荐。")
            return redirect("applications:recommendations")
    afterwards = {
        "late": is_past(deadline(shown.application), request.now),
        "consequence": after_decline(shown.application, request.now),
    }
    return _answer_page(request, shown, form, "applications/decline_recommendation.html", **afterwards)


def _mine(request: HttpRequest, recommendation_id: int) -> Recommendation:
    return get_object_or_404(recommendations_visible_to(request.user, request.now), pk=recommendation_id)


def _answer_page(
    request: HttpRequest, shown: Recommendation, form: object, template: str, **more: object
) -> HttpResponse:
    context = more | {
        "recommendation": shown,
        "form": form,
        "delegation": require_recommender(request.user, shown, request.now),
        "due_at": deadline(shown.application, "recommendation"),
        "blocked": next((fault.message for fault in faults_against_answering(shown, request.now)), ""),
    }
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
def recommendation_scan(request: HttpRequest, recommendation_id: int) -> FileResponse:
    """The signed scan, for the body that uploaded it and for whoever may read the application; access is noted."""
    rows = Recommendation.objects.select_related("application", "scan").filter(scan__isnull=False)
    shown = get_object_or_404(rows, pk=recommendation_id)
    mine = recommendations_visible_to(request.user, request.now).filter(pk=shown.pk).exists()
    if (
        not mine
        and not applications_visible_to(request.user, request.now).filter(pk=shown.application_id).exists()
    ):
        raise Http404
    log_access(
        actor=request.user,
        action="download",
        subject=shown.application,
        at=request.now,
        detail=shown.scan_name,
    )
    return file_response(shown.scan, filename=shown.scan_name, inline=True)
