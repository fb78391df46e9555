"""Who can be the industry expert for a trade."""

from __future__ import annotations

import pytest

from scoring.rules.experts import expert_for, expert_in


@pytest.mark.parametrize(
    ("kind", "industries", "trade", "can"),
    [
        ("expert", "CI", "C", True),
        ("expert", "I", "C", False),
        ("reviewer", "CI", "C", False),
        ("expert", "", "C", False),
        ("expert", "CI", "", False),
    ],
)
def test_registered_as_one_and_with_the_trade(kind: str, industries: str, trade: str, can: bool) -> None:
    assert expert_in(kind, industries, trade) is can


@pytest.mark.parametrize(
    ("kind", "trades", "can"),
    [("expert", "AC", True), ("expert", "AB", False), ("expert", "", False), ("reviewer", "C", False)],
)
def test_for_applicants_reviewed_together_one_trade_is_enough(kind: str, trades: str, can: bool) -> None:
    assert expert_for(kind, "CI", trades) is can
