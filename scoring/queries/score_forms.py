"""What is scored in a stage: the items of the cycle's criteria, or the edition's presentation rubric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from awards.law.criteria import Criteria
from awards.law.editions import Edition
from awards.models import Cycle
from scoring.models import Stage
from scoring.rules import points

RUBRIC = "rubric"
LIMIT: Final = "site_difference_limit"
SHOWN: Final = "show_previous_consensus"
FIELDS: Final = (
    "band",
    "percent",
    "key_factors",
    "strengths",
    "opportunities",
    "evidence",
    "to_verify",
    "difference",
)


@dataclass(frozen=True)
class Line:
    """One thing to score (评分项): a criteria item, or a line of the rubric. `points` are what 100 % is worth."""

    code: str
    title: str
    points: int
    kind: str
    guide: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Lines under one heading: a category of the criteria, or the whole rubric."""

    code: str
    title: str
    points: int
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ScoreForm:
    """The blank score form (评分表样式) of a stage in a cycle.

    A percentage of `low` and below or `high` and above asks for a comment; so the edition says, and where it is
    silent: the two lowest bands of the criteria, and from the top of the second highest band upwards. `explains`:
    what has changed since the stage before is explained; beyond `difference_limit` points it has to be (queries.earlier).
    """

    stage: str
    groups: tuple[Group, ...]
    criteria: Criteria
    total: int
    low: int
    high: int
    explains: bool = False
    difference_limit: int | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(line.code for line in self.lines)

    @property
    def percents(self) -> tuple[int, ...]:
        return self.criteria.percents

    def asks_comment(self, percent: int) -> bool:
        return percent <= self.low or percent >= self.high

    @property
    def bands(self) -> tuple[int, ...]:
        """The bands by the lowest percentage of each, rising."""
        return tuple(band.percents[0] for band in self.criteria.bands)

    def fields_of(self, line: Line) -> tuple[str, ...]:
        """What is filled in for a line: a rubric has no bands, and after the visit nothing is left to verify there."""
        absent = {"band", "key_factors"} if line.kind == RUBRIC else set()
        if self.stage == Stage.SITE:
            absent.add("to_verify")
        if not self.explains:
            absent.add("difference")
        return tuple(name for name in FIELDS if name not in absent)

    def band_start(self, percent: int) -> int:
        """The lowest percentage of the band that `percent` lies in, which names the band."""
        return self.criteria.band_of(percent).percents[0]

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.code == code), None)

    def band_text(self, line: Line, percent: int) -> str:
        """What the band of `percent` means for a line of this kind; a rubric line has its guide instead."""
        return "" if line.kind == RUBRIC else self.criteria.band_of(percent).text(line.kind)

    def points_of(self, percents: Mapping[str, int]) -> Decimal:
        """The exact sum over the lines scored so far."""
        return sum(
            (
                points.item_points(percents[line.code], line.points)
                for line in self.lines
                if line.code in percents
            ),
            Decimal(0),
        )


def as_text(value: int | Decimal | str | None) -> str:
    """A field's value as a page, a workbook and a device write it."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def score_form(cycle: Cycle, stage: str) -> ScoreForm:
    """The form of `stage` by what the cycle has pinned."""
    criteria = cycle.criteria
    low, high = _comment_limits(cycle.edition, criteria)
    if stage != Stage.PRESENTATION:
        groups = tuple(
            Group(
                category.code,
                category.title,
                category.points,
                category.kind,
                tuple(
                    Line(item.code, item.title, item.points, item.kind, parts=item.parts)
                    for item in category.items
                ),
            )
            for category in criteria.categories
        )
        return ScoreForm(
            stage, groups, criteria, criteria.total, low, high, **_differing(cycle.edition, stage)
        )
    rubric = tuple(
        Line(line.code, line.title, line.points, RUBRIC, line.guide) for line in cycle.edition.rubric
    )
    total = sum(line.points for line in rubric)
    group = Group(RUBRIC, "陈述答辩", total, RUBRIC, rubric)
    return ScoreForm(stage, (group,), criteria, total, low, high)


def _differing(edition: Edition, stage: str) -> dict[str, Any]:
    if stage != Stage.SITE:
        return {}
    return {"explains": True, "difference_limit": edition.value(LIMIT) if edition.has(LIMIT) else None}


def _comment_limits(edition: Edition, criteria: Criteria) -> tuple[int, int]:
    if edition.has("comment_limits"):
        limits = edition.value("comment_limits")
        return limits["low"], limits["high"]
    return criteria.bands[:2][-1].percents[-1], criteria.bands[-2:][0].percents[-1]
