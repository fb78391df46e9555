"""Which roles one account may not hold together (职责分离): dated, cited data, and what it says of roles held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from accounts.roles import ROLES

_SHIPPED: Final = Path(__file__).with_name("roles_apart.yaml")


@dataclass(frozen=True)
class Line:
    """A kind of work (职责) with the roles that do it."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Apart:
    """The lines of work that hold from one day until another (both count; None is open), and what that rests on.

    `articles`: pairs of an edition's code and an article in it; `cited`: the same in words.
    """

    lines: tuple[Line, ...]
    holds_from: date
    holds_until: date | None
    articles: tuple[tuple[str, str], ...]
    cited: str
    reading: str

    def line_of(self, role: str) -> Line | None:
        return next((line for line in self.lines if role in line.roles), None)

    def kept_from(self, role: str, held: Collection[str]) -> str | None:
        """The first of the roles `held` that nobody may hold beside `role`, if there is one."""
        own = self.line_of(role)
        if own is None:
            return None
        return next((one for one in held if self.line_of(one) not in (None, own)), None)

    def together(self, held: Collection[str]) -> tuple[Line, ...]:
        """The lines that somebody with these roles works in, if more than one: too many by all but one."""
        found = tuple(line for line in self.lines if set(line.roles) & set(held))
        return found if len(found) > 1 else ()


def load(path: Path) -> tuple[Apart, ...]:
    """Read the table. Raises ValueError for a role that there is not or that stands in two lines, or no basis."""
    return tuple(_entry(row) for row in yaml.safe_load(path.read_text(encoding="utf-8")))


def _entry(row: dict[str, object]) -> Apart:
    lines = tuple(Line(one["name"], tuple(one["roles"])) for one in _rows(row["lines"]))
    roles = [role for line in lines for role in line.roles]
    articles = _rows(row["articles"])
    starts, ends = row["from"], row["until"]
    if not set(roles) <= ROLES.keys() or len(set(roles)) < len(roles):
        raise ValueError(f"roles unknown or in two lines: {roles}")
    if not articles or not row["reading"] or not isinstance(starts, date):
        raise ValueError("a table needs articles, a reading and a first day")
    return Apart(
        lines=lines,
        holds_from=starts,
        holds_until=ends if isinstance(ends, date) else None,
        articles=tuple((one["edition"], one["article"]) for one in articles),
        cited="、".join(f"{one['short']}{one['article']}" for one in articles),
        reading=str(row["reading"]),
    )


def _rows(value: object) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise ValueError(f"a list is due here: {value}")
    return value


@cache
def _shipped() -> tuple[Apart, ...]:
    return load(_SHIPPED)


def apart_on(on: date, tables: tuple[Apart, ...] | None = None) -> Apart:
    """The table that holds on that day; before there was any, the first."""
    known = tables or _shipped()
    held = [
        one for one in known if one.holds_from <= on and (one.holds_until is None or on <= one.holds_until)
    ]
    return held[-1] if held else known[0]
