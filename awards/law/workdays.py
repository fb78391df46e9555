"""Which days are working days: weekends, and what the State Council's yearly notice (节假日安排) changes.

A year whose notice is not known here is unknown: never guessed. The office may enter a year (`extra`),
which then counts before the shipped one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from awards.law import source as rule_source
from awards.law.intake import Reader

_SHIPPED = Path(__file__).parent / "workdays"


class UnknownYear(LookupError):
    """The holidays of `year` have not been announced, or not been entered yet."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"{year} 年的节假日安排尚未录入")


@dataclass(frozen=True)
class YearCalendar:
    """The holidays of one year (节假日安排): days off, and weekend days worked to make up for them (调休)."""

    year: int
    source: str
    days_off: frozenset[date]
    made_up: frozenset[date]

    def is_workday(self, day: date) -> bool:
        if day in self.made_up:
            return True
        return day.weekday() < 5 and day not in self.days_off

    @classmethod
    def from_content(cls, content: object) -> "YearCalendar":
        """Build from `{"year", "source", "days_off": [{"name", "from", "until"}], "made_up": [day]}`.

        Raises awards.law.source.Refused with every fault.
        """
        reader = Reader(content)
        calendar = _read(reader)
        if reader.faults:
            raise rule_source.Refused(f"{fault.path}: {fault.message}" for fault in reader.faults)
        return calendar


Extra = Mapping[int, YearCalendar] | None


def is_workday(day: date, extra: Extra = None) -> bool:
    """Tell whether `day` is a working day; raises UnknownYear."""
    return calendar(day.year, extra).is_workday(day)


def first_workday_from(day: date, extra: Extra = None) -> date:
    """Return `day` itself if it is a working day, else the next one; raises UnknownYear."""
    while not is_workday(day, extra):
        day += timedelta(days=1)
    return day


def nth_workday_from(day: date, count: int, extra: Extra = None) -> date:
    """Return the `count`th working day, `day` itself being the first if it is one; raises UnknownYear."""
    for _ in range(count - 1):
        day = first_workday_from(day, extra) + timedelta(days=1)
    return first_workday_from(day, extra)


def calendar(year: int, extra: Extra = None) -> YearCalendar:
    """The holidays of a year; raises UnknownYear."""
    if extra and year in extra:
        return extra[year]
    try:
        return _shipped()[year]
    except KeyError:
        raise UnknownYear(year) from None


def source(year: int, extra: Extra = None) -> str:
    """The notice that the holidays of a year rest on; raises UnknownYear."""
    return calendar(year, extra).source


def years() -> tuple[int, ...]:
    """The years that ship with the portal, rising."""
    return tuple(sorted(_shipped()))


def load(path: Path) -> YearCalendar:
    """Read one year's file; raises source.Refused naming file and line of every fault."""
    read = rule_source.read(path)
    reader = Reader(read.content)
    found = _read(reader)
    read.refuse(reader.faults)
    return found


@cache
def _shipped() -> dict[int, YearCalendar]:
    return {found.year: found for found in map(load, sorted(_SHIPPED.glob("*.yaml")))}


def _read(reader: Reader) -> YearCalendar:
    fields = reader.fields(required=("year", "source", "days_off", "made_up"))
    year = fields["year"].whole(low=1)
    days_off: set[date] = set()
    for entry in fields["days_off"].items():
        span = entry.fields(required=("name", "from", "until"))
        span["name"].text()
        first, last = _in_year(span["from"], year), _in_year(span["until"], year)
        if last < first:
            span["until"].fault("止日早于起日")
        elif first.year == last.year == year:
            days_off.update(first + timedelta(days=i) for i in range((last - first).days + 1))
    made_up = set()
    for entry in fields["made_up"].items():
        day = _in_year(entry, year)
        if day in days_off:
            entry.fault("同一天不能既放假又上班")
        made_up.add(day)
    return YearCalendar(year, fields["source"].text(), frozenset(days_off), frozenset(made_up))


def _in_year(reader: Reader, year: int) -> date:
    before = len(reader.faults)
    day = reader.day()
    if len(reader.faults) == before and day.year != year:
        reader.fault(f"不在 {year} 年内")
    return day
