"""The words of an edition as small frozen records, so that callers need not know the YAML."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Article:
    """One article (条) of an instrument: its number, and a title and summary in our own words."""

    number: str
    title: str
    summary: str


@dataclass(frozen=True)
class Instrument:
    """The legal document (办法) behind an edition; `document` is its number, where the text gives one."""

    issuer: str
    document: str | None
    issued_on: date | None


@dataclass(frozen=True)
class Named:
    """Anything with a code and a Chinese name: a site (网站), a category (类别), a recommender kind, a file."""

    code: str
    name: str


@dataclass(frozen=True)
class Tier:
    """A prize of a scheme (奖级); editions list them from the highest down."""

    code: str
    name: str
    short: str


@dataclass(frozen=True)
class Stage:
    """A stage of the evaluation (评定环节)."""

    code: str
    name: str
    article: str


@dataclass(frozen=True)
class Body:
    """An office, committee or authority (评定办、评定委、批准机关) and the department it sits in, if any."""

    name: str
    seat: str | None


@dataclass(frozen=True)
class Threshold:
    """The score a tier asks for (分数线): `>` leaves the number itself out, `>=` takes it in (民法典 art. 1259)."""

    operator: str
    points: Decimal

    def met_by(self, score: Decimal) -> bool:
        return score >= self.points if self.operator == ">=" else score > self.points


@dataclass(frozen=True)
class Condition:
    """A condition of eligibility (申报条件) with the evidence that an applicant is asked for."""

    code: str
    label: str
    article: str
    waivable: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """An event or ground (情形) named by an article: something to report, to revoke for, to refuse for."""

    code: str
    label: str
    article: str


@dataclass(frozen=True)
class RubricLine:
    """A line of the presentation's score sheet (陈述答辩评分表)."""

    code: str
    title: str
    guide: str
    points: int


@dataclass(frozen=True)
class Dated:
    """One value of a parameter and the days it holds for; None is open. Exactly what an edition's entry says.

    `missing` says what the office has still to settle; then there is no value.
    """

    value: Any
    article: str | None
    reading: str | None
    holds_from: date | None
    holds_until: date | None
    missing: str | None

    def holds_on(self, day: date) -> bool:
        return (self.holds_from is None or self.holds_from <= day) and (
            self.holds_until is None or day <= self.holds_until
        )


@dataclass(frozen=True)
class ParameterRow:
    """A dated value made ready for display (参数表的一行)."""

    key: str
    label: str
    value: Any
    article: str | None
    reading: str | None
    holds_from: date | None
    holds_until: date | None
    missing: str | None
