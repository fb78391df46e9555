"""What is told twice has to be the same: exactly, not as text."""

from __future__ import annotations

import pytest

from applications.rules.figures import differing_profits


@pytest.mark.parametrize(
    ("answered", "figures", "years"),
    [
        ({}, {}, ()),
        ({"2024": "5"}, {}, ()),
        ({"2024": "5"}, {"2024": {"revenue": "9"}}, ()),
        ({"2024": None}, {"2024": {"net_profit": "5"}}, ()),
        ({"2024": "5.00"}, {"2024": {"net_profit": "5"}}, ()),
        (
            {"2025": "1", "2024": "-3.5", "2023": "2"},
            {"2023": {"net_profit": "2"}, "2024": {"net_profit": "3.5"}, "2025": {"net_profit": "1.01"}},
            ("2024", "2025"),
        ),
    ],
)
def test_years_that_differ(
    answered: dict[str, str], figures: dict[str, dict[str, str]], years: tuple[str]
) -> None:
    assert differing_profits(answered, figures) == years
