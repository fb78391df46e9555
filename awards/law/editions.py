"""Editions: one dated version of an award's parameters, read from YAML, checked, and pinned by its digest.

The files beside this module ship with the portal. A further folder of such files may be named in the
environment (EDITIONS_DIR), so that the next city's rules need no change of code.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from awards.law import checks, entries, source
from awards.law.intake import Reader
from awards.law.parameters import CATALOGUES, Parameter
from awards.law.terms import (
    Article,
    Body,
    Condition,
    Dated,
    Event,
    Instrument,
    Named,
    ParameterRow,
    RubricLine,
    Stage,
    Threshold,
    Tier,
)
from ground.digest import canonical_json, sm3_hex

Status = Literal["in_force", "not_yet", "lapsed", "incomplete"]
_SHIPPED = Path(__file__).parent / "editions"


class UnknownEdition(LookupError):
    """No edition (版本) has this code."""


class MissingValue(LookupError):
    """The edition has no value for this key on this day; `label` is its Chinese name, `reason` says why."""

    def __init__(self, edition: str, key: str, label: str, reason: str) -> None:
        self.edition, self.key, self.label, self.reason = edition, key, label, reason
        super().__init__(f"{edition}: {label}({key}): {reason}")


@dataclass(frozen=True)
class Edition:
    """One dated version (版本) of a scheme's parameters: everything a rule may ask of a regulation.

    Scores are decimals on `score_scale`, money is whole yuan, spans are days or years as their key says.
    """

    code: str
    family: str
    scheme: str
    title: str
    instrument: Instrument
    force_from: date
    force_until: date | None
    force_article: str | None
    force_reading: str | None
    digest: str
    article_list: tuple[Article, ...] = field(compare=False, repr=False)
    canonical: bytes = field(compare=False, repr=False)
    values: dict[str, tuple[Dated, ...]] = field(compare=False, repr=False)

    @classmethod
    def from_content(cls, content: object) -> "Edition":
        """Build an edition from its JSON-able content, as a cycle keeps it; raises source.Refused if unfit."""
        reader = Reader(content)
        edition = _read(reader)
        if reader.faults:
            raise source.Refused(f"{fault.path}: {fault.message}" for fault in reader.faults)
        return edition

    @property
    def content(self) -> dict[str, Any]:
        """A fresh copy of the JSON-able content, whose canonical form `digest` was taken of."""
        content: dict[str, Any] = json.loads(self.canonical)
        return content

    def status(self, on: date) -> Status:
        """Whether a cycle may open on this edition on that day: only `in_force` may. Both end days count."""
        if self.missing():
            return "incomplete"
        if on < self.force_from:
            return "not_yet"
        if self.force_until is not None and on > self.force_until:
            return "lapsed"
        return "in_force"

    def missing(self) -> list[tuple[str, str]]:
        """The keys that the office has still to settle, each with a plain description."""
        return [
            (key, f"{self._parameter(key).label}:{dated.missing}")
            for key, entry_list in self.values.items()
            for dated in entry_list
            if dated.missing is not None
        ]

    def has(self, key: str) -> bool:
        return any(dated.missing is None for dated in self.values.get(key, ()))

    def dated(self, key: str, on: date | None = None) -> Dated:
        """The entry of `key` that holds on that day (the latest if no day is given). Raises MissingValue."""
        parameter = self._parameter(key)
        held = [d for d in self.values.get(key, ()) if on is None or d.holds_on(on)]
        if not held:
            raise MissingValue(self.code, key, parameter.label, "本版没有这一参数")
        if held[-1].missing is not None:
            raise MissingValue(self.code, key, parameter.label, held[-1].missing)
        return held[-1]

    def value(self, key: str, on: date | None = None) -> Any:
        """The immutable value of `key` on that day; raises MissingValue."""
        return self.dated(key, on).value

    def article(self, key: str, on: date | None = None) -> str:
        """The article that `key` rests on; where the text is silent, the one the reading is nearest to, or ""."""
        return self.dated(key, on).article or ""

    def reading(self, key: str, on: date | None = None) -> str | None:
        """Why this value was chosen where the text is silent, else None."""
        return self.dated(key, on).reading

    @property
    def articles(self) -> dict[str, Article]:
        """Each article by its number, in the order of the instrument."""
        return {article.number: article for article in self.article_list}

    @property
    def parameters(self) -> Iterator[ParameterRow]:
        """Every dated value for display, in the order of the catalogue."""
        for key, entry_list in self.values.items():
            label = self._parameter(key).label
            for d in entry_list:
                yield ParameterRow(
                    key, label, d.value, d.article, d.reading, d.holds_from, d.holds_until, d.missing
                )

    @property
    def tiers(self) -> tuple[Tier, ...]:
        return tuple(Tier(**tier) for tier in self.value("tiers"))

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(Stage(**stage) for stage in self.value("stages"))

    @property
    def sites(self) -> tuple[Named, ...]:
        return self.named("sites")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(Condition(**condition) for condition in self.value("conditions"))

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        return tuple(RubricLine(**line) for line in self.value("presentation_rubric"))

    @property
    def bodies(self) -> dict[str, Body]:
        return {role: Body(**body) for role, body in self.value("bodies").items()}

    @property
    def weights(self) -> dict[str, Decimal]:
        return dict(self.value("weights"))

    def named(self, key: str) -> tuple[Named, ...]:
        """A list of codes with names: sites, categories, recommenders, application_files."""
        return tuple(Named(**entry) for entry in self.value(key))

    def events(self, key: str) -> tuple[Event, ...]:
        """A list of events: incident_events, revocation_grounds, and the IP edition's refusals and procedure."""
        return tuple(Event(**entry) for entry in self.value(key))

    def threshold(self, tier: str, on: date | None = None) -> Threshold:
        return Threshold(**self.value("thresholds", on)[tier])

    def quota(self, tier: str, on: date | None = None) -> int:
        return int(self.value("quotas", on)[tier])

    def prize(self, tier: str, on: date | None = None) -> int:
        return int(self.value("prizes", on)[tier])

    def _parameter(self, key: str) -> Parameter:
        return CATALOGUES[self.family][key]


