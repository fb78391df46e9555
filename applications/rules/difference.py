"""What differs between two texts: line by line, and inside a changed line letter by letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

_FINE: Final = 2_000  # letters of a line that are compared one by one; longer ones differ as a whole
_MANY_LINES: Final = 2_000
_FINE_TOTAL: Final = 60_000  # letters compared one by one in all, so that no pair of texts takes long


@dataclass(frozen=True)
class Piece:
    """A run of text: `kind` is same, gone (only in the first text) or new (only in the second)."""

    kind: str
    text: str


def inline(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts in one: what was taken out and what was put in, in order."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    left = _FINE_TOTAL
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > _MANY_LINES)
    for op, first, last, start, end in matcher.get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", "".join(before[first:last])))
            continue
        for one, other in zip_longest(before[first:last], after[start:end], fillvalue=""):
            cost = len(one) + len(other)
            fine = bool(one and other) and cost <= min(_FINE, left)
            left -= cost if fine else 0
            pieces += _letters(one, other) if fine else _whole(one, other)
    return _joined(pieces)


def sides(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The two texts for standing side by side, each with what the other does not have marked."""
    pieces = inline(old, new)
    left = _joined(piece for piece in pieces if piece.kind != "new")
    right = _joined(piece for piece in pieces if piece.kind != "gone")
    return left, right


def union(old: str, new: str) -> str:
    """A first proposal for merging: every line of both, what differs one after the other."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > _MANY_LINES)
    out: list[str] = []
    for op, first, last, start, end in matcher.get_opcodes():
        out += before[first:last]
        out += [] if op == "equal" else after[start:end]
    return "\n".join(out)


def shortened(pieces: Iterable[Piece], around: int = 60) -> tuple[Piece, ...]:
    """`pieces` with only the letters next to a difference left of what is the same; cuts are marked by "…"."""
    rows = list(pieces)
    out = []
    for place, piece in enumerate(rows):
        head = piece.text[:around] if place else ""
        tail = piece.text[-around:] if place < len(rows) - 1 else ""
        if piece.kind == "same" and len(piece.text) > len(head) + len(tail) + around:
            piece = Piece("same", f"{head} … {tail}".strip(" "))
        out.append(piece)
    return tuple(out)


def removed(old: str, new: str) -> int:
    """How many letters of `old` a change took out, at most: all between what both begin and end with."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return len(old) - head - tail


def _letters(one: str, other: str) -> list[Piece]:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < 0.3 or matcher.ratio() < 0.3:
        return _whole(one, other)
    pieces: list[Piece] = []
    for op, first, last, start, end in matcher.get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", one[first:last]))
        else:
            pieces += _whole(one[first:last], other[start:end])
    return pieces


def _whole(one: str, other: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in (("gone", one), ("new", other)) if text]


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    out: list[Piece] = []
    for piece in pieces:
        if out and out[-1].kind == piece.kind:
            out[-1] = Piece(piece.kind, out[-1].text + piece.text)
        else:
            out.append(piece)
    return tuple(out)
