"""How the portal writes money, scores, shares, sizes and digests.

Filters   yuan, score, percent, share, bytes, digest_short
Tags      composite
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django import template

register = template.Library()

NOTHING = "—"


@register.filter
def yuan(value: object, unit: str = "") -> str:
    """500,000 元; `yuan:"wan"` writes whole multiples of 10,000 as 50 万元; fractions keep their two digits (分)."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    if unit == "wan" and amount and amount % 10000 == 0:
        return f"{amount / 10000:,.0f} 万元"
    if amount == amount.to_integral_value():
        return f"{amount:,.0f} 元"
    return f"{_rounded(amount):,.2f} 元"


@register.filter
def score(value: object) -> str:
    """Two decimals, rounded half up; nothing → —."""
    number = _decimal(value)
    return NOTHING if number is None else f"{_rounded(number):.2f}"


@register.filter
def percent(value: object) -> str:
    """A number of percent as it stands: 45 → 45%."""
    number = _decimal(value)
    return NOTHING if number is None else f"{_plain(number)}%"


@register.filter
def share(value: object) -> str:
    """A fraction as percent: 0.15 → 15%."""
    number = _decimal(value)
    return NOTHING if number is None else f"{_plain(number * 100)}%"


@register.simple_tag
def composite(value: object, thresholds: object = ()) -> str:
    """A composite score with two decimals, and with more where two would hide on which side of a threshold it lies.

    `thresholds`: one number, several, or a mapping tier → number.
    """
    number = _decimal(value)
    if number is None:
        return NOTHING
    lines = [line for line in map(_decimal, _several(thresholds)) if line is not None]
    exponent = number.normalize().as_tuple().exponent
    for digits in range(2, max(2, -int(exponent)) + 1):
        shown = _rounded(number, digits)
        if all((shown > line) - (shown < line) == (number > line) - (number < line) for line in lines):
            return f"{shown:.{digits}f}"
    return f"{number:f}"


@register.filter(name="bytes")
def size_in_bytes(value: object) -> str:
    """812 B, 340 KB, 1.2 MB."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1024 or unit == "GB":
            break
        number /= 1024
    return f"{number:.0f} {unit}" if unit in ("B", "KB") else f"{number:.1f} {unit}"


@register.filter
def digest_short(value: str | None) -> str:
    """The first 12 hex digits of a digest in groups of four, enough to compare by eye."""
    if not value:
        return NOTHING
    return " ".join(value[i : i + 4] for i in range(0, 12, 4))


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _rounded(number: Decimal, digits: int = 2) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    shown = f"{_rounded(number):f}"
    return shown.rstrip("0").rstrip(".")


def _several(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return value
    return (value,)
