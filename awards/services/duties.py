"""What the office has to do by when in a cycle: opened with the call, closed when the cycle has moved on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from accounts.roles import Role, Scope
from awards.models import Cycle
from notifications.services import close_duties, open_duty


@dataclass(frozen=True)
class OfficeDuty:
    """A milestone that is the office's own to meet. `page`: url name of the page where it is done."""

    kind: str
    words: str
    page: str
    done_in: tuple[str, ...]


_AFTER_CHECKING = (
    "material",
    "site",
    "ranked",
    "deliberated",
    "approved",
    "publicity",
    "publicity_closed",
    "announced",
    "cancelled",
)
DUTIES = {
    "eligibility": OfficeDuty(
        "cycle.eligibility", "完成资格审核", "applications:office_list", _AFTER_CHECKING
    ),
    "deliberation": OfficeDuty(
        "cycle.deliberation",
        "组织评定委审议",
        "scoring:meeting",
        _AFTER_CHECKING[_AFTER_CHECKING.index("deliberated") :],
    ),
}


def open_cycle_duties(cycle: Cycle, *, now: datetime) -> None:
    for kind, duty in DUTIES.items():
        open_duty(
            kind=duty.kind,
            subject=cycle,
            title=f"{cycle}：{duty.words}",
            link=_page(duty, cycle),
            due_at=cycle.timetable[kind].due_at,
            now=now,
            role=Role.OFFICE_CLERK,
            scope_kind=Scope.SCHEME,
            scope_key=cycle.scheme.code,
        )


def close_done_duties(cycle: Cycle, *, now: datetime) -> None:
    """Close the duties that the cycle's state has left behind."""
    for duty in DUTIES.values():
        if cycle.state in duty.done_in:
            close_duties(kind=duty.kind, subject=cycle, now=now)


def _page(duty: OfficeDuty, cycle: Cycle) -> str:
    """The stage's own page belongs to a higher app; without it, the cycle's page."""
    try:
        return reverse(duty.page, kwargs={"cycle_id": cycle.pk})
    except NoReverseMatch:
        return cycle.get_absolute_url()
