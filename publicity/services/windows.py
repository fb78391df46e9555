"""The window of a notice (公示期): how it is counted, and what happens when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.moves import move
from accounts.roles import Role
from applications.models import Application
from awards.law.editions import Edition
from awards.law.workdays import UnknownYear
from awards.models import Cycle
from awards.queries import entered_calendars
from ground.errors import Refused
from notifications.services import open_duty, post
from publicity import queries
from publicity.models import Notice, Objection, edition_of
from publicity.rules import window
from publicity.services import basis
from publicity.services.locking import lock_notices

ANNOUNCE_DUTY = "publicity.announce"


def count_window(edition: Edition, published: Sequence[datetime]) -> window.Window:
    """The window of a list put up at these times, one for each required site, on the calendars the office has entered.

    Refused: calendar_unknown, naming the year whose holidays have not been announced or entered.
    """
    try:
        return window.count(edition, published, calendars=entered_calendars())
    except UnknownYear as unknown:
        raise Refused(
            "calendar_unknown",
            f"{unknown.year}年的节假日安排尚未公布或尚未录入，算不出公示末日。"
            f"请在国务院办公厅公布后，到“节假日安排”（{reverse('awards:enter_workdays')}）录入{unknown.year}年，再发布公示。",
            article=basis.article(edition, basis.PUBLICITY),
        ) from unknown


def sweep_windows(*, now: datetime) -> int:
    """Close every window that is over, however long ago; return how many were closed.

    Each notice is a transaction of its own, and its row is claimed: two sweeps at once close it once, and a sweep
    that finds nothing due changes nothing.
    """
    due = Notice.objects.filter(kind=Notice.Kind.PUBLICITY, state="published", closes_at__lte=now)
    return sum(_close_claimed(pk, now) for pk in due.order_by("closes_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _close_claimed(pk: int, now: datetime) -> bool:
    notice = lock_notices(Notice.objects.filter(pk=pk, state="published"), skip_locked=True).first()
    if notice is None:
        return False
    close_window(notice, now=now)
    return True


def close_window(notice: Notice, *, now: datetime) -> None:
    """Close one notice whose row the caller has locked and whose window is over.

    1. the notice is closed; 2. candidates with an undecided objection are held; 3. the cycle moves on when no other
    window of it runs; 4. the office learns what comes next.
    """
    if notice.cycle is None or notice.closes_at is None:
        raise ValueError("only a published notice of candidates has a window")
    cycle, edition = notice.cycle, edition_of(notice.cycle)
    move(notice, "close", actor=SYSTEM, now=now, article=basis.article(edition, basis.PUBLICITY))
    notice.closed_at = now
    notice.save(update_fields=["closed_at"])
    held = hold_candidates(notice, now=now)
    others = Notice.objects.filter(cycle=cycle, kind=Notice.Kind.PUBLICITY, state="published").exclude(
        pk=notice.pk
    )
    if cycle.state == "publicity" and not others.exists():
        move(cycle, "close_publicity", actor=SYSTEM, now=now, article=basis.article(edition, basis.PUBLICITY))
    _tell_the_office(notice, cycle, held, now)


def hold_candidates(notice: Notice, *, now: datetime) -> list[Application]:
    """Hold the candidates of a closed notice whom an undecided objection names (因异议暂缓); return those newly held."""
    named = queries.holding(queries.objections_on(notice)).values("entry__application_id")
    candidates = Application.objects.filter(pk__in=named, state="candidate").select_related(
        "organisation", "cycle__scheme"
    )
    return [hold_candidate(application, notice.cycle, now=now) for application in candidates]


def hold_candidate(application: Application, cycle: Cycle | None, *, now: datetime) -> Application:
    edition = edition_of(cycle or application.cycle)
    move(application, "hold", actor=SYSTEM, now=now, article=basis.article(edition, basis.OBJECTION))
    post(
        to=queries.people_of(application.organisation),
        kind="publicity.held",
        subject="公示期间收到异议，正在核查",
        body=f"公示期间收到涉及{application.organisation.name}的异议，评定办正在核查。核查有结果后将书面告知，此前暂不公告。",
        link=application.get_absolute_url(),
        key=f"application:{application.pk}:held",
        now=now,
    )
    return application


def is_late(objection_at: datetime, notice: Notice) -> bool:
    """Whether an objection came after the window: the last second of the last day still counts."""
    return notice.closes_at is not None and objection_at >= notice.closes_at


def undecided(notice: Notice) -> QuerySet[Objection]:
    return queries.holding(queries.objections_on(notice))


def _tell_the_office(notice: Notice, cycle: Cycle, held: list[Application], now: datetime) -> None:
    link = f"/cycles/{cycle.pk}/publicity/"
    names = "、".join(application.organisation.name for application in held)
    open_duty(
        kind=ANNOUNCE_DUTY,
        subject=cycle,
        title=f"公示期满，发布公告：{cycle}",
        link=link,
        due_at=now + basis.NEXT_WORKING_STEP,
        now=now,
        role=Role.OFFICE_HEAD,
        scope_kind="scheme",
        scope_key=cycle.scheme.code,
    )
    post(
        to=queries.people_with(cycle.scheme, Role.OFFICE_CLERK, Role.OFFICE_HEAD),
        kind="publicity.closed",
        subject=f"公示期满：{notice.title}",
        body=f"公示已期满。因异议未办结而暂缓的组织：{names}。"
        if names
        else "公示已期满，没有未办结的异议，可以公告。",
        link=link,
        key=f"notice:{notice.pk}:closed",
        now=now,
    )
