"""A ring that empties as a window runs out."""

from __future__ import annotations

from datetime import datetime
from math import pi

from django.utils.safestring import SafeString

from ground.svg.canvas import element, joined, text

RADIUS = 38
AROUND = 2 * pi * RADIUS


def countdown_ring(start: datetime, end: datetime, now: datetime) -> SafeString:
    """`start`, `end`, `now` aware. What is left as a part of the whole; in the middle the days (under one day: hours).

    Decorative (aria-hidden): the words beside it say the same.
    """
    whole = (end - start).total_seconds()
    left = (end - now).total_seconds()
    part = min(max(left / whole, 0.0), 1.0) if whole > 0 else 0.0
    days, hours = divmod(int(max(left, 0)) // 3600, 24)
    number, unit = (days, "天") if days else (hours, "小时")
    arc = element(
        "circle",
        cx=50,
        cy=50,
        r=RADIUS,
        class_="c-ring",
        stroke_dasharray=f"{AROUND * part:.2f} {AROUND:.2f}",
        transform="rotate(-90 50 50)",
    )
    return element(
        "svg",
        joined(
            [
                element(
                    "circle", cx=50, cy=50, r=RADIUS, class_="c-ring-back" if left >= 0 else "c-ring late"
                ),
                arc if part > 0 else "",
                text(50, 54, number if left >= 0 else "到期", "c-mid c-strong c-ring-number"),
                text(50, 71, unit, "c-mid c-small") if left >= 0 else "",
            ]
        ),
        viewBox="0 0 100 100",
        class_="ring",
        aria_hidden="true",
        focusable="false",
    )
