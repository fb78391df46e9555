"""Text that goes into a table for a spreadsheet program."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """`cell`, with an apostrophe before it if a spreadsheet program would run it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