def load(path: Path) -> Edition:
    """Read one edition file; raises source.Refused naming file and line of every fault."""
    read = source.read(path)
    reader = Reader(read.content)
    edition = _read(reader)
    read.refuse(reader.faults)
    return edition


def registry(folders: Iterable[Path]) -> dict[str, Edition]:
    """Load every edition of the folders, in the order of their codes; raises source.Refused for a code met twice."""
    found: dict[str, Edition] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.yaml")):
        edition = load(path)
        if edition.code in found:
            raise source.Refused([f"{path.name}:1: code: 版本代码“{edition.code}”已有别的文件使用"])
        found[edition.code] = edition
    return dict(sorted(found.items()))


def codes() -> tuple[str, ...]:
    return tuple(_known())


def get(code: str) -> Edition:
    """The edition of this code; raises UnknownEdition."""
    try:
        return _known()[code]
    except KeyError:
        raise UnknownEdition(code) from None


@lru_cache(maxsize=1)
def _known() -> dict[str, Edition]:
    extra = os.environ.get("EDITIONS_DIR")
    return registry([_SHIPPED, *([Path(extra)] if extra else [])])


def _read(reader: Reader) -> Edition:
    """Read a whole edition; if faults were noted, what comes back is a stand-in that must not be used."""
    fields = reader.fields(
        required=("code", "family", "scheme", "title", "instrument", "force", "articles", "parameters")
    )
    family = fields["family"].choice(CATALOGUES)
    article_list = entries.articles(fields["articles"])
    numbers = {article.number for article in article_list}
    code, scheme = checks.code(fields["code"]), checks.code(fields["scheme"])
    title = fields["title"].text()
    instrument = entries.instrument(fields["instrument"])
    force = entries.force(fields["force"], numbers)
    values = entries.parameters(fields["parameters"], CATALOGUES.get(family, {}), numbers)
    if family == "contest" and not reader.faults:
        checks.contest(reader, values)
    if family == "ip_reward" and not reader.faults:
        checks.ip_reward(reader, values)
    canonical = b"" if reader.faults else canonical_json(reader.value)
    return Edition(
        code=code,
        family=family,
        scheme=scheme,
        title=title,
        instrument=instrument,
        force_from=force.holds_from or date.max,
        force_until=force.holds_until,
        force_article=force.article,
        force_reading=force.reading,
        article_list=article_list,
        digest=sm3_hex(canonical),
        canonical=canonical,
        values=values,
    )
