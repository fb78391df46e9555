"""What the office has to do by when in a cycle: opened with the call, closed when the cycle has moved on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.roles import Role, Scope
from awards.models import Cycle
from awards.pages import page_of_cycle
from notifications.models import Duty
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


PUBLISH = "cycle.publish_call"


def ask_head_to_publish(cycle: Cycle, *, now: datetime) -> None:
    """A call with number, text and timetable waits for the head, until applications are to begin."""
    if cycle.state == "draft" and cycle.call_text and cycle.timetable:
        open_duty(
            kind=PUBLISH,
            subject=cycle,
            title=f"{cycle}：核对并发布申报通知",
            link=page_of_cycle("awards:publish_call", cycle),
            due_at=cycle.timetable["application"].starts_at,
            now=now,
            role=Role.OFFICE_HEAD,
            scope_kind=Scope.SCHEME,
            scope_key=cycle.scheme.code,
        )


def open_cycle_duties(cycle: Cycle, *, now: datetime) -> None:
    for kind, duty in DUTIES.items():
        open_duty(
            kind=duty.kind,
            subject=cycle,
            title=f"{cycle}：{duty.words}",
            link=page_of_cycle(duty.page, cycle) or cycle.get_absolute_url(),
            due_at=cycle.timetable[kind].due_at,
            now=now,
            role=Role.OFFICE_CLERK,
            scope_kind=Scope.SCHEME,
            scope_key=cycle.scheme.code,
        )


def close_left_duties(*, now: datetime) -> None:
    """Close what is still open of cycles that higher apps have moved on since."""
    kinds = [PUBLISH, *(duty.kind for duty in DUTIES.values())]
    open_duties = Duty.objects.filter(kind__in=kinds, subject_type=Cycle._meta.label_lower, closed_at=None)
    for cycle in Cycle.objects.filter(pk__in=[int(duty.subject_id) for duty in open_duties]):
        close_done_duties(cycle, now=now)


def close_done_duties(cycle: Cycle, *, now: datetime) -> None:
    """Close the duties that the cycle's state has left behind."""
    if cycle.state != "draft":
        close_duties(kind=PUBLISH, subject=cycle, now=now)
    for duty in DUTIES.values():
        if cycle.state in duty.done_in:
            close_duties(kind=duty.kind, subject=cycle, now=now)
