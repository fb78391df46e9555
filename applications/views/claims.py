"""Claiming an organisation that somebody else has registered: the claimant, the present owner, the office."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moves import may_move, why_not
from accounts.permissions import has_role, holds_anywhere, in_portal
from accounts.roles import APPLICANT_ROLES, OFFICE_ROLES, Role
from applications import services
from applications.forms.claims import AnswerClaimForm, ClaimForm, DecideClaimForm
from applications.models import OrganisationClaim
from applications.models.claims import OPEN
from applications.permissions import is_owner
from applications.queries import members_of
from applications.queries.claims import claims_to_decide, claims_visible_to
from audit.services import log_access
from documents.services import file_response
from ground.web import page_of, posted, posted_files, refusals_on

OPEN_FIRST = Case(When(state__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
PAPERS = ("licence", "authorisation")


@require_http_methods(["GET", "HEAD", "POST"])
def claim_organisation(request: HttpRequest) -> HttpResponse:
    """Say who one is and upload the papers. The page says of a code only that it is registered or not."""
    if any(grant.role not in APPLICANT_ROLES for grant in request.user.grants):
        raise PermissionDenied("承担评定工作的账号不能认领申报组织，请使用单独的申报账号。")
    files = posted_files(request)
    form = ClaimForm(posted(request), files, initial={"uscc": request.GET.get("uscc", "")[:40]})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.file_claim(data=form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "已提出申请，并已通知现在的申报负责人。")
            return redirect("applications:claim", claim_id=made.pk)
    status = 422 if form.errors else 200
    return render(request, "applications/claim_organisation.html", {"form": form}, status=status)


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """The office's desk: what is open first."""
    if not holds_anywhere(request.user, *OFFICE_ROLES, Role.SUPERVISOR):
        raise PermissionDenied("组织认领由评定办办理。")
    page = page_of(request, claims_to_decide(request.user).order_by(OPEN_FIRST, "filed_at", "pk"))
    return render(request, "applications/claims.html", {"page": page, "viewer_is_office": True})


@require_safe
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim, as much of it as the reader's part in it needs. The office's reading is noted."""
    shown = _seen(request, claim_id)
    official = _official(request, shown)
    if official:
        log_access(actor=request.user, action="view", subject=shown, at=request.now)
    context = {
        "claim": shown,
        "official": official,
        "viewer_is_office": official,
        "mine": shown.claimant_id == request.user.pk,
        "granted": shown.state.startswith("granted"),
        "members": list(members_of(shown.organisation)) if official else [],
        "may_answer": _may_answer(request, shown),
        "may_decide": may_move(shown, "refuse", request.user),
        "may_withdraw": may_move(shown, "withdraw", request.user),
        "layout": "base_office.html" if official else "base.html",
    }
    return render(request, "applications/claim.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The present owner agrees or objects."""
    shown = _seen(request, claim_id)
    if not is_owner(request.user, shown.organisation_id) or shown.claimant_id == request.user.pk:
        raise PermissionDenied("认领申请由本组织现在的申报负责人答复。")
    form = AnswerClaimForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.answer_claim(claim=shown, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "已答复。")
            return redirect("applications:home")
    context = {"claim": shown, "form": form, "blocked": why_not(shown, "hand_over", public=True)}
    return render(request, "applications/answer_claim.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The claimant takes the claim back, after reading what follows."""
    shown = _seen(request, claim_id)
    if shown.claimant_id != request.user.pk:
        raise PermissionDenied("认领申请由提出的人自己撤回。")
    form = Form(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.withdraw_claim(claim=shown, actor=request.user, now=request.now)
            messages.success(request, "申请已撤回，已告诉现在的申报负责人和评定办。")
            return redirect("applications:claim", claim_id=shown.pk)
    context = {"claim": shown, "form": form, "blocked": why_not(shown, "withdraw", public=True)}
    return render(request, "applications/withdraw_claim.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def decide_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The head grants or refuses, with a reason that both sides read."""
    shown = _seen(request, claim_id)
    if not has_role(request.user, Role.OFFICE_HEAD, scheme=shown.scheme.code):
        raise PermissionDenied("组织认领由评定办主任决定。")
    form = DecideClaimForm(posted(request), claim=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.decide_claim(claim=shown, **form.cleaned_data, actor=request.user, now=request.now)
            messages.success(request, "决定已记录，并已写信告诉双方。")
            return redirect("applications:claim", claim_id=shown.pk)
    context = {"claim": shown, "form": form, "blocked": why_not(shown, "refuse"), "viewer_is_office": True}
    return render(request, "applications/decide_claim.html", context, status=422 if form.errors else 200)


@require_safe
def claim_paper(request: HttpRequest, claim_id: int, paper: str) -> FileResponse:
    """Licence or authorisation, for the office, the supervisor and the claimant; never for the present owner."""
    shown = _seen(request, claim_id)
    own = shown.claimant_id == request.user.pk
    if paper not in PAPERS:
        raise Http404
    if not own and not _official(request, shown):
        raise PermissionDenied("证照和授权书由评定办核对。")
    name = getattr(shown, f"{paper}_name")
    keeper = has_role(request.user, Role.OFFICE_HEAD, scheme=shown.scheme.code)
    keeper = keeper or in_portal(request.user, Role.SUPERVISOR)
    response = file_response(getattr(shown, paper), filename=name, inline=True, own=own, keeper=keeper)
    log_access(actor=request.user, action="download", subject=shown, at=request.now, detail=name)
    return response


def _seen(request: HttpRequest, claim_id: int) -> OrganisationClaim:
    return get_object_or_404(claims_visible_to(request.user), pk=claim_id)


def _official(request: HttpRequest, shown: OrganisationClaim) -> bool:
    office = has_role(request.user, *OFFICE_ROLES, scheme=shown.scheme.code)
    return office or in_portal(request.user, Role.SUPERVISOR)


def _may_answer(request: HttpRequest, shown: OrganisationClaim) -> bool:
    return may_move(shown, "hand_over", request.user) and shown.claimant_id != request.user.pk
