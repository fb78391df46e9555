"""Criteria sets (评价准则): what is scored, for how many points, and what each band of percentages means.

An item is scored as a percentage in steps; item score = percentage × points. A cycle pins one set for ever.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from awards.law import source
from awards.law.intake import Reader
from ground.digest import canonical_json, sm3_hex

_SHIPPED = Path(__file__).parent / "criteria"


class UnknownCriteria(LookupError):
    """No criteria set has this code."""


class NotOnScale(ValueError):
    """A percentage that the scoring guideline does not know."""


@dataclass(frozen=True)
class Item:
    """A scored item (评分条目), such as 4.1.2; `points` are what 100 % is worth."""

    code: str
    title: str
    points: int
    kind: str
    category: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Category:
    """A category (类目), such as 4.1; its points are the sum of its items'."""

    code: str
    title: str
    points: int
    kind: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Band:
    """A band of the scoring guideline (评分分档): its percentages and what they mean, in our own words."""

    percents: tuple[int, ...]
    process: str
    result: str

    def text(self, kind: str) -> str:
        return self.process if kind == "process" else self.result


@dataclass(frozen=True)
class Criteria:
    """A criteria set as one frozen value, with the digest of what it was read from."""

    code: str
    title: str
    standard: str
    guide: str
    total: int
    step: int
    digest: str
    categories: tuple[Category, ...]
    bands: tuple[Band, ...]
    factors: dict[str, tuple[str, ...]]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for category in self.categories for item in category.items)

    @property
    def percents(self) -> tuple[int, ...]:
        """Every percentage that may be given, rising."""
        return tuple(percent for band in self.bands for percent in band.percents)

    def item(self, code: str) -> Item:
        """The item of this code; raises KeyError."""
        return {item.code: item for item in self.items}[code]

    def band_of(self, percent: int) -> Band:
        """The band that a percentage lies in; raises NotOnScale for one between two steps."""
        for band in self.bands:
            if percent in band.percents:
                return band
        raise NotOnScale(f"{percent}% 不在评分标度上")


def load(path: Path) -> Criteria:
    """Read one criteria file; raises source.Refused naming file and line of every fault."""
    read = source.read(path)
    reader = Reader(read.content)
    fields = reader.fields(
        required=("code", "title", "standard", "guide", "total", "step", "factors", "categories", "bands")
    )
    categories = tuple(_category(entry) for entry in fields["categories"].items(at_least=1))
    total, step = fields["total"].whole(low=1), fields["step"].whole(low=1)
    bands = tuple(_band(entry) for entry in fields["bands"].items(at_least=1))
    factors = fields["factors"].fields(required=("process", "result"))
    if sum(category.points for category in categories) != total:
        fields["total"].fault("各类目分值之和应等于总分")
    if [p for band in bands for p in band.percents] != list(range(0, 101, max(step, 1))):
        fields["bands"].fault("各档百分比应从 0 到 100 逐步相接")
    criteria = Criteria(
        code=fields["code"].text(),
        title=fields["title"].text(),
        standard=fields["standard"].text(),
        guide=fields["guide"].text(),
        total=total,
        step=step,
        digest="" if reader.faults else sm3_hex(canonical_json(read.content)),
        categories=categories,
        bands=bands,
        factors={
            kind: tuple(item.text() for item in factors[kind].items()) for kind in ("process", "result")
        },
    )
    read.refuse(reader.faults)
    return criteria


def codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


@cache
def get(code: str) -> Criteria:
    """The criteria set of this code; raises UnknownCriteria."""
    if code not in codes():
        raise UnknownCriteria(code)
    return load(_SHIPPED / f"{code}.yaml")


def _category(reader: Reader) -> Category:
    fields = reader.fields(required=("code", "title", "kind", "points", "items"))
    code, kind = fields["code"].text(), fields["kind"].choice(("process", "result"))
    items = tuple(_item(entry, code, kind) for entry in fields["items"].items(at_least=1))
    points = fields["points"].whole(low=1)
    if sum(item.points for item in items) != points:
        fields["points"].fault("各条目分值之和应等于类目分值")
    return Category(code, fields["title"].text(), points, kind, items)


def _item(reader: Reader, category: str, kind: str) -> Item:
    fields = reader.fields(required=("code", "title", "points"), optional=("parts",))
    parts = tuple(part.text() for part in fields["parts"].items()) if "parts" in fields else ()
    return Item(
        fields["code"].text(), fields["title"].text(), fields["points"].whole(1), kind, category, parts
    )


def _band(reader: Reader) -> Band:
    fields = reader.fields(required=("percents", "process", "result"))
    percents = tuple(percent.whole(low=0, high=100) for percent in fields["percents"].items(at_least=1))
    return Band(percents, fields["process"].text(), fields["result"].text())
