"""Who can be a panel's industry expert: somebody registered as one, with a trade of its files among what they know."""

from __future__ import annotations

from collections.abc import Iterable

EXPERT = "expert"


def expert_in(kind: str, industries: str, trade: str) -> bool:
    """`industries`: the letters of GB/T 4754 that are registered, such as "CI"; `trade`: the applicant's letter."""
    return kind == EXPERT and bool(trade) and trade in industries


def expert_for(kind: str, industries: str, trades: Iterable[str]) -> bool:
    """Whether somebody can be the industry expert where applicants of `trades` are reviewed together."""
    return any(expert_in(kind, industries, trade) for trade in trades)
