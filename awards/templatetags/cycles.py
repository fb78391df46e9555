"""`{% load cycles %}`: the office's rail of a cycle's stages, the next step, and the words of the history.

Pages of higher apps are named by their url names alone; one that is not there is left out.
"""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import holds_anywhere
from accounts.roles import OFFICE_ROLES, Role
from audit.models import Entry
from awards.law.editions import Edition
from awards.models import Cycle
from awards.pages import page_named, page_of_cycle
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
# Page → the page of the rail it belongs to, where neither its app nor its address tells.
BELOW = {
    "awards:write_call": CALL,
    "awards:publish_call": CALL,
    "awards:cancel_cycle": "awards:cycle",
    "scoring:cast_vote": "scoring:meeting",
    "scoring:record_resolution": "scoring:meeting",
    "scoring:nominate_next": "scoring:meeting",
    "publicity:open_case": "publicity:cases",
}
STAGE_OF_APP = {
    "applications": "applications:office_list",
    "scoring": "scoring:panels",
    "publicity": "publicity:draft",
}
INSIDERS = (*OFFICE_ROLES, Role.COMMITTEE, Role.AUTHORITY)
# The desks that are not one cycle's: words, page, who opens it.
DESKS = (
    ("今天要办的", "awards:office", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("评定委工作台", "scoring:committee", (Role.COMMITTEE,)),
    ("批准机关工作台", "scoring:authority", (Role.AUTHORITY,)),
    ("建立评定年度", "awards:open_cycle", OFFICE_ROLES),
    ("节假日安排", "awards:enter_workdays", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("组织认领", "applications:claims", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("评审员库", "scoring:reviewers", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("评审投诉", "scoring:complaints", (*OFFICE_ROLES, Role.COMMITTEE, Role.SUPERVISOR)),
    ("异议", "publicity:objections", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("事项报告", "publicity:incidents", (*INSIDERS, Role.SUPERVISOR)),
    ("撤销称号案件", "publicity:cases", (*INSIDERS, Role.SUPERVISOR)),
    ("奖金", "publicity:payments", (*OFFICE_ROLES, Role.AUTHORITY, Role.FINANCE, Role.SUPERVISOR)),
    ("规则版本", "awards:law", (*INSIDERS, Role.FINANCE, Role.SUPERVISOR)),
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
    "publicity_closed": ("办理公告", ("publicity:draft",)),
    "announced": ("查看公告", ("publicity:draft",)),
}
PREPARING = {
    "timetable": ("排定工作安排", "awards:set_timetable"),
    "call": ("拟写申报通知", "awards:write_call"),
    "publish": ("发布申报通知", "awards:publish_call"),
}


@register.simple_tag(takes_context=True)
def cycle_rail(context: template.Context, cycle: Cycle) -> list[dict[str, Any]]:
    """Items for components/rail.html; the page open now stands under one of them."""
    request = context["request"]
    runs = may_run(request.user, cycle)
    here = stage_of(request)
    items: list[dict[str, Any]] = []
    for heading, pages in STAGES:
        links = [
            {"label": label, "href": href, "current": name == here}
            for label, name in pages
            if (href := page_of_cycle(_own_page(name, cycle, runs), cycle))
        ]
        if links:
            items += [{"label": heading}, *links]
    return items


@register.simple_tag(takes_context=True)
def desk_rail(context: template.Context) -> list[dict[str, Any]]:
    """Items for components/rail.html where no cycle is open, with only the pages that the reader may open.

    A page below a desk marks that desk.
    """
    request = context["request"]
    items: list[dict[str, Any]] = []
    for label, name, readers in DESKS:
        if holds_anywhere(request.user, *readers) and (href := page_named(name)):
            items.append({"label": label, "href": href})
    named = BELOW.get(request.resolver_match.view_name, "") if request.resolver_match else ""
    fitting = [item["href"] for item in items if request.path.startswith(item["href"])]
    here = (named and page_named(named)) or max(fitting, key=len, default="")
    return [{**item, "current": item["href"] == here} for item in items]


def stage_of(request: HttpRequest) -> str:
    """The page of the rail that the open one belongs to: itself, the one named for it, or its app's."""
    match = request.resolver_match
    if match is None:
        return ""
    if match.view_name in {name for _, pages in STAGES for _, name in pages}:
        return match.view_name
    return BELOW.get(match.view_name) or STAGE_OF_APP.get(match.app_name, "")


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
