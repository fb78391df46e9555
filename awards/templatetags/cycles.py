"""`{% load cycles %}`: the office's rail of a cycle's stages, the next step, and the words of the history.

Pages of higher apps are named by their url names alone; one that is not there is left out.
"""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from audit.models import Entry
from awards.law.editions import Edition
from awards.models import Cycle
from awards.rules.policy_text import Piece

register = template.Library()
HEADING = re.compile("^[一二三四五六七八九十]+、")

STAGES = (
    ("准备", (("总览", "awards:cycle"), ("工作安排", "awards:set_timetable"), ("申报通知", "awards:call"))),
    (
        "评审",
        (
            ("申报与资格审核", "applications:office_list"),
            ("评审组", "scoring:panels"),
            ("入围名单", "scoring:shortlist"),
            ("综合排名", "scoring:ranking"),
            ("评定委审议", "scoring:meeting"),
            ("批准", "scoring:approval"),
        ),
    ),
    ("结果", (("公示与公告", "publicity:draft"), ("异议", "publicity:objections"))),
)
# state → what the office does next: words, and the pages that will do, the first that exists.
NEXT = {
    "open": ("查看已提交的申报", ("applications:office_list",)),
    "checking": ("办理资格审核", ("applications:office_list",)),
    "material": ("组织材料评审", ("scoring:panels",)),
    "site": ("组织陈述答辩与现场评审", ("scoring:panels",)),
    "ranked": ("组织评定委审议", ("scoring:meeting", "scoring:ranking")),
    "deliberated": ("查看报批名单", ("scoring:approval",)),
    "approved": ("拟写公示", ("publicity:draft",)),
    "publicity": ("查看公示", ("publicity:draft",)),
    "publicity_closed": ("办理公告", ("publicity:announce", "publicity:draft")),
    "announced": ("查看公告", ("publicity:draft",)),
}
PREPARING = {
    "timetable": ("排定工作安排", "awards:set_timetable"),
    "call": ("拟写申报通知", "awards:write_call"),
    "publish": ("发布申报通知", "awards:publish_call"),
}


@register.simple_tag(takes_context=True)
def cycle_rail(context: template.Context, cycle: Cycle) -> list[dict[str, Any]]:
    """Items for components/rail.html; the page open now is the one with the longest address that fits."""
    path = context["request"].path
    items: list[dict[str, Any]] = []
    for heading, pages in STAGES:
        links = [
            {"label": label, "href": href} for label, name in pages if (href := page_of_cycle(name, cycle))
        ]
        if links:
            items += [{"label": heading}, *links]
    fitting = [item["href"] for item in items if "href" in item and path.startswith(item["href"])]
    here = max(fitting, key=len, default="")
    if here == page_of_cycle("awards:cycle", cycle) and path != here:
        here = page_of_cycle("awards:call", cycle) if "call" in path else ""
    for item in items:
        item["current"] = bool(here) and item.get("href") == here
    return items


@register.simple_tag
def next_step(cycle: Cycle) -> dict[str, str] | None:
    """The one next step of the office: {"label", "href"}; None where there is nothing to do."""
    if cycle.state == "draft":
        label, name = PREPARING[
            "timetable"
            if not cycle.timetable
            else "publish"
            if cycle.call_text and cycle.call_number
            else "call"
        ]
        return {"label": label, "href": page_of_cycle(name, cycle)}
    label, names = NEXT.get(cycle.state, ("", ()))
    href = next((found for name in names if (found := page_of_cycle(name, cycle))), "")
    return {"label": label, "href": href} if href else None


@register.filter
def what_was_done(entry: Entry) -> str:
    """The words that the writer of the entry left for people; its code where there are none."""
    return str(entry.content.get("details", {}).get("label") or entry.action)


@register.filter
def reason_given(entry: Entry) -> str:
    return str(entry.content.get("details", {}).get("reason", ""))


@register.inclusion_tag("awards/_pieces.html")
def pieces(found: tuple[Piece, ...]) -> dict[str, Any]:
    """Text with the hits of a search marked."""
    return {"pieces": found}


def page_of_cycle(name: str, cycle: Cycle) -> str:
    """The address of a page about this cycle, or "" where no such page takes a cycle."""
    try:
        return reverse(name, kwargs={"cycle_id": cycle.pk})
    except NoReverseMatch:
        return ""


@register.filter
def parameter(edition: Edition, key: str) -> str:
    """A whole number of the edition with separators: 60,000."""
    return f"{edition.value(key):,}"


@register.filter
def call_body(text: str) -> SafeString:
    """The call's plain text as paragraphs; a line that begins with 一、 is a heading."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return format_html_join("", "{}", ((_heading_or_paragraph(line),) for line in lines))


def _heading_or_paragraph(line: str) -> SafeString:
    if HEADING.match(line) and len(line) <= 40:
        return format_html("<h3>{}</h3>", line)
    return format_html("<p>{}</p>", line)
