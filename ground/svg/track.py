"""Where one application stands, as a line of stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.safestring import SafeString

from ground.svg.canvas import circle, clipped, figure, line, text
from ground.svg.wording import day, short_day

WIDTH = 880
STATES = {"done": "已完成", "current": "进行中", "next": "未开始", "failed": "未通过", "skipped": "不适用"}
DOTS = {
    "done": "c-green",
    "current": "c-hollow-blue",
    "next": "c-hollow",
    "failed": "c-red",
    "skipped": "c-grey",
}
MARKS = {"done": "✓", "failed": "×", "skipped": "–"}


@dataclass(frozen=True)
class Stage:
    """`state`: done, current, next, failed or skipped; `at` when it was done, `due` when it has to be."""

    label: str
    state: str
    at: date | datetime | None = None
    due: date | datetime | None = None


def progress_track(stages: Sequence[Stage], *, title: str, key: str = "track") -> SafeString:
    gap = WIDTH / max(len(stages), 1)
    parts = []
    for number, stage in enumerate(stages):
        x = gap * (number + 0.5)
        if number:
            css = "c-line-green" if stage.state in ("done", "current", "failed") else "c-line-grey"
            parts.append(line(x - gap + 16, 30, x - 16, 30, css))
        parts.append(circle(x, 30, 12, DOTS[stage.state], hint=f"{stage.label}：{STATES[stage.state]}"))
        if stage.state in MARKS:
            parts.append(
                text(
                    x,
                    35,
                    MARKS[stage.state],
                    "c-mid c-strong" + ("" if stage.state == "skipped" else " c-on"),
                )
            )
        strong = " c-strong" if stage.state == "current" else ""
        parts.append(text(x, 66, clipped(stage.label, int(gap // 15)), f"c-mid{strong}"))
        parts.append(text(x, 86, _when(stage), "c-mid c-small"))
    return figure(
        parts,
        width=WIDTH,
        height=98,
        title=title,
        description="；".join(f"{stage.label}：{STATES[stage.state]}" for stage in stages),
        key=key,
        head=("阶段", "状态", "完成时间", "截止时间"),
        rows=[(stage.label, STATES[stage.state], day(stage.at), day(stage.due)) for stage in stages],
    )


def _when(stage: Stage) -> str:
    if stage.at:
        return short_day(stage.at)
    return f"{short_day(stage.due)}前" if stage.due else STATES[stage.state]
