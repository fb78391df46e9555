"""How far the reviewers of a panel lie apart on each item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.utils.safestring import SafeString

from ground.svg.canvas import circle, clipped, element, figure, line, rect, text

WIDTH, LEFT, RIGHT, ROW, TOP = 880, 200, 60, 34, 30


@dataclass(frozen=True)
class SpreadItem:
    """One item of the criteria: `scores` as (reviewer, percentage 0–100); `consensus` once it is settled."""

    label: str
    scores: Sequence[tuple[str, Decimal | int]]
    consensus: Decimal | int | None = None


def spread(
    items: Sequence[SpreadItem], *, title: str, wide: int = 20, key: str = "spread", dot: str = "评审员"
) -> SafeString:
    """Dots on a scale of percent with the band from lowest to highest; a span of `wide` points or more is marked in words.

    `dot`: what a dot stands for. Without any consensus its mark and column are left out.
    """
    settled = any(item.consensus is not None for item in items)
    bottom = TOP + ROW * len(items)
    height = bottom + 34
    parts = []
    for mark in range(0, 101, 20):
        parts.append(line(_at(mark), TOP - 6, _at(mark), bottom, "c-grid"))
        parts.append(text(_at(mark), TOP - 12, f"{mark}%", "c-mid c-small"))
    parts += _legend(bottom + 22, dot, settled)
    rows, uneven = [], []
    for number, item in enumerate(items):
        y = TOP + ROW * number + ROW / 2
        values = [Decimal(value) for _, value in item.scores]
        parts.append(text(0, y + 5, clipped(item.label, 13)))
        if not values:
            parts.append(text(_at(0) + 6, y + 5, "尚无评分", "c-small"))
            rows.append((item.label, "—", "—", "—", "—", _percent(item.consensus)))
            continue
        low, high = min(values), max(values)
        parts.append(rect(_at(low) - 10, y - 11, _at(high) - _at(low) + 20, 22, "c-band", round_by=11))
        parts += _dots(item, y)
        if item.consensus is not None:
            parts.append(_diamond(_at(item.consensus), y, f"合议 {_percent(item.consensus)}"))
        if high - low >= wide:
            uneven.append(item.label)
            parts.append(text(WIDTH - RIGHT + 14, y + 5, f"差 {high - low}", "c-now-text c-small"))
        rows.append(
            (
                item.label,
                "、".join(f"{who} {_percent(value)}" for who, value in item.scores),
                _percent(low),
                _percent(high),
                _percent(median(values)),
                _percent(item.consensus),
            )
        )
    marks = f"圆点为{dot}评分{'，菱形为合议分' if settled else ''}。"
    words = f"共 {len(items)} 项；分差 {wide} 个百分点以上的：{'、'.join(uneven) or '无'}。{marks}"
    return figure(
        parts,
        width=WIDTH,
        height=height,
        title=title,
        description=words,
        key=key,
        head=("评分项", f"各{dot}", "最低", "最高", "中位", *(["合议"] if settled else [])),
        rows=rows if settled else [row[:-1] for row in rows],
    )


def _legend(y: float, dot: str, settled: bool) -> list[SafeString]:
    consensus = [
        _diamond(LEFT + 96, y, "合议", size=8),
        text(LEFT + 112, y + 5, "合议分", "c-small"),
    ]
    return [
        circle(LEFT + 6, y, 5, "c-dot"),
        text(LEFT + 18, y + 5, dot, "c-small"),
        *(consensus if settled else []),
        rect(LEFT + 178, y - 7, 30, 14, "c-band", round_by=7),
        text(LEFT + 216, y + 5, "从最低到最高", "c-small"),
    ]


def _dots(item: SpreadItem, y: float) -> list[SafeString]:
    """Equal percentages are shown one beside the other, so that none hides another."""
    alike = Counter(value for _, value in item.scores)
    seen: Counter[Decimal | int] = Counter()
    dots = []
    for who, value in item.scores:
        shift = (seen[value] - (alike[value] - 1) / 2) * 6
        seen[value] += 1
        dots.append(
            circle(
                _at(value),
                y + (shift if alike[value] > 1 else 0),
                5,
                "c-dot",
                hint=f"{who}：{_percent(value)}",
            )
        )
    return dots


def _diamond(x: float, y: float, hint: str, *, size: int = 13) -> SafeString:
    points = f"{x:.1f},{y - size:.1f} {x + size:.1f},{y:.1f} {x:.1f},{y + size:.1f} {x - size:.1f},{y:.1f}"
    return element("polygon", element("title", hint), points=points, class_="c-consensus")


def _at(value: Decimal | int | float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * float(value) / 100


def _percent(value: Decimal | int | float | None) -> str:
    if value is None:
        return "—"
    shown = f"{value:.1f}"
    return f"{shown.removesuffix('.0')}%"
