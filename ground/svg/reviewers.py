"""Who has how many sheets, and who scores milder or harder than the panels they sit in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from ground.svg.canvas import circle, clipped, figure, line, rect, text

WIDTH, LEFT, ROW, TOP = 880, 110, 34, 34
LOAD_WIDTH, MIDDLE, REACH = 330, 690, 150


@dataclass(frozen=True)
class ReviewerRow:
    """`leniency`: mean difference to the other reviewers of the same sheets, in percentage points; None when too few."""

    name: str
    done: int
    total: int
    leniency: Decimal | None = None


def reviewer_load(rows: Sequence[ReviewerRow], *, title: str, key: str = "reviewers") -> SafeString:
    most = max((row.total for row in rows), default=0) or 1
    farthest = max([abs(row.leniency) for row in rows if row.leniency is not None] + [Decimal(10)])
    height = TOP + ROW * len(rows) + 4
    parts = [
        text(LEFT, 16, "评分表：已封存 / 全部", "c-small"),
        text(MIDDLE, 16, "宽严：与同组其他评审员的平均差（百分点）", "c-small c-mid"),
        line(MIDDLE, TOP - 8, MIDDLE, height, "c-axis"),
    ]
    table = []
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        parts.append(text(0, y + 16, clipped(row.name, 7)))
        parts.append(rect(LEFT, y, LOAD_WIDTH * row.total / most, 22, "c-grey"))
        parts.append(
            rect(
                LEFT, y, LOAD_WIDTH * row.done / most, 22, "c-blue", hint=f"{row.name}：已封存 {row.done} 份"
            )
        )
        parts.append(
            text(LEFT + LOAD_WIDTH * row.total / most + 8, y + 16, f"{row.done} / {row.total}", "c-small")
        )
        words = "样本不足"
        if row.leniency is not None:
            x = MIDDLE + REACH * float(row.leniency / farthest)
            words = f"{row.leniency:+.1f}"
            parts.append(line(MIDDLE, y + 11, x, y + 11, "c-rule"))
            parts.append(circle(x, y + 11, 6, "c-dot", hint=f"{row.name}：{words}"))
            left = row.leniency < 0
            parts.append(
                text(x + (-12 if left else 12), y + 16, words, "c-small" + (" c-end" if left else ""))
            )
        table.append((row.name, row.done, row.total, words))
    return figure(
        parts,
        width=WIDTH,
        height=height,
        title=title,
        description="；".join(
            f"{name}已封存 {done} 份，共 {total} 份，宽严 {words}" for name, done, total, words in table
        ),
        key=key,
        head=("评审员", "已封存", "全部", "宽严（百分点）"),
        rows=table,
    )
