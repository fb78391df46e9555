"""When things happen in the demo: last year in the calendar, this year by days from now."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ground.clock import SHANGHAI

CLOSING = time(17, 0)
STAGES = ("application", "recommendation", "eligibility", "material", "presentation", "site", "deliberation")


def on(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def days_from(now: datetime, days: int, hour: int = 10) -> datetime:
    moment = now.astimezone(SHANGHAI) + timedelta(days=days)
    return datetime.combine(moment.date(), time(hour), tzinfo=SHANGHAI)


def last_year(year: int) -> dict[str, tuple[datetime, datetime]]:
    """The timetable of the year that is over."""
    return {
        "application": (on(year, 3, 3), _close(date(year, 4, 30))),
        "recommendation": (on(year, 3, 3), _close(date(year, 5, 9))),
        "eligibility": (on(year, 5, 6), _close(date(year, 5, 23))),
        "material": (on(year, 6, 2), _close(date(year, 7, 4))),
        "presentation": (on(year, 7, 21), _close(date(year, 7, 25))),
        "site": (on(year, 7, 28), _close(date(year, 8, 22))),
        "deliberation": (on(year, 8, 25), _close(date(year, 9, 5))),
    }


def around(now: datetime, spans: dict[str, tuple[int, int]]) -> dict[str, tuple[datetime, datetime]]:
    """A timetable in days from `now`: stage → (first day, last day)."""
    return {
        stage: (days_from(now, start), _close(days_from(now, end).date()))
        for stage, (start, end) in spans.items()
    }


def _close(day: date) -> datetime:
    return datetime.combine(day, CLOSING, tzinfo=SHANGHAI)
