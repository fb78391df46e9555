"""The inbox: everybody reads their own."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from ground.web import page_of
from notifications import queries, services


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Letters, newest first; `?unread=1` only those not read yet."""
    letters = queries.inbox_visible_to(_reader(request))
    only_unread = request.GET.get("unread") == "1"
    shown = letters.filter(read_at=None) if only_unread else letters
    return render(
        request,
        "notifications/inbox.html",
        {
            "page": page_of(request, shown),
            "unread": letters.filter(read_at=None).count(),
            "only_unread": only_unread,
        },
    )


@require_GET
def open_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a letter: it counts as read, and leads to the page it speaks of. `?text=1` shows the letter itself."""
    item = get_object_or_404(queries.inbox_visible_to(_reader(request)), pk=pk)
    services.mark_read(item=item, actor=_reader(request), now=request.now)
    target = item.link if url_has_allowed_host_and_scheme(item.link, allowed_hosts=None) else ""
    if target and request.GET.get("text") != "1":
        return redirect(target)
    return render(request, "notifications/open_item.html", {"item": item, "target": target})


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    count = services.mark_all_read(actor=_reader(request), now=request.now)
    messages.success(request, f"已将 {count} 条消息标为已读。" if count else "没有未读消息。")
    return redirect("notifications:inbox")


def _reader(request: HttpRequest) -> User:
    """The user logged in; the login middleware lets nobody else through."""
    return cast(User, request.user)
