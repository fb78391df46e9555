"""Self-scores (自评分): item score = percentage × points, exactly; and figures as people type them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from awards.law.criteria import Band, Criteria

LARGEST: Final = Decimal(10) ** 15
PLACES: Final = 4


class NotANumber(ValueError):
    """What was typed is no number that can be kept exactly."""


@dataclass(frozen=True)
class Total:
    """The self-score of the whole so far: exact points, how many items have one, and the band it would lie in.

    `share`: the points as a percentage of all points of the items scored.
    """

    points: Decimal
    scored: int
    items: int
    share: Decimal | None
    band: Band | None
    band_number: int


def item_points(percent: int, points: int) -> Decimal:
    return Decimal(percent) * points / 100


def total(criteria: Criteria, percents: Iterable[tuple[str, int | None]]) -> Total:
    """Sum over the items that have a percentage. Codes that the criteria don't know are left out."""
    given = {code: percent for code, percent in percents if percent is not None}
    scored = [item for item in criteria.items if item.code in given]
    points = sum((item_points(given[item.code], item.points) for item in scored), Decimal(0))
    full = sum(item.points for item in scored)
    if not full:
        return Total(points, 0, len(criteria.items), None, None, 0)
    share = points * 100 / full
    band = criteria.band_of(int(share // criteria.step) * criteria.step)
    return Total(points, len(scored), len(criteria.items), share, band, criteria.bands.index(band) + 1)


def number_from(words: str) -> Decimal | None:
    """The number in `words` ("1,234.5", "９８．６"); None when empty. Raises NotANumber."""
    plain = unicodedata.normalize("NFKC", words).replace(",", "").replace(" ", "").strip()
    if not plain:
        return None
    if len(plain) > 30 or not all(ch in "0123456789.+-" for ch in plain):
        raise NotANumber(words)
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise NotANumber(words) from error
    if not number.is_finite() or abs(number) >= LARGEST or -int(number.as_tuple().exponent) > PLACES:
        raise NotANumber(words)
    return number


def plain_number(number: Decimal | None) -> str:
    """A number as people write it: no zeros at the end, no exponent."""
    if number is None:
        return ""
    words = f"{number:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
