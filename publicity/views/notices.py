"""Notices as the public reads them."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from documents.services import file_response
from ground.web import page_of
from publicity import permissions, queries, services
from publicity.forms import NoticeFilter
from publicity.models import Notice, NoticeEntry, edition_of
from publicity.services.basis import issuer
from publicity.views.citations import citations


@require_safe
@login_not_required
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, those whose window runs first."""
    form = NoticeFilter(request.GET)
    shown = queries.notices_matching(queries.public_notices(), **form.chosen)
    page = page_of(request, shown.order_by("-published_at", "-id"))
    return render(request, "publicity/notices.html", {"page": page, "form": form})


@require_safe
@login_not_required
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice on paper with its red head, and beside it what a reader can do about it."""
    shown = get_object_or_404(queries.with_entries(queries.notices_visible_to(request.user)), pk=notice_id)
    in_window = shown.state == "published" and shown.closes_at is not None and request.now < shown.closes_at
    edition = edition_of(shown.cycle) if shown.cycle else None
    context = {
        **citations(edition),
        "notice": shown,
        "edition": edition,
        "issuer": issuer(shown, edition),
        "tiers": by_tier(shown),
        "in_window": in_window,
        "paper_ready": shown.paper_id is not None and shown.state in queries.PUBLIC_NOTICES,
        "may_object": not services.why_no_objection(shown),
        "for_office": permissions.may_read_office_pages(request.user, shown.scheme),
    }
    return render(request, "publicity/notice.html", context)


@require_safe
@login_not_required
def notice_pdf(request: HttpRequest, notice_id: int) -> FileResponse:
    """The notice on paper, once it is set; read in the browser or kept. Drafts and withdrawn ones have none."""
    shown = get_object_or_404(queries.public_notices().filter(paper__isnull=False), pk=notice_id)
    return file_response(shown.paper, filename=f"{shown.title}.pdf", inline=True)


def by_tier(shown: Notice) -> list[tuple[str, list[NoticeEntry]]]:
    """The entries under the name of their prize, in the order of the list."""
    entries = list(shown.entries.all())
    for entry in entries:
        entry.notice = shown
    names = list(dict.fromkeys(entry.tier for entry in entries))
    ordered = sorted(entries, key=lambda entry: names.index(entry.tier))
    return [
        (group[0].tier_name, group)
        for _, rows in groupby(ordered, key=lambda e: e.tier)
        for group in [list(rows)]
    ]
