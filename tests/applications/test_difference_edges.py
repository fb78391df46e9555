"""Comparing two texts: a part that has become empty is no piece."""

from __future__ import annotations

from applications.rules import difference


def test_empty_parts_are_left_out() -> None:
    for old, new in (("", ""), ("甲", ""), ("", "乙"), ("甲\n\n乙", "甲\n\n\n乙"), ("甲乙丙", "甲丙")):
        pieces = difference.inline(old, new)
        assert all(piece.text for piece in pieces)
        assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
        assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new
        left, right = difference.sides(old, new)
        assert all(piece.text for piece in (*left, *right))
