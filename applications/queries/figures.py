"""The key figures (关键数据) of an item: the rows, as they are kept, and as charts."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from applications.models import AssessmentItem, ItemFigure
from applications.rules import self_scores
from ground.svg import Trend, trend_chart


def figures_of(item: AssessmentItem | None) -> tuple[ItemFigure, ...]:
    return tuple(item.figures.all()) if item else ()


def charts_of(figures: tuple[ItemFigure, ...], *, key: str, printed: bool = False) -> tuple[SafeString, ...]:
    """A picture for every figure that has at least one number."""
    return tuple(
        trend_chart(_trend(row), key=f"{key}-{row.position}", printed=printed)
        for row in figures
        if any(value is not None for value in (row.first, row.second, row.third))
    )


def figure_rows(figures: tuple[ItemFigure, ...]) -> list[dict[str, Any]]:
    """The figures as versions and digests keep them: exact numbers as text, empty rows left out."""
    return [
        {
            "label": row.label,
            "unit": row.unit,
            "last_year": row.last_year,
            "first": self_scores.plain_number(row.first),
            "second": self_scores.plain_number(row.second),
            "third": self_scores.plain_number(row.third),
            "benchmark": self_scores.plain_number(row.benchmark),
            "benchmark_name": row.benchmark_name,
            "higher_is_better": row.higher_is_better,
        }
        for row in figures
        if not is_blank(row)
    ]


def is_blank(row: ItemFigure) -> bool:
    words = (row.label, row.unit, row.benchmark_name)
    numbers = (row.first, row.second, row.third, row.benchmark)
    return not any(words) and all(number is None for number in numbers)


def _trend(row: ItemFigure) -> Trend:
    years = (row.last_year - 2, row.last_year - 1, row.last_year)
    return Trend(
        row.label,
        row.unit,
        [(str(year), value) for year, value in zip(years, (row.first, row.second, row.third), strict=True)],
        row.benchmark,
        row.benchmark_name,
        "越高越好" if row.higher_is_better else "越低越好",
    )
