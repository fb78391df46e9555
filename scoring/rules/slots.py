"""Slots for presentations (陈述答辩场次): so many minutes each, on the days and between the hours that the office gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Plan:
    """When presentations are heard: `minutes` each with `gap` minutes between, never across one of the `breaks`.

    `rooms` are used in turn, so that one applicant can set up while another is heard: one panel hears one at a time.
    """

    days: tuple[date, ...]
    opens: time
    closes: time
    minutes: int
    gap: int
    breaks: tuple[tuple[time, time], ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """One presentation's time and place; `starts` and `ends` are aware."""

    starts: datetime
    ends: datetime
    room: str


def slots_of(plan: Plan, zone: tzinfo) -> Iterator[Slot]:
    """Every slot that fits, in the order of time."""
    number = 0
    for day in sorted(set(plan.days)):
        starts = datetime.combine(day, plan.opens, zone)
        closes = datetime.combine(day, plan.closes, zone)
        while (ends := starts + timedelta(minutes=plan.minutes)) <= closes:
            crossed = _crossed(plan.breaks, day, starts, ends, zone)
            if crossed is not None:
                starts = crossed
                continue
            yield Slot(starts, ends, plan.rooms[number % len(plan.rooms)])
            number += 1
            starts = ends + timedelta(minutes=plan.gap)


def _crossed(
    breaks: Sequence[tuple[time, time]], day: date, starts: datetime, ends: datetime, zone: tzinfo
) -> datetime | None:
    """The end of the first break that the slot would run into; the slot is tried again from there."""
    for first, last in sorted(breaks):
        begins, over = datetime.combine(day, first, zone), datetime.combine(day, last, zone)
        if starts < over and ends > begins:
            return over
    return None
