"""What every template knows without its view: the name of the portal, who runs it, the clock, how the reader wants to read."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ground import clock

DISPLAY_COOKIE = "display_mode"
DISPLAY_MODES = {"standard": "标准", "large": "长者（大字）", "contrast": "高对比度"}
# Address, label, and which pages belong under it: below /cycles/ and the like there are offices' pages too.
PUBLIC_NAV = (
    ("/", "首页", re.compile(r"/")),
    ("/cycles/", "申报通知", re.compile(r"/cycles/(\d+/(call|self-check|apply)/.*)?")),
    ("/notices/", "公示公告", re.compile(r"/notices/(\d+/(objection/)?)?")),
    ("/honours/", "获奖名录", re.compile(r"/honours/")),
    ("/certificates/", "证书核验", re.compile(r"/certificates/.*")),
    ("/policies/", "政策库", re.compile(r"/policies/.*")),
)
SHARED = ("/inbox/", "/display/", "/law/", "/objections/receipt/")


def display_modes(cookie: str) -> tuple[str, ...]:
    """The modes named in the cookie ("large", "contrast", "large.contrast"), unknown words left out."""
    return tuple(mode for mode in ("large", "contrast") if mode in cookie.split("."))


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Needs no query and no login; works on error pages too."""
    modes = display_modes(request.COOKIES.get(DISPLAY_COOKIE, ""))
    nav = [
        {"href": href, "label": label, "current": bool(pages.fullmatch(request.path))}
        for href, label, pages in PUBLIC_NAV
    ]
    at_work = not any(item["current"] for item in nav) and not request.path.startswith(SHARED)
    return {
        "display_mode": " ".join(f"mode-{mode}" for mode in modes),
        "display_modes": modes,
        "demo": getattr(settings, "DEMO", False),
        "now": getattr(request, "now", None) or clock.now(),
        "portal_name": getattr(settings, "PORTAL_NAME", "政府质量奖申报评定平台"),
        "portal_operator": getattr(settings, "PORTAL_OPERATOR", ""),
        "portal_contact": getattr(settings, "PORTAL_CONTACT", ""),
        "public_nav": nav,
        "at_work": at_work,
    }
