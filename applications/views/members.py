"""Colleagues who act for the organisation."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications import services
from applications.forms import MemberForm
from applications.models import Organisation
from applications.permissions import is_owner
from applications.queries import members_of, own_organisations
from ground.web import posted, refusals_on


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Who may write and read for this organisation; the owner adds people by their login name."""
    organisation = get_object_or_404(own_organisations(request.user), pk=organisation_id)
    owner = is_owner(request.user, organisation.pk)
    if request.method == "POST" and not owner:
        raise PermissionDenied("成员由本组织的负责人管理。")
    form = MemberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            grant = services.add_member(
                organisation=organisation,
                username=form.cleaned_data["username"],
                role=form.cleaned_data["role"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已为{grant.user.name}开通权限。")
            return redirect("applications:members", organisation_id=organisation.pk)
    context = {
        "organisation": organisation,
        "members": list(members_of(organisation)),
        "form": form if owner else None,
    }
    return render(request, "applications/members.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_member(request: HttpRequest, organisation_id: int, grant_id: int) -> HttpResponse:
    """Take a colleague's access back, after a look at whose."""
    organisation: Organisation = get_object_or_404(own_organisations(request.user), pk=organisation_id)
    if not is_owner(request.user, organisation.pk):
        raise PermissionDenied("成员由本组织的负责人管理。")
    grant = get_object_or_404(members_of(organisation), pk=grant_id)
    if request.method == "POST":
        services.remove_member(organisation=organisation, grant=grant, actor=request.user, now=request.now)
        messages.success(request, f"已取消{grant.user.name}的权限。")
        if grant.user_id == request.user.pk:
            return redirect("applications:home")
        return redirect("applications:members", organisation_id=organisation.pk)
    return render(request, "applications/remove_member.html", {"organisation": organisation, "grant": grant})
