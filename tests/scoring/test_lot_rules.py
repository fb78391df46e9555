"""The lot of presentations: anybody gets the same order from seed and list; and the slots it gives out."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.clock import SHANGHAI
from scoring.rules.lot import Lot, draw, draw_digest, draw_document
from scoring.rules.slots import Plan, slots_of

# printf '%s\n%s' SEED NUMBER | openssl dgst -sm3
VECTORS = (
    ("20261012", "park-001", "0d52b46b798fb3f9ec84bc4e3d1a1245f83ce6c9e8e8e531ab1eb66c40a128ee"),
    ("20261012", "park-002", "f9f3ff2cc914954e1c71ef4e333c60df2c9375474a4c1109163a7935df29c00b"),
    ("20261012", "park-003", "6f67ebcb90a592750824f729b2c0527d82434ec9c2ac6d2192738935bf00192b"),
    ("三七", "园区-甲", "83ffcf2107da65d9c36c87c7582506e0dd5cad7f83512c9809e6363d260bd03e"),
)
LINES = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize(("seed", "number", "digest"), VECTORS)
def test_a_lot_is_what_openssl_says(seed: str, number: str, digest: str) -> None:
    assert draw(seed, [number]) == (Lot(digest, number),)


def test_the_lots_rise() -> None:
    order = [lot.number for lot in draw("20261012", ["park-001", "park-002", "park-003"])]
    assert order == ["park-001", "park-003", "park-002"]
    assert draw_document("20261012", ["park-003", "park-001", "park-002"]) == {
        "rule": "sm3(seed LF number), rising",
        "seed": "20261012",
        "list": ["park-001", "park-002", "park-003"],
        "order": order,
    }


@given(seed=LINES.filter(bool), numbers=st.sets(LINES, max_size=8), data=st.data())
def test_the_order_of_the_list_plays_no_part(seed: str, numbers: set[str], data: st.DataObject) -> None:
    first, second = (data.draw(st.permutations(sorted(numbers))) for _ in range(2))
    assert draw(seed, first) == draw(seed, second)
    assert draw_digest(seed, first) == draw_digest(seed, second)
    assert {lot.number for lot in draw(seed, first)} == numbers


@pytest.mark.parametrize(
    ("seed", "numbers"), [("", ["a"]), ("a\nb", ["c"]), ("a", ["b\nc"]), ("a", ["b", "b"])]
)
def test_what_could_be_read_in_two_ways_is_not_drawn(seed: str, numbers: list[str]) -> None:
    with pytest.raises(ValueError):
        draw(seed, numbers)


def plan(**changes: object) -> Plan:
    given = {
        "days": (date(2026, 10, 13), date(2026, 10, 12)),
        "opens": time(9),
        "closes": time(12),
        "minutes": 40,
        "gap": 10,
        "breaks": ((time(10, 30), time(10, 45)),),
        "rooms": ("甲厅", "乙厅"),
    } | changes
    return Plan(**given)


def test_slots_follow_one_another_and_cross_no_break() -> None:
    found = [(f"{slot.starts:%d %H:%M}–{slot.ends:%H:%M}", slot.room) for slot in slots_of(plan(), SHANGHAI)]
    assert found == [
        ("12 09:00–09:40", "甲厅"),
        ("12 09:50–10:30", "乙厅"),
        ("12 10:45–11:25", "甲厅"),
        ("13 09:00–09:40", "乙厅"),
        ("13 09:50–10:30", "甲厅"),
        ("13 10:45–11:25", "乙厅"),
    ]


def test_what_does_not_fit_is_no_slot() -> None:
    assert list(slots_of(plan(minutes=181), SHANGHAI)) == []
    assert len(list(slots_of(plan(minutes=60, breaks=(), gap=0), SHANGHAI))) == 6
