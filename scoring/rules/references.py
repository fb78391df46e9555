"""Where a reviewer's words rest (依据): pieces of evidence, pages of the report, items of the self-assessment.

Written as people write them, "附件3；第15–17页；自评4.2.3", and kept in that one form. A piece's number is its place among
all that the applicant ever handed in, so that it stays when another is taken away. On site also what was heard and seen
there, "访谈2；文件1": numbered alike, among all that the visit's record ever held.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

_APART: Final = re.compile(r"[；;，,、\n]+")
_EVIDENCE: Final = re.compile(r"附件\s*(\d{1,4})")
_PAGES: Final = re.compile(r"(?:报告)?\s*(?:第|[Pp])\s*\.?\s*(\d{1,4})(?:\s*[-–—~～至]\s*(\d{1,4}))?\s*页?")
_VISIT: Final = re.compile(r"(访谈|(?:现场)?(?:查阅)?文件)\s*(\d{1,4})")
_ITEM: Final = re.compile(r"(?:自评)?\s*(\d{1,2}(?:\.\d{1,2}){1,3})")


VISITED: Final = {"interview": "访谈", "document": "文件"}


class NotFound(ValueError):
    """Words that name nothing in the applicant's file; `parts` are the words."""

    def __init__(self, parts: list[str]) -> None:
        self.parts = tuple(parts)
        super().__init__("、".join(parts))


@dataclass(frozen=True)
class Reference:
    """One place: `kind` evidence, interview, document (`number`), pages (`number` to `last`) or item (`code`)."""

    kind: str
    number: int = 0
    last: int = 0
    code: str = ""

    def __str__(self) -> str:
        if self.kind == "evidence":
            return f"附件{self.number}"
        if self.kind == "item":
            return f"自评{self.code}"
        if self.kind in VISITED:
            return f"{VISITED[self.kind]}{self.number}"
        return f"第{self.number}页" if self.last == self.number else f"第{self.number}–{self.last}页"


def parse(text: str) -> tuple[Reference, ...]:
    """Read the places, each once, in the order given; raises NotFound with what is no place."""
    found: dict[Reference, None] = {}
    unknown = []
    for part in filter(None, (part.strip() for part in _APART.split(text))):
        reference = _one(part)
        if reference is None:
            unknown.append(part)
        else:
            found[reference] = None
    if unknown:
        raise NotFound(unknown)
    return tuple(found)


def checked(
    text: str,
    *,
    evidence: Collection[int],
    items: Collection[str],
    pages: int | None,
    visited: Collection[tuple[str, int]] = (),
) -> str:
    """The same places in their one form; raises NotFound unless each is in the file (`pages` None: not known).

    `visited`: what the record of the visit on site holds, as pairs of kind and number.
    """
    references = parse(text)
    unknown = [
        str(one)
        for one in references
        if (one.kind, one.number) not in visited and not _exists(one, evidence, items, pages)
    ]
    if unknown:
        raise NotFound(unknown)
    return "；".join(str(one) for one in references)


def _one(part: str) -> Reference | None:
    if match := _EVIDENCE.fullmatch(part):
        return Reference("evidence", int(match[1]))
    if match := _PAGES.fullmatch(part):
        first, last = int(match[1]), int(match[2] or match[1])
        return Reference("pages", min(first, last), max(first, last))
    if match := _VISIT.fullmatch(part):
        return Reference("interview" if match[1] == VISITED["interview"] else "document", int(match[2]))
    if match := _ITEM.fullmatch(part):
        return Reference("item", code=match[1])
    return None


def _exists(one: Reference, evidence: Collection[int], items: Collection[str], pages: int | None) -> bool:
    if one.kind == "evidence":
        return one.number in evidence
    if one.kind == "item":
        return one.code in items
    if one.kind in VISITED:
        return False
    return one.number > 0 and (pages is None or one.last <= pages)
