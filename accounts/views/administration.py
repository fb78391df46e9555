"""The administrator's accounts and grants, and the supervisor's view of the ledger."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from accounts import queries, scopes, services
from accounts.forms import GrantForm, PersonForm
from accounts.models import RoleGrant
from accounts.permissions import in_portal, require_role
from accounts.roles import ROLE_KINDS, Role
from accounts.rules import apart_on
from audit.queries import current_head
from audit.verification import verify
from ground.web import page_of, posted, refusals_on


def users(request: HttpRequest) -> HttpResponse:
    """All accounts; the administrator adds one here."""
    require_role(request.user, Role.ADMINISTRATOR, Role.SUPERVISOR)
    form = PersonForm(posted(request))
    if request.method == "POST":
        require_role(request.user, Role.ADMINISTRATOR)
        if form.is_valid():
            with refusals_on(form):
                made = services.create_user(**form.cleaned_data, actor=request.user, now=request.now)
                messages.success(request, f"已建立账号“{made.name}”，请接着授权。")
                return redirect("accounts:user", user_id=made.pk)
    words, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    found = queries.users_matching(queries.users_visible_to(request.user), words, role)
    today = localtime(request.now).date()
    context = {
        "form": form,
        "mixed": queries.mixed_accounts(today),
        "apart": apart_on(today),
        "page": page_of(request, found),
        "words": words,
        "role": role,
        "roles": ROLE_KINDS,
        "administers": in_portal(request.user, Role.ADMINISTRATOR),
    }
    return render(request, "accounts/users.html", context, status=422 if form.errors else 200)


def _user_page(request: HttpRequest, user_id: int, form: GrantForm, status: int = 200) -> HttpResponse:
    shown = get_object_or_404(queries.users_visible_to(request.user), pk=user_id)
    administers = in_portal(request.user, Role.ADMINISTRATOR)
    context: dict[str, Any] = {"shown": shown, "form": form, "administers": administers}
    return render(request, "accounts/user.html", context, status=status)


@require_safe
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account with its grants."""
    require_role(request.user, Role.ADMINISTRATOR, Role.SUPERVISOR)
    return _user_page(request, user_id, GrantForm(scopes=scopes.choices()))


@require_POST
def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a role."""
    require_role(request.user, Role.ADMINISTRATOR)
    shown = get_object_or_404(queries.users_visible_to(request.user), pk=user_id)
    form = GrantForm(request.POST, scopes=scopes.choices())
    if form.is_valid():
        with refusals_on(form):
            services.administer_grant(
                user=shown,
                role=form.cleaned_data["role"],
                scope_key=form.scope_key,
                scope_label=form.scope_label,
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "已授权。")
            return redirect("accounts:user", user_id=user_id)
    return _user_page(request, user_id, form, status=422)


@require_POST
def revoke(request: HttpRequest, user_id: int, grant_id: int) -> HttpResponse:
    """Take a role back."""
    require_role(request.user, Role.ADMINISTRATOR)
    held = get_object_or_404(RoleGrant, pk=grant_id, user_id=user_id)
    services.administer_revoke(grant=held, actor=request.user, now=request.now)
    messages.success(request, "已撤销授权。")
    return redirect("accounts:user", user_id=user_id)


@require_POST
def switch(request: HttpRequest, user_id: int) -> HttpResponse:
    """Block or unblock an account."""
    require_role(request.user, Role.ADMINISTRATOR)
    shown = get_object_or_404(queries.users_visible_to(request.user), pk=user_id)
    services.switch_account(user=shown, active=not shown.is_active, actor=request.user, now=request.now)
    messages.success(request, "已启用账号。" if not shown.is_active else "已停用账号。")
    return redirect("accounts:user", user_id=user_id)


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The supervisor reads the ledger, and checks the chain on request."""
    require_role(request.user, Role.SUPERVISOR)
    words, action = request.GET.get("q", "").strip(), request.GET.get("action", "").strip()
    found = queries.entries_matching(queries.entries_visible_to(request.user), words, action)
    context = {
        "page": page_of(request, found, per_page=50),
        "words": words,
        "action": action,
        "head": current_head(),
        "verdict": verify() if request.GET.get("check") else None,
    }
    return render(request, "accounts/ledger.html", context)
