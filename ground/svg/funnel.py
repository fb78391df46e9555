"""How many applications are left after each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ground.svg.canvas import clipped, figure, rect, text

WIDTH, LEFT, ROW = 880, 150, 38


@dataclass(frozen=True)
class FunnelStep:
    label: str
    count: int


def funnel(steps: Sequence[FunnelStep], *, title: str, unit: str = "家", key: str = "funnel") -> SafeString:
    """Bars in proportion to the greatest count, with the part of the first stage that is left."""
    most = max((step.count for step in steps), default=0) or 1
    first = steps[0].count if steps else 0
    room = WIDTH - LEFT - 170
    parts, rows = [], []
    for number, step in enumerate(steps):
        y = 4 + ROW * number
        width = room * step.count / most
        left = f"{step.count * 100 / first:.0f}%" if first else "—"
        parts.append(text(0, y + 20, clipped(step.label, 10)))
        parts.append(
            rect(LEFT, y, max(width, 2), 28, "c-gold" if number == len(steps) - 1 else "c-blue", round_by=3)
        )
        parts.append(
            text(
                LEFT + max(width, 2) + 10,
                y + 20,
                f"{step.count} {unit}" + (f"（{left}）" if number else ""),
                "c-strong",
            )
        )
        rows.append((step.label, f"{step.count} {unit}", left))
    return figure(
        parts,
        width=WIDTH,
        height=max(ROW * len(steps), 20),
        title=title,
        description="；".join(f"{step.label} {step.count} {unit}" for step in steps),
        key=key,
        head=("阶段", "数量", "占第一阶段"),
        rows=rows,
    )
