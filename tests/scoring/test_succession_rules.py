"""递补: who takes up a freed seat, under both readings of the silent text."""

from __future__ import annotations

import pytest

from scoring.rules.succession import PASSED_OVER, STAYS_EMPTY, InLine, next_up

KINDS = {
    "holds": (True, True, False),
    "kept out": (True, False, False),
    "free": (True, False, True),
    "below": (False, False, True),
    "holds below": (False, True, False),
}


@pytest.mark.parametrize(
    ("line", "empty", "passed"),
    [
        ((), None, None),
        (("free", "free"), 0, 0),
        (("kept out", "free"), 1, 1),
        (("holds", "free"), None, 1),
        (("kept out", "holds", "holds", "kept out", "free"), None, 4),
        (("holds", "below"), None, None),
        (("free", "holds"), 0, 0),
        (("below", "free"), None, None),
        (("holds below", "free"), None, None),
        (("holds", "kept out"), None, None),
    ],
)
def test_who_moves_up(line: tuple[str, ...], empty: int | None, passed: int | None) -> None:
    found = [InLine(place, *KINDS[kind]) for place, kind in enumerate(line)]
    assert (next_up(found, holders=STAYS_EMPTY), next_up(found, holders=PASSED_OVER)) == (empty, passed)
