"""The inbox: everybody reads their own."""

from __future__ import annotations

from typing import Final, cast
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from ground.web import page_of
from notifications import queries, services

NEW_LINK: Final = "new_calendar_link"


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


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """One's calendar link. POST makes a new one, which is shown once, on the page that follows."""
    reader = _reader(request)
    if request.method == "POST":
        token = services.make_calendar_link(actor=reader, now=request.now)
        request.session[NEW_LINK] = token
        return redirect("notifications:calendar")
    token = request.session.pop(NEW_LINK, "")
    path = reverse("notifications:calendar_file", args=[token]) if token else ""
    context = {
        "link": queries.calendar_link_of(reader),
        "address": urljoin(settings.PORTAL_URL, path) if path else "",
    }
    response = render(request, "notifications/calendar.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def revoke_calendar(request: HttpRequest) -> HttpResponse:
    services.revoke_calendar_link(actor=_reader(request), now=request.now)
    messages.success(request, "订阅链接已停用。")
    return redirect("notifications:calendar")


@require_safe
@login_not_required
def calendar_file(request: HttpRequest, calendar_token: str) -> HttpResponse:
    """The calendar, for whoever knows its secret: calendar programs can't log in. Any other secret is 404."""
    link = get_object_or_404(queries.calendar_links_by(services.digest_of(calendar_token)))
    services.note_reading(link=link, now=request.now)
    content = services.calendar_of(queries.duties_for(link.user), now=request.now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _reader(request: HttpRequest) -> User:
    """The user logged in; the login middleware lets nobody else through."""
    return cast(User, request.user)
