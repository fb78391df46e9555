"""What each reviewer has to do already and would have to do more, with the limit they set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ground.svg.canvas import clipped, figure, line, rect, text

WIDTH, LEFT, ROW, TOP, SPAN = 880, 130, 30, 34, 560


@dataclass(frozen=True)
class LoadRow:
    """`before`: files already taken on; `added`: files more; `limit`: the most they take, None for no limit."""

    name: str
    before: int
    added: int
    limit: int | None = None


def load_chart(rows: Sequence[LoadRow], *, title: str, unit: str = "家", key: str = "load") -> SafeString:
    """A bar a reviewer: grey what is there, blue what comes, a line at the limit."""
    most = max([row.before + row.added for row in rows] + [row.limit or 0 for row in rows] + [1])
    height = TOP + ROW * len(rows) + 4
    parts = [
        rect(LEFT, 5, 14, 14, "c-grey"),
        text(LEFT + 20, 17, "已有", "c-small"),
        rect(LEFT + 70, 5, 14, 14, "c-blue"),
        text(LEFT + 90, 17, "本方案", "c-small"),
        line(LEFT + 160, 4, LEFT + 160, 20, "c-threshold"),
        text(LEFT + 168, 17, "上限", "c-small"),
    ]
    table = []
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        sums, there = row.before + row.added, SPAN * row.before / most
        words = f"{row.before} + {row.added} = {sums} {unit}"
        parts.append(text(0, y + 15, clipped(row.name, 8)))
        parts.append(rect(LEFT, y, there, 20, "c-grey", hint=f"{row.name}：已有 {row.before} {unit}"))
        parts.append(
            rect(
                LEFT + there,
                y,
                SPAN * row.added / most,
                20,
                "c-blue",
                hint=f"{row.name}：增加 {row.added} {unit}",
            )
        )
        if row.limit is not None:
            at = LEFT + SPAN * row.limit / most
            parts.append(line(at, y - 3, at, y + 23, "c-threshold"))
        parts.append(text(LEFT + SPAN * max(sums, row.limit or 0) / most + 10, y + 15, words, "c-small"))
        table.append((row.name, row.before, row.added, sums, "不限" if row.limit is None else row.limit))
    return figure(
        parts,
        width=WIDTH,
        height=height,
        title=title,
        description="；".join(
            f"{name}已有 {before}，增加 {added}，共 {sums} {unit}" for name, before, added, sums, _ in table
        ),
        key=key,
        head=("评审员", "已有", "本方案", "合计", "上限"),
        rows=table,
    )
