"""A key figure over a few years, with its benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ground.svg.canvas import circle, clipped, element, joined, line, text

WIDTH, HEIGHT = 420, 226
LEFT, RIGHT, TOP, BOTTOM = 40, 40, 72, 180
# Documents know neither the portal's stylesheet nor its modes: the drawing brings its colours with it.
PRINT_STYLE = (
    ".c-text{font-family:'Document HeiTi','Document SongTi',sans-serif;font-size:14px;fill:#1c2530;letter-spacing:0}"
    ".c-small{font-size:12.5px;fill:#4a5663}.c-strong{font-weight:700}.c-mid{text-anchor:middle}.c-end{text-anchor:end}"
    ".c-axis{stroke:#76828f;stroke-width:1.5}.c-trend{fill:none;stroke:#12448c;stroke-width:2.5}.c-blue{fill:#12448c}"
    ".c-threshold{stroke:#7c5f14;stroke-width:2;stroke-dasharray:7 4}.c-threshold-text{fill:#7c5f14;font-weight:700}"
)


@dataclass(frozen=True)
class Trend:
    """One figure: `values` by year (None where there is none); `better` says which way is good, in words."""

    label: str
    unit: str
    values: Sequence[tuple[str, Decimal | None]]
    benchmark: Decimal | None = None
    benchmark_name: str = ""
    better: str = ""

    @property
    def words(self) -> str:
        """All of it in a sentence, for those who can't see the picture."""
        years = "，".join(f"{year} {_plain(value)}" for year, value in self.values)
        mark = f"；标杆{f'（{self.benchmark_name}）' if self.benchmark_name else ''} {_plain(self.benchmark)}"
        return f"{self.label}{f'（{self.unit}）' if self.unit else ''}：{years}{mark if self.benchmark is not None else ''}"


def trend_chart(trend: Trend, *, key: str, printed: bool = False) -> SafeString:
    """A line through the years and the benchmark as a dashed line; `printed` for documents, which know no stylesheet."""
    parts: list[str] = [text(0, 16, clipped(trend.label or "（未命名指标）", 20), "c-strong")]
    hints = "，".join(part for part in (f"单位：{trend.unit}" if trend.unit else "", trend.better) if part)
    parts.append(text(0, 36, clipped(hints, 30), "c-small"))
    known = [value for _, value in trend.values if value is not None]
    marks = [*known, *([trend.benchmark] if trend.benchmark is not None else [])]
    parts.append(line(LEFT - 16, BOTTOM + 12, WIDTH - 78, BOTTOM + 12, "c-axis"))
    low, high = (min(marks), max(marks)) if marks else (Decimal(0), Decimal(1))
    span = high - low

    def height(value: Decimal) -> float:
        return float(BOTTOM - (BOTTOM - TOP) * (value - low) / span) if span else (TOP + BOTTOM) / 2

    gap = (WIDTH - LEFT - RIGHT - 90) / max(len(trend.values) - 1, 1)
    points = [(LEFT + 20 + gap * place, year, value) for place, (year, value) in enumerate(trend.values)]
    if trend.benchmark is not None:
        y = height(trend.benchmark)
        parts.append(line(LEFT - 16, y, WIDTH - 78, y, "c-threshold"))
        parts.append(text(WIDTH - 74, y - 3, "标杆", "c-small c-threshold-text"))
        parts.append(text(WIDTH - 74, y + 13, _plain(trend.benchmark), "c-small c-threshold-text"))
    for (x, _, value), (other_x, _, other) in pairwise(points):
        if value is not None and other is not None:
            parts.append(line(x, height(value), other_x, height(other), "c-trend"))
    for x, year, value in points:
        parts.append(text(x, BOTTOM + 32, year, "c-mid c-small"))
        if value is None:
            parts.append(text(x, BOTTOM, "—", "c-mid c-small"))
            continue
        parts.append(circle(x, height(value), 5, "c-blue", hint=f"{year}：{_plain(value)}"))
        above = trend.benchmark is None or not 0 <= height(value) - height(trend.benchmark) < 26
        parts.append(text(x, height(value) + (-10 if above else 21), _plain(value), "c-mid c-strong c-halo"))
    style = mark_safe(f"<style>{PRINT_STYLE}</style>") if printed else ""
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title" class="trend"{}>{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        key,
        format_html(' width="{}" height="{}"', WIDTH, HEIGHT) if printed else "",
        style,
        element("title", trend.words, id=f"{key}-title"),
        joined(parts),
    )


def _plain(value: Decimal | None) -> str:
    if value is None:
        return "—"
    words = f"{value:,f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
