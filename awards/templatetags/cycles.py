"""`{% load cycles %}`: the office's rail of a cycle's stages, the next step, and the words of the history.

Pages of higher apps are named by their url names alone; one that is not there is left out.
"""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from audit.models import Entry
from awards.law.editions import Edition
from awards.models import Cycle
from awards.pages import page_of_cycle
from awards.permissions import may_decide, may_run
from awards.rules.policy_text import Piece

register = template.Library()
HEADING = re.compile("^[一二三四五六七八九十]+、")

CALL = "awards:call"
STAGES = (
    ("准备", (("总览", "awards:cycle"), ("工作安排", "awards:set_timetable"), ("申报通知", CALL))),
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
    ("结果", (("公示与公告", "publicity:draft"),)),
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
    request = context["request"]
    runs = may_run(request.user, cycle)
    items: list[dict[str, Any]] = []
    for heading, pages in STAGES:
        links = [
            {"label": label, "href": href}
            for label, name in pages
            if (href := page_of_cycle(_own_page(name, cycle, runs), cycle))
        ]
        if links:
            items += [{"label": heading}, *links]
    cycle_page, call_page = cycle.get_absolute_url(), page_of_cycle(_own_page(CALL, cycle, runs), cycle)
    fitting = [item["href"] for item in items if "href" in item and request.path.startswith(item["href"])]
    here = max(fitting, key=len, default="")
    if here == cycle_page and request.path != here:
        here = call_page if request.path.endswith("-call/") else ""
    for item in items:
        item["current"] = bool(here) and item.get("href") == here
    return items


def _own_page(name: str, cycle: Cycle, runs: bool) -> str:
    """The office writes the call where others read it; who does not run the cycle has no timetable to set."""
    if name == CALL and runs and cycle.state == "draft":
        return "awards:write_call"
    return "" if name == "awards:set_timetable" and not runs else name


@register.simple_tag
def next_step(cycle: Cycle, user: object) -> dict[str, str] | None:
    """The one next step of the office: {"label", "href"}; without href it is another person's; None for nothing to do."""
    if cycle.state == "draft":
        ready = bool(cycle.call_text and cycle.call_number)
        label, name = PREPARING["timetable" if not cycle.timetable else "publish" if ready else "call"]
        if name == "awards:publish_call" and not may_decide(user, cycle):
            return {"label": "时间安排和通知都已备好，等主任核对后发布。", "href": ""}
        return {"label": label, "href": page_of_cycle(name, cycle)}
    label, names = NEXT.get(cycle.state, ("", ()))
    href = next((found for name in names if (found := page_of_cycle(name, cycle))), "")
    return {"label": label, "href": href} if href else None


@register.filter
def reason_given(entry: Entry) -> str:
    return str(entry.content.get("details", {}).get("reason", ""))


@register.inclusion_tag("awards/_pieces.html")
def pieces(found: tuple[Piece, ...]) -> dict[str, Any]:
    """Text with the hits of a search marked."""
    return {"pieces": found}


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
