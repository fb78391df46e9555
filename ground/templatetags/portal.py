"""How the portal shows states, citations, lists and tables. Built in, with `moments`, `amounts` and `fields`: no page loads them.

Filters   pairs
Tags      badge, tag, cite, query_string, sort_header, pages_around
Blocks    table_region … endtable_region
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from django import template
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百]+条(?:之[一二三四五六七八九十]+)?")
TONES = frozenset({"neutral", "active", "good", "warn", "bad", "honour"})


@register.simple_tag(takes_context=True)
def badge(context: template.Context, obj: Any) -> SafeString:
    """The state of a stateful object in words; the office sees its own label (`request.user.is_office`)."""
    state = type(obj).STATES.state(obj.state)
    return tag(state.office if _office_looks(context) else state.public, state.tone)


@register.simple_tag
def tag(label: str, tone: str = "neutral") -> SafeString:
    """A badge of any words. Tones: neutral, active, good, warn, bad, honour. Never colour alone."""
    return format_html('<span class="badge {}">{}</span>', tone if tone in TONES else "neutral", label)


@register.simple_tag
def cite(edition: object, article: str) -> SafeString:
    """〔第十一条(四)〕 as a link to the article's anchor in the policy library. `edition`: its code or an object with `.code`.

    Without an edition or an article number there is nothing to link to: the words stand alone.
    """
    code = str(getattr(edition, "code", edition) or "")
    if not article:
        return SafeString("")
    found = ARTICLE.search(article)
    if not code or not found:
        return format_html('<span class="cite">〔{}〕</span>', article)
    return format_html(
        '<a class="cite" href="/law/{}/#{}">〔{}〕</a>', quote(code, safe=""), found.group(), article
    )


def _office_looks(context: template.Context) -> bool:
    if "viewer_is_office" in context:
        return bool(context["viewer_is_office"])
    return bool(getattr(getattr(context.get("request"), "user", None), "is_office", False))


@register.simple_tag(takes_context=True)
def query_string(context: template.Context, **changes: object) -> str:
    """`?…` with the page's own GET parameters and `changes` on top; None or "" takes a parameter out."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, key: str, label: str, css: str = "") -> SafeString:
    """A `<th>` whose link sorts by `key` (`?sort=key`, again: `?sort=-key`), with aria-sort for the one in force."""
    here = context["request"].GET.get("sort", "")
    target = f"-{key}" if here == key else key
    order = {key: "ascending", f"-{key}": "descending"}.get(here)
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', order) if order else "",
        query_string(context, sort=target, page=None),
        label,
    )


@register.simple_tag
def pages_around(page: Page[Any]) -> list[int]:
    """Page numbers to show: first, last and two on each side of the one open; 0 stands for a gap."""
    return [
        number if isinstance(number, int) else 0
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]


@register.filter
def pairs(value: Any) -> Iterable[tuple[object, object]]:
    """The pairs of a mapping, or pairs as they are (a mapping's own key "items" can't get in the way)."""
    return value.items() if isinstance(value, Mapping) else value


@register.simple_block_tag(takes_context=True)
def table_region(context: template.Context, content: SafeString, label: str, css: str = "") -> SafeString:
    """A container in which a wide table scrolls, reachable by keyboard and named for screen readers. Ends with endtable_region.

    css="tall": the table scrolls inside at most 75% of the window, its head stays in sight.
    """
    return format_html(
        '<div class="table-region {}" role="region" tabindex="0" aria-label="{}">{}</div>',
        css,
        label,
        content,
    )
