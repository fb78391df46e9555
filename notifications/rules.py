"""When to remind and when to try again: pure functions of times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

OVERDUE = timedelta(0)
"""The offset of the notice that a duty is overdue."""

GIVE_UP_AFTER = 8
"""Refusals of one letter by a mail server that answers. A server that is down costs no attempt."""

SERVER_DOWN_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class ReminderPlan:
    """What a duty needs now: the offset to send, those passed over, and when to look again."""

    send: timedelta | None
    passed: tuple[timedelta, ...]
    next_at: datetime | None


def plan_reminders(
    *, due_at: datetime, offsets: Collection[timedelta], recorded: Collection[timedelta], now: datetime
) -> ReminderPlan:
    """Of the offsets whose time has come only the newest is sent; older ones not yet recorded are passed over.

    So a duty opened late, or a portal that was down, gives one reminder and not three. OVERDUE always
    belongs to the offsets.
    """
    ladder = sorted({*offsets, OVERDUE}, reverse=True)
    reached = [offset for offset in ladder if due_at - offset <= now]
    ahead = [due_at - offset for offset in ladder if due_at - offset > now]
    newest = reached[-1] if reached else None
    return ReminderPlan(
        send=newest if newest is not None and newest not in recorded else None,
        passed=tuple(offset for offset in reached[:-1] if offset not in recorded),
        next_at=ahead[0] if ahead else None,
    )


def first_look(*, due_at: datetime, offsets: Collection[timedelta]) -> datetime:
    """When the sweep has to look at a new duty, or at one with a new due time, for the first time."""
    return due_at - max({*offsets, OVERDUE})


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the given number of refused attempts: 1, 5, 25 minutes … at most 6 hours."""
    return min(timedelta(minutes=5 ** (min(attempts, 8) - 1)), _LONGEST_PAUSE)
