"""The policy library: search, and one document with its articles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from awards import queries
from awards.forms import PolicyFilter
from awards.models import PolicyDocument
from awards.rules.policy_text import excerpt, marked, paragraphs, words_of
from ground.web import page_of


@require_safe
@login_not_required
def policies(request: HttpRequest) -> HttpResponse:
    """Search in title and text, by level and by force."""
    form = PolicyFilter(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    words = words_of(chosen.get("q", ""))
    today = request.now.date()
    found = queries.policies(
        words=words,
        level=chosen.get("level", ""),
        in_force_on=today if chosen.get("force") == "now" else None,
    )
    page = page_of(request, found)
    context = {
        "form": form,
        "page": page,
        "words": words,
        "hits": [_hit(document, words, today) for document in page],
        "narrowed": bool(words or chosen.get("level") or chosen.get("force")),
    }
    return render(request, "awards/policies.html", context)


@require_safe
@login_not_required
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """One document, each article with its anchor; the words searched for stay marked."""
    document = get_object_or_404(PolicyDocument, slug=slug)
    words = words_of(request.GET.get("q", "")[:100])
    parts = [
        {"anchor": part.anchor, "kind": part.kind, "pieces": marked(part.text, words)}
        for part in paragraphs(document.text)
    ]
    context = {
        "document": document,
        "parts": parts,
        "anchors": [part["anchor"] for part in parts if part["anchor"]],
        "words": words,
        "in_force": queries.is_in_force(document, request.now.date()),
    }
    return render(request, "awards/policy.html", context)


def _hit(document: PolicyDocument, words: tuple[str, ...], today: Any) -> dict[str, Any]:
    return {
        "document": document,
        "title": marked(document.title, words),
        "excerpt": marked(excerpt(document.text, words), words),
        "in_force": queries.is_in_force(document, today),
    }
