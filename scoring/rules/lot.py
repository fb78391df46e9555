"""Drawing lots (抽签) so that anyone can do it again.

Each number of the list gets a lot: the SM3 digest of the seed, one line feed and the number, all in UTF-8. The lots in
rising order are the order. The order in which the list was written down plays no part, and neither does this portal:
`printf '%s\\n%s' SEED NUMBER | openssl dgst -sm3` gives the same digits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ground.digest import canonical_json, sm3_hex

RULE = "sm3(seed LF number), rising"


@dataclass(frozen=True, order=True)
class Lot:
    """One ticket (签): its 64 hexadecimal digits decide, the number only where two were alike."""

    digest: str
    number: str


def draw(seed: str, numbers: Collection[str]) -> tuple[Lot, ...]:
    """The lots of `numbers` in the order drawn. Raises ValueError for a number that stands twice or an empty seed.

    Neither may hold a line feed: "a\\nb" and "c" would else be drawn like "a" and "b\\nc".
    """
    if not seed or "\n" in seed:
        raise ValueError("the seed is one line of text")
    if len(set(numbers)) != len(numbers) or any("\n" in number for number in numbers):
        raise ValueError("each number stands once, on one line")
    return tuple(sorted(Lot(sm3_hex(f"{seed}\n{number}".encode()), number) for number in numbers))


def draw_document(seed: str, numbers: Collection[str]) -> dict[str, object]:
    """What is recorded of a draw: the rule, the seed, the list sorted, and the numbers in the order drawn."""
    return {
        "rule": RULE,
        "seed": seed,
        "list": sorted(numbers),
        "order": [lot.number for lot in draw(seed, numbers)],
    }


def draw_digest(seed: str, numbers: Collection[str]) -> str:
    """The SM3 digest of that document in its canonical form."""
    return sm3_hex(canonical_json(draw_document(seed, numbers)))
