"""Inviting a reviewer, and the page behind the link in the mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import PUBLIC
from ground.errors import Refused
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.invitations import InviteForm, NewPasswordForm
from scoring.services import invitations
from scoring.views.reviewers import keepers_only, pool_of


@require_http_methods(["GET", "HEAD", "POST"])
def invite_reviewer(request: HttpRequest) -> HttpResponse:
    """The office invites somebody who has no account yet."""
    keepers_only(request)
    form = InviteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.invite_reviewer(**form.given, actor=request.user, now=request.now)
            messages.success(request, f"{made.user.name}已列入评审员库，邀请信已发往 {made.user.email}。")
            return redirect("scoring:reviewer", reviewer_id=made.pk)
    return render(request, "scoring/invite_reviewer.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def invite_again(request: HttpRequest, reviewer_id: int) -> HttpResponse:
    """A fresh link for somebody who has not set a password."""
    keepers_only(request)
    shown = get_object_or_404(pool_of(request), pk=reviewer_id)
    made = services.invite_reviewer_again(reviewer=shown, actor=request.user, now=request.now)
    messages.success(request, f"新的邀请信已发往 {made.email}，以前的链接失效。")
    return redirect("scoring:reviewer", reviewer_id=shown.pk)


@require_POST
def revoke_reviewer_invitation(request: HttpRequest, reviewer_id: int) -> HttpResponse:
    """End the link."""
    keepers_only(request)
    shown = get_object_or_404(pool_of(request), pk=reviewer_id)
    services.revoke_reviewer_invitation(reviewer=shown, actor=request.user, now=request.now)
    messages.success(request, "已撤销邀请，链接失效。")
    return redirect("scoring:reviewer", reviewer_id=shown.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def reviewer_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail: who invites; set a password, and go on to one's particulars."""
    found = invitations.from_token(token)
    if found is None:
        raise Http404
    named = {"username": found.reviewer.user.username}
    form = NewPasswordForm(posted(request), initial=named)
    context: dict[str, Any] = {"invitation": found, "form": form, "fault": None}
    try:
        invitations.require_good(found, request.now)
    except Refused as refusal:
        context |= {"fault": refusal.faults[0], "form": None}
        status = 409 if request.method == "POST" else 200
        return render(request, "scoring/reviewer_invitation.html", context, status=status)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            user = services.accept_reviewer_invitation(
                invitation=found, password=form.cleaned_data["password"], actor=PUBLIC, now=request.now
            )
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            messages.success(request, "密码已设置。请核对并补充您的资料。")
            return redirect("scoring:profile")
    return render(request, "scoring/reviewer_invitation.html", context, status=422 if form.errors else 200)
