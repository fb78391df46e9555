"""Reminding people of what they have to do."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from ground.moments import deadline_words
from ground.templatetags.moments import moment_left
from notifications import queries, rules
from notifications.models import Duty, Reminder
from notifications.services.letters import post

# From how long before its deadline a reminder is texted as well.
PRESSING: Final = timedelta(days=1)
log = logging.getLogger(__name__)


def sweep_reminders(now: datetime, *, limit: int = 1000) -> int:
    """Send the reminders that are due; return how many duties somebody was reminded of.

    Each duty is one transaction that holds its row, so that two sweeps at once remind once.
    """
    reminded = 0
    for _ in range(limit):
        outcome = _remind_next(now)
        if outcome is None:
            break
        reminded += outcome
    return reminded


@transaction.atomic
def _remind_next(now: datetime) -> bool | None:
    """Take one duty that is due for a look; whether a reminder went out, None when there is none left."""
    duty = (
        Duty.objects.select_for_update(skip_locked=True)
        .filter(closed_at=None, next_reminder_at__lte=now)
        .order_by("next_reminder_at", "id")
        .first()
    )
    if duty is None:
        return None
    plan = rules.plan_reminders(
        due_at=duty.due_at,
        offsets=settings.REMINDER_OFFSETS,
        recorded=set(duty.reminders.filter(due_at=duty.due_at).values_list("offset", flat=True)),
        now=now,
    )
    Reminder.objects.bulk_create(
        Reminder(duty=duty, due_at=duty.due_at, offset=offset, recorded_at=now, passed=offset != plan.send)
        for offset in (*plan.passed, *([] if plan.send is None else [plan.send]))
    )
    if plan.send is not None:
        _remind(duty, plan.send, now)
    duty.next_reminder_at = plan.next_at
    duty.save(update_fields=["next_reminder_at"])
    return plan.send is not None


def _remind(duty: Duty, offset: timedelta, now: datetime) -> None:
    people = list(queries.people_of(duty))
    if not people:
        log.warning("duty %s: nobody to remind (role %s, scope %s)", duty.pk, duty.role, duty.scope_key)
    left = moment_left(duty.due_at, now)
    overdue = offset == rules.OVERDUE
    post(
        to=people,
        kind="reminder",
        subject=f"{'已逾期' if overdue else left}：{duty.title}",
        body=(
            f"待办事项：{duty.title}\n截止时间：{deadline_words(duty.due_at)}，{left}\n"
            + ("已过截止时间，请尽快处理或与主办单位联系。" if overdue else "请在截止时间前办理。")
        ),
        link=duty.link,
        pressing=offset <= PRESSING,
        key=f"duty:{duty.pk}:{duty.due_at:%Y%m%dT%H%M%S}:{int(offset.total_seconds())}",
        now=now,
    )
