"""Beside the register entry: its history, the figures of the last years, invitations, handing over, the licence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import PUBLIC
from accounts.invitations import require_open
from accounts.models import User
from accounts.permissions import holds_anywhere
from accounts.roles import OFFICE_ROLES
from applications.forms.people import (
    ColleagueForm,
    FiguresForm,
    HandOverForm,
    InviteForm,
    NewcomerForm,
    VerifyForm,
)
from applications.models import Application, Invitation, Organisation
from applications.permissions import is_applicant, is_owner, is_writer
from applications.queries import (
    applications_visible_to,
    members_of,
    organisations_handled_by,
    organisations_visible_to,
    own_organisations,
)
from applications.queries.opening import EDITABLE
from applications.queries.people import (
    open_invitations,
    organisation_entries,
    organisation_history,
    own_recommenders,
)
from applications.queries.visibility import may_read_history, people_of_recommender
from applications.queries.years import (
    declared_profits,
    differing_profits,
    figure_table,
    figures_to_submit,
    years_to_enter,
)
from applications.services import invitations, membership, years
from applications.views.reaching import came_from
from audit.services import log_access
from documents.services import file_response
from ground.errors import Refused
from ground.web import page_of, posted, refusals_on


@require_safe
def history(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Every change of the register entry from the ledger: who, when, before and after; for its people and the office."""
    organisation = get_object_or_404(organisations_visible_to(request.user, request.now), pk=organisation_id)
    if not may_read_history(request.user, organisation):
        raise PermissionDenied("变更记录由本组织的成员和评定办查阅。")
    page = page_of(request, organisation_entries(organisation))
    context = {
        "organisation": organisation,
        "page": page,
        "lines": organisation_history(list(page.object_list)),
    }
    return render(request, "applications/organisation_history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def year_figures(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Three years in one table; writers fill it in, its people read it; officials see what was handed in."""
    organisation = get_object_or_404(organisations_visible_to(request.user, request.now), pk=organisation_id)
    writer = is_writer(request.user, organisation.pk)
    if request.method == "POST" and not writer:
        raise PermissionDenied("经营数据由本组织的负责人或编写人填写。")
    if not is_applicant(request.user, organisation.pk):
        return _submitted_figures(request, organisation)
    asked = years_to_enter(organisation, request.now)
    kept = {row.year: row for row in organisation.years.filter(year__in=asked)}
    file = came_from(request, organisation.pk)
    form = FiguresForm(
        posted(request),
        years=asked,
        kept=kept,
        organisation=organisation,
        declared=declared_profits(organisation),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            years.enter_year_figures(
                organisation=organisation, rows=form.rows, actor=request.user, now=request.now
            )
            messages.success(request, "年度经营数据已保存。")
            if file is not None:
                return redirect("applications:tasks", application_id=file.pk)
            return redirect("applications:organisation", organisation_id=organisation.pk)
    context = {
        "organisation": organisation,
        "file": file,
        "form": form,
        "writer": writer,
        "differing": _differing_files(organisation, request.now),
        "draft_key": f"organisation-{organisation.pk}-figures",
    }
    return render(request, "applications/year_figures.html", context, status=422 if form.errors else 200)


def _differing_files(organisation: Organisation, now: datetime) -> list[tuple[Application, tuple[str, ...]]]:
    """The files still to be handed in whose answers give another net profit than the figures, with the years."""
    files = organisation.applications.filter(state__in=EDITABLE).select_related(
        "cycle__scheme", "cycle__edition_record", "organisation"
    )
    given = figures_to_submit(organisation, now)
    return [(row, years) for row in files if (years := differing_profits(row, given))]


def _submitted_figures(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The figures fixed in each file handed in that the user may read; what the register says since is not theirs."""
    files = (
        applications_visible_to(request.user, request.now)
        .filter(organisation=organisation, submitted_at__isnull=False)
        .order_by("-submitted_at")
    )
    handed_in = [(row, *figure_table(row.submitted_figures)) for row in files]
    context = {"organisation": organisation, "handed_in": handed_in}
    return render(request, "applications/submitted_figures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_member(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Invite by mail; what is still open stands below."""
    organisation = get_object_or_404(own_organisations(request.user), pk=organisation_id)
    if not is_owner(request.user, organisation.pk):
        raise PermissionDenied("成员由本组织的负责人管理。")
    form = InviteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = invitations.invite_member(
                organisation=organisation, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, f"邀请信已发往 {made.email}，7 天内有效。")
            return redirect("applications:invite_member", organisation_id=organisation.pk)
    context = {
        "body": organisation,
        "organisation": organisation,
        "form": form,
        "invitations": open_invitations(organisation=organisation),
    }
    return render(request, "applications/invite_member.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest, recommender_id: int) -> HttpResponse:
    """Who may sign for a recommending body; anybody of it lets a colleague in for good."""
    recommender = get_object_or_404(own_recommenders(request.user), pk=recommender_id)
    form = ColleagueForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = invitations.invite_colleague(
                recommender=recommender, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, f"邀请信已发往 {made.email}，7 天内有效。")
            return redirect("applications:colleagues", recommender_id=recommender.pk)
    context = {
        "body": recommender,
        "recommender": recommender,
        "people": list(people_of_recommender(recommender.pk).order_by("name", "pk")),
        "form": form,
        "invitations": open_invitations(recommender=recommender),
    }
    return render(request, "applications/invite_member.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an open invitation back."""
    own = Q(organisation__in=own_organisations(request.user)) | Q(
        recommender__in=own_recommenders(request.user)
    )
    invitations_seen = Invitation.objects.select_related("organisation", "recommender").filter(own)
    invitation = get_object_or_404(invitations_seen, pk=invitation_id)
    invitations.revoke_invitation(invitation=invitation, actor=request.user, now=request.now)
    messages.success(request, f"已撤销发往 {invitation.email} 的邀请。")
    if invitation.organisation_id:
        return redirect("applications:invite_member", organisation_id=invitation.organisation_id)
    page = "delegations" if invitation.until else "colleagues"
    return redirect(f"applications:{page}", recommender_id=invitation.recommender_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail: who invites, to what; accept it, or make an account and accept it in one step."""
    found = invitations.from_token(token)
    if found is None:
        raise Http404
    visitor = not isinstance(request.user, User)
    form = NewcomerForm(posted(request)) if visitor else None
    context: dict[str, Any] = {"invitation": found, "form": form, "fault": None}
    status = 200
    try:
        require_open(found, request.now)
        if request.method == "POST" and form is None:
            invitations.accept_invitation(invitation=found, actor=request.user, now=request.now)
            return _welcome(request, found)
    except Refused as refusal:
        context |= {"fault": refusal.faults[0], "form": None}
        status = 409 if request.method == "POST" else 200
    else:
        if request.method == "POST" and form is not None and form.is_valid():
            with refusals_on(form):
                user = invitations.accept_as_newcomer(
                    invitation=found, **form.cleaned_data, actor=PUBLIC, now=request.now
                )
                login(request, user, backend="django.contrib.auth.backends.ModelBackend")
                return _welcome(request, found)
        if form is not None and form.errors:
            status = 422
        if not visitor and not invitations.may_accept(request.user, found):
            context["unfit"] = True
    return render(request, "applications/invitation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def transfer_ownership(request: HttpRequest, organisation_id: int, grant_id: int) -> HttpResponse:
    """Hand the organisation over to a member, after a look at what that means."""
    organisation = get_object_or_404(own_organisations(request.user), pk=organisation_id)
    if not is_owner(request.user, organisation.pk):
        raise PermissionDenied("成员由本组织的负责人管理。")
    grant = get_object_or_404(members_of(organisation), pk=grant_id)
    form = HandOverForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            membership.transfer_ownership(
                organisation=organisation, grant=grant, actor=request.user, now=request.now
            )
            messages.success(request, f"申报负责人已移交给{grant.user.name}，您保留编写人权限。")
            return redirect("applications:members", organisation_id=organisation.pk)
    context = {"organisation": organisation, "grant": grant, "form": form}
    return render(
        request, "applications/transfer_ownership.html", context, status=422 if form.errors else 200
    )


@require_safe
def licence(request: HttpRequest, organisation_id: int) -> FileResponse:
    """The uploaded licence, for the organisation itself, the office that handles it and the supervisor; access is noted."""
    organisation = _with_licence(request, organisation_id)
    log_access(actor=request.user, action="download", subject=organisation, at=request.now, detail="证照")
    return file_response(organisation.licence, filename=organisation.licence_name, inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_code(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """The office compares the code with the licence and clears the flag."""
    organisation = get_object_or_404(
        organisations_visible_to(request.user, request.now).select_related("licence"), pk=organisation_id
    )
    if not holds_anywhere(request.user, *OFFICE_ROLES) or is_applicant(request.user, organisation.pk):
        raise PermissionDenied("信用代码由评定办核对。")
    form = VerifyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            years.verify_code(
                organisation=organisation,
                note=form.cleaned_data["note"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "已核对，标记已清除。")
            return redirect("applications:organisation", organisation_id=organisation.pk)
    context = {"organisation": organisation, "form": form}
    return render(request, "applications/verify_code.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    messages.success(request, f"已接受邀请，您现在是{found.body.name}的{found.get_role_display()}。")
    return redirect("applications:home" if found.organisation_id else "applications:recommendations")


def _with_licence(request: HttpRequest, organisation_id: int) -> Organisation:
    rows = organisations_handled_by(request.user).select_related("licence")
    return get_object_or_404(rows.filter(licence__isnull=False), pk=organisation_id)
