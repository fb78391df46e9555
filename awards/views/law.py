"""The law as the portal applies it: editions, their articles and parameters, the criteria, and how to recompute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from awards import queries
from awards.forms import STATUS_WORDS
from awards.law import criteria as criteria_data
from awards.law.editions import Edition
from awards.law.terms import ParameterRow
from awards.rules.wording import in_words

TONES = {"in_force": "good", "not_yet": "active", "lapsed": "neutral", "incomplete": "warn"}
# An input that anyone may try: two candidates of an invented year.
SAMPLE = """{
  "edition": "park-2023",
  "as_of": "2026-11-01",
  "candidates": [
    {"id": "甲", "material": "612.50", "presentation": "640", "site": "655.25", "previous_wins": []},
    {"id": "乙", "material": "590.00", "presentation": "575", "site": "601.00", "previous_wins": []}
  ]
}"""


@require_safe
@login_not_required
def law(request: HttpRequest) -> HttpResponse:
    """All editions with their standing today, and the criteria sets."""
    on = request.now.date()
    rows = [_standing(edition, on) for edition in queries.all_editions()]
    standards = [criteria_data.get(code) for code in criteria_data.codes()]
    return render(request, "awards/law.html", {"rows": rows, "standards": standards})


@require_safe
@login_not_required
def edition(request: HttpRequest, edition_code: str) -> HttpResponse:
    """One edition, article by article, with the parameters that rest on each. `?digest=` shows what a cycle pinned."""
    shown = queries.edition_or_pinned(edition_code, request.GET.get("digest", ""))
    if shown is None:
        raise Http404
    context = {
        **_standing(shown, request.now.date()),
        "articles": list(_articles(shown)),
        "silent": [_row(shown, row) for row in shown.parameters if not _resting_on(shown, row)],
        "missing": shown.missing(),
        "pinned": queries.pinned_elsewhere(shown),
        "documents": list(queries.documents_of(shown)),
    }
    return render(request, "awards/edition.html", context)


@require_safe
@login_not_required
def criteria(request: HttpRequest, criteria_code: str) -> HttpResponse:
    """One criteria set: items with their points, bands with their meaning."""
    try:
        standard = criteria_data.get(criteria_code)
    except criteria_data.UnknownCriteria:
        raise Http404 from None
    return render(request, "awards/criteria.html", {"standard": standard})


@require_safe
@login_not_required
def recompute_guide(request: HttpRequest) -> HttpResponse:
    """How anyone checks a result for themselves."""
    return render(
        request,
        "awards/recompute_guide.html",
        {"sample": SAMPLE, "origin": f"{request.scheme}://{request.get_host()}"},
    )


def _standing(shown: Edition, on: Any) -> dict[str, Any]:
    status = shown.status(on)
    return {"edition": shown, "status": status, "status_words": STATUS_WORDS[status], "tone": TONES[status]}


def _articles(shown: Edition) -> Iterator[dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in shown.parameters:
        rows.setdefault(_resting_on(shown, row), []).append(_row(shown, row))
    for article in shown.article_list:
        yield {"article": article, "rows": rows.get(article.number, [])}


def _resting_on(shown: Edition, row: ParameterRow) -> str:
    """The article of the instrument that a parameter rests on: 第十一条(四) lies in 第十一条; "" for none."""
    article = row.article or ""
    if article in shown.articles:
        return article
    return article.partition("(")[0] if article.partition("(")[0] in shown.articles else ""


def _row(shown: Edition, row: ParameterRow) -> dict[str, Any]:
    lines = () if row.missing else in_words(shown, row.key, row.value)
    return {"row": row, "lines": lines}
