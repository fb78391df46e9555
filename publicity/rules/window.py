"""The publicity window (公示期): which days count, and the moment it closes.

The day of publication does not count; whole days follow, in Suzhou's time; the window ends at 24:00 of its last
day (民法典 art. 200-204, a reading: the regulations give only a number of days).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from awards.law import workdays
from awards.law.editions import Edition

Mode = Literal["calendar", "working"]
ZONE = ZoneInfo("Asia/Shanghai")


class WrongSites(ValueError):
    """Not exactly one time for each site that the edition requires; `expected` is their number."""

    def __init__(self, expected: int, given: int) -> None:
        self.expected, self.given = expected, given
        super().__init__(f"须有 {expected} 个网站的发布时间，给出 {given} 个")


class NoZone(ValueError):
    """A time without its zone; `index` is its place in what was given."""

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__("发布时间缺少时区")


@dataclass(frozen=True)
class Window:
    """A publicity window (公示期). `closes_at` is the moment after 24:00 of `last_day`, with zone.

    `day_one` is the first whole day; `rolled` says that the last day was moved to a working day.
    """

    day_one: date
    last_day: date
    closes_at: datetime
    mode: Mode
    rolled: bool

    def to_document(self) -> dict[str, object]:
        return {
            "day_one": self.day_one.isoformat(),
            "last_day": self.last_day.isoformat(),
            "closes_at": self.closes_at.isoformat(),
            "mode": self.mode,
            "rolled": self.rolled,
        }


def count(
    edition: Edition,
    published: Sequence[datetime],
    mode: Mode | None = None,
    calendars: workdays.Extra = None,
) -> Window:
    """Count the window from the time when the last required site was up; `mode` overrides the edition's.

    `calendars` are years that the office has entered. Raises WrongSites, NoZone, workdays.UnknownYear for a year
    whose holidays are needed and not known, and MissingValue for an incomplete edition.
    """
    sites = edition.sites
    if len(published) != len(sites):
        raise WrongSites(len(sites), len(published))
    for index, moment in enumerate(published):
        if moment.tzinfo is None:
            raise NoZone(index)
    start = max(published).astimezone(ZONE).date()
    days = int(edition.value("publicity_days", start))
    mode = mode or cast(Mode, edition.value("publicity_day_mode", start))
    day_one = start + timedelta(days=1)
    if mode == "working":
        last_day, rolled = workdays.nth_workday_from(day_one, days, calendars), False
    else:
        nominal = start + timedelta(days=days)
        roll = edition.value("publicity_holiday_roll", start)
        last_day = workdays.first_workday_from(nominal, calendars) if roll else nominal
        rolled = last_day != nominal
    closes_at = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), ZONE)
    return Window(day_one, last_day, closes_at, mode, rolled)
