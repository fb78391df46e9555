"""Who can be a panel's industry expert for a trade: somebody registered as one, with the trade among what they know."""

from __future__ import annotations

EXPERT = "expert"


def expert_in(kind: str, industries: str, trade: str) -> bool:
    """`industries`: the letters of GB/T 4754 that are registered, such as "CI"; `trade`: the applicant's letter."""
    return kind == EXPERT and bool(trade) and trade in industries
