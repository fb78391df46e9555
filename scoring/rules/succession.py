"""Who takes up a seat that came free (递补): down the ranking, never below the tier's line.

The regulations don't say what happens where the next in rank already holds a lower tier: it is the edition's reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

STAYS_EMPTY: Final = "stays_empty"
PASSED_OVER: Final = "passed_over"


@dataclass(frozen=True)
class InLine:
    """A ranked application beside the free seat. `holds_lower`: it holds a tier below; `free`: it holds none, and
    nothing keeps it from one.
    """

    key: int
    above_line: bool
    holds_lower: bool
    free: bool


def next_up(line: Iterable[InLine], *, holders: str) -> int | None:
    """The key of the first in `line` (best rank first) who may move up; None where the seat stays empty.

    `holders`: STAYS_EMPTY, nobody passes over a better-ranked one who holds a lower tier; PASSED_OVER, they are skipped.
    """
    for one in line:
        if not one.above_line or (one.holds_lower and holders == STAYS_EMPTY):
            return None
        if one.free:
            return one.key
    return None
