"""What is told twice, once as an answer and once among the figures, has to be the same (近三年净利润)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal


def differing_profits(
    answered: Mapping[str, str | None], figures: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """The years for which both are given and differ, the earliest first.

    `answered`: year → net profit as exact text, as in the facts of an application; `figures`: year → figures as exact
    text, as queries.years tells them.
    """
    both = (
        (year, amount, figures[year]["net_profit"])
        for year, amount in answered.items()
        if amount is not None and "net_profit" in figures.get(year, {})
    )
    return tuple(sorted(year for year, one, other in both if Decimal(one) != Decimal(other)))
