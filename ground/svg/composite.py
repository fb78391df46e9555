"""Ranked composites against the thresholds, with the seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from ground.svg.canvas import clipped, figure, line, rect, text
from ground.svg.wording import two_places

WIDTH, LEFT, RIGHT, ROW, TOP = 880, 262, 190, 40, 70


@dataclass(frozen=True)
class Candidate:
    """One candidate in rank order. `shown`: the composite as the page writes it ({% composite %}), else two decimals.

    `outcome`: quality, excellence, undecided or "" (no award); `note` in words, e.g. 再次获奖.
    """

    label: str
    composite: Decimal
    rank: int
    outcome: str = ""
    note: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Threshold:
    """`strict`: the score must lie above the line (600.00 does not pass), else reaching it is enough."""

    label: str
    value: Decimal
    strict: bool = False


OUTCOMES: Mapping[str, tuple[str, str]] = {
    "quality": ("质量奖", "c-gold"),
    "excellence": ("质量管理优秀奖", "c-blue"),
    "undecided": ("并列待审议", "c-amber"),
    "": ("未获奖", "c-grey"),
}


def composite_chart(
    candidates: Sequence[Candidate],
    thresholds: Sequence[Threshold],
    *,
    title: str,
    seats: Mapping[str, int] | None = None,
    key: str = "composite",
) -> SafeString:
    """`seats`: outcome → number of places, written in the head. The scale starts below the lowest score shown."""
    values = [candidate.composite for candidate in candidates] + [threshold.value for threshold in thresholds]
    low = max((min(values, default=Decimal(0)) // 50 - 1) * 50, Decimal(0))
    high = min((max(values, default=Decimal(1000)) // 50 + 1) * 50, Decimal(1000))
    height = TOP + ROW * len(candidates) + 26

    def at(value: Decimal) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * float((value - low) / ((high - low) or 1))

    parts = []
    for mark in range(int(low), int(high) + 1, 50):
        parts.append(line(at(Decimal(mark)), TOP - 8, at(Decimal(mark)), height - 24, "c-grid"))
        parts.append(text(at(Decimal(mark)), height - 8, mark, "c-mid c-small"))
    table = []
    for number, candidate in enumerate(candidates):
        y = TOP + ROW * number
        words, css = OUTCOMES[candidate.outcome]
        words = f"{words}（{candidate.note}）" if candidate.note else words
        shown = candidate.shown or two_places(candidate.composite)
        parts.append(text(22, y + 18, candidate.rank, "c-end c-strong"))
        parts.append(text(34, y + 18, clipped(candidate.label, 15)))
        parts.append(
            rect(LEFT, y, at(candidate.composite) - LEFT, 26, css, hint=f"{candidate.label} {shown} {words}")
        )
        parts.append(text(WIDTH - RIGHT + 8, y + 11, shown, "c-strong"))
        parts.append(text(WIDTH - RIGHT + 8, y + 27, clipped(words, 14), "c-small"))
        table.append((candidate.rank, candidate.label, shown, words))
    for number, threshold in enumerate(thresholds):
        x = at(threshold.value)
        parts.append(line(x, TOP - 12, x, height - 24, "c-threshold"))
        words = f"{threshold.label}{'高于' if threshold.strict else '不低于'} {threshold.value:f} 分"
        parts.append(text(x, TOP - 34 if number % 2 else TOP - 18, words, "c-mid c-small c-threshold-text"))
    places = "，".join(f"{OUTCOMES[outcome][0]}名额 {count} 个" for outcome, count in (seats or {}).items())
    if places:
        parts.append(text(0, 14, places, "c-small"))
    lines = "，".join(
        f"{line_.label}{'高于' if line_.strict else '不低于'} {line_.value:f} 分" for line_ in thresholds
    )
    return figure(
        parts,
        width=WIDTH,
        height=height,
        title=title,
        description=f"{places}。门槛：{lines}。共 {len(candidates)} 家，按综合得分从高到低排列。",
        key=key,
        head=("名次", "组织", "综合得分", "结果"),
        rows=table,
    )
