"""The Atom feed of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed

from publicity import queries
from publicity.models import Notice

ENTRIES = 50


class NoticeFeed(Feed):  # type: ignore[type-arg]  # generic for the type checker alone
    """The newest notices, for other departments' sites and for readers."""

    login_required = False  # read by LoginRequiredMiddleware
    feed_type = Atom1Feed
    title = "质量奖公示公告"
    subtitle = "公示、公告和撤销公告"
    link = reverse_lazy("publicity:notices")
    description_template = "publicity/feed_item.html"

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().__call__(request, *args, **kwargs)

    def items(self, obj: Any) -> list[Notice]:
        return list(queries.with_entries(queries.public_notices()).order_by("-published_at", "-id")[:ENTRIES])

    def item_title(self, item: Notice) -> str:
        return f"[{item.get_kind_display()}] {item.title}"

    def item_pubdate(self, item: Notice) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Notice) -> datetime | None:
        return item.closed_at or item.published_at

    def item_categories(self, item: Notice) -> tuple[str, ...]:
        return (item.get_kind_display(), item.scheme.short_name)
