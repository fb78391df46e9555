"""Two scores of each thing against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ground.svg.canvas import circle, figure, line, text

SIDE, LEFT, TOP, WIDTH, STEPS = 300, 70, 40, 880, 5


@dataclass(frozen=True)
class ScatterPoint:
    """One thing: `x` to the right, `y` upwards."""

    label: str
    x: float
    y: float


def scatter(
    points: Sequence[ScatterPoint], *, across: str, up: str, title: str, words: str, key: str = "scatter"
) -> SafeString:
    """`across` and `up` name the axes, which share one scale; `words` say what the picture shows."""
    values = [value for point in points for value in (point.x, point.y)] or [0.0, 1.0]
    low, high = _rounded(min(values), max(values))

    def at(value: float) -> float:
        return SIDE * (value - low) / (high - low)

    bottom = TOP + SIDE
    parts = [line(LEFT, bottom, LEFT + SIDE, TOP, "c-grid")]
    for step in range(STEPS + 1):
        mark = low + (high - low) * step / STEPS
        parts.append(line(LEFT + at(mark), TOP, LEFT + at(mark), bottom, "c-grid"))
        parts.append(line(LEFT, bottom - at(mark), LEFT + SIDE, bottom - at(mark), "c-grid"))
        parts.append(text(LEFT + at(mark), bottom + 18, f"{mark:.0f}", "c-small c-mid"))
        parts.append(text(LEFT - 8, bottom - at(mark) + 5, f"{mark:.0f}", "c-small c-end"))
    parts.append(text(LEFT + SIDE / 2, bottom + 40, f"→ {across}", "c-small c-mid"))
    parts.append(text(0, 16, f"↑ {up}", "c-small"))
    parts += [
        circle(
            LEFT + at(point.x),
            bottom - at(point.y),
            5,
            "c-dot",
            hint=f"{point.label}：{across} {point.x:.2f}，{up} {point.y:.2f}",
        )
        for point in points
    ]
    return figure(
        parts,
        width=WIDTH,
        height=bottom + 50,
        title=title,
        description=words,
        key=key,
        head=("名称", across, up),
        rows=[(point.label, f"{point.x:.2f}", f"{point.y:.2f}") for point in points],
    )


def _rounded(low: float, high: float) -> tuple[float, float]:
    """The scale's ends, on fifties, with room for all."""
    start, end = low // 50 * 50, -(-high // 50) * 50
    return start, max(end, start + 50)
