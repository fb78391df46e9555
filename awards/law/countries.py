"""Dated lists of countries that an edition refers to by name (欧盟成员国、“一带一路”国家)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from awards.law import source
from awards.law.intake import Reader

_SHIPPED = Path(__file__).parent / "countries"


class UnknownList(LookupError):
    """No country list has this code."""


@dataclass(frozen=True)
class Membership:
    """A country (ISO 3166 two letters) and the days it belongs to a list for; None is open."""

    country: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class CountryList:
    """A list of countries (国家名单) with its source and the day up to which it was known."""

    code: str
    title: str
    source: str
    known_on: date
    members: tuple[Membership, ...]

    def has_in_year(self, country: str, year: int) -> bool:
        """Tell whether the country belonged to the list on any day of the year."""
        return any(
            member.country == country
            and (member.since is None or member.since.year <= year)
            and (member.until is None or member.until.year >= year)
            for member in self.members
        )


def load(path: Path) -> CountryList:
    """Read one list; raises source.Refused naming file and line of every fault."""
    read = source.read(path)
    reader = Reader(read.content)
    fields = reader.fields(required=("code", "title", "source", "known_on", "countries"), optional=("dated",))
    members = [Membership(entry.text(), None, None) for entry in fields["countries"].items(at_least=1)]
    members.extend(_dated(entry) for entry in (fields["dated"].items() if "dated" in fields else []))
    found = CountryList(
        code=fields["code"].text(),
        title=fields["title"].text(),
        source=fields["source"].text(),
        known_on=fields["known_on"].day(),
        members=tuple(members),
    )
    read.refuse(reader.faults)
    return found


def codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


@cache
def get(code: str) -> CountryList:
    """The list of this code; raises UnknownList."""
    if code not in codes():
        raise UnknownList(code)
    return load(_SHIPPED / f"{code}.yaml")


def _dated(reader: Reader) -> Membership:
    fields = reader.fields(required=("country",), optional=("since", "until"))
    since, until = fields.get("since"), fields.get("until")
    return Membership(
        fields["country"].text(), since.day() if since else None, until.day() if until else None
    )
