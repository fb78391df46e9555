"""What every template knows without its view: the name of the portal, who runs it, the clock, how the reader wants to read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ground import clock

DISPLAY_COOKIE = "display_mode"
DISPLAY_MODES = {"standard": "标准", "large": "长者（大字）", "contrast": "高对比度"}
PUBLIC_NAV = (
    ("/", "首页"),
    ("/cycles/", "申报通知"),
    ("/notices/", "公示公告"),
    ("/honours/", "获奖名录"),
    ("/certificates/", "证书核验"),
    ("/policies/", "政策库"),
)


def display_modes(cookie: str) -> tuple[str, ...]:
    """The modes named in the cookie ("large", "contrast", "large.contrast"), unknown words left out."""
    return tuple(mode for mode in ("large", "contrast") if mode in cookie.split("."))


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Needs no query and no login; works on error pages too."""
    modes = display_modes(request.COOKIES.get(DISPLAY_COOKIE, ""))
    return {
        "display_mode": " ".join(f"mode-{mode}" for mode in modes),
        "display_modes": modes,
        "demo": getattr(settings, "DEMO", False),
        "now": getattr(request, "now", None) or clock.now(),
        "portal_name": getattr(settings, "PORTAL_NAME", "政府质量奖申报评定平台"),
        "portal_operator": getattr(settings, "PORTAL_OPERATOR", ""),
        "portal_contact": getattr(settings, "PORTAL_CONTACT", ""),
        "public_nav": [
            {"href": href, "label": label, "current": _leads_to(href, request.path)}
            for href, label in PUBLIC_NAV
        ],
    }


def _leads_to(href: str, path: str) -> bool:
    return path == href if href == "/" else path.startswith(href)
