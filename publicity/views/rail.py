"""The rail of the desks that are not one cycle's, with only the pages that the reader may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import holds_anywhere
from accounts.roles import OFFICE_ROLES, Role
from publicity.permissions import INSIDERS, MONEY_READERS

DESKS = (
    ("今天要办的", "awards:office", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("评定委工作台", "scoring:committee", (Role.COMMITTEE,)),
    ("批准机关工作台", "scoring:authority", (Role.AUTHORITY,)),
    ("异议", "publicity:objections", (*OFFICE_ROLES, Role.SUPERVISOR)),
    ("事项报告", "publicity:incidents", (*INSIDERS, Role.SUPERVISOR)),
    ("撤销称号案件", "publicity:cases", (*INSIDERS, Role.SUPERVISOR)),
    ("奖金", "publicity:payments", (*MONEY_READERS, Role.SUPERVISOR)),
)


def desk_rail(request: HttpRequest) -> list[dict[str, Any]]:
    """Items for components/rail.html. A page below a desk marks that desk."""
    items: list[dict[str, Any]] = []
    for label, name, readers in DESKS:
        href = reverse(name)
        if holds_anywhere(request.user, *readers):
            items.append({"label": label, "href": href, "current": request.path.startswith(href)})
    return items
