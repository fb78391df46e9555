"""The key figures of an item: cell by cell while they are typed, or the whole table at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from accounts.actors import Actor
from applications.models import Application, AssessmentItem, ItemFigure, ItemVersion
from applications.queries import years_of
from applications.queries.figures import figure_rows, is_blank
from applications.rules import markup, self_scores
from applications.services.assessing import open_item, put_figures, stale, write
from ground.errors import Fault, Refused, refuse_if

FIGURES_MOST: Final = 20
TEXTS: Final[Mapping[str, int]] = {"label": 60, "unit": 20, "benchmark_name": 60}
NUMBERS: Final = ("first", "second", "third", "benchmark")
DIRECTION: Final = "higher_is_better"


@transaction.atomic
def save_figures(
    *,
    application: Application,
    code: str,
    rows: Sequence[Mapping[str, str]],
    version: int,
    actor: Actor,
    now: datetime,
) -> AssessmentItem:
    """Save the whole table; empty rows are left out. Every row has the names of TEXTS, NUMBERS and DIRECTION.

    Refused: not_editable, unknown_item, stale_version, too_many_figures, and not_a_number or too_long for each cell
    (field "figures-<row>-<name>").
    """
    item = open_item(application, code, actor, now)
    faults: list[Fault] = []
    taken = []
    for place, row in enumerate(rows):
        values = {
            name: _taken(place, name, row.get(name, ""), faults) for name in (*TEXTS, *NUMBERS, DIRECTION)
        }
        if any(values[name] not in ("", None) for name in (*TEXTS, *NUMBERS)):
            taken.append(values)
    refuse_if(faults)
    if len(taken) > FIGURES_MOST:
        raise Refused("too_many_figures", f"每个条目最多 {FIGURES_MOST} 项关键数据。")
    last_year = years_of(application)[-1]
    kept = [
        {name: self_scores.plain_number(value) if name in NUMBERS else value for name, value in row.items()}
        | {"last_year": last_year}
        for row in taken
    ]
    if kept == figure_rows(tuple(item.figures.all())):
        return item
    if item.figures_revision > version:
        raise stale(item)
    put_figures(item, kept)
    write(item, ItemVersion.Kind.SAVED, actor, now)
    return item


@transaction.atomic
def save_figure_cell(
    *,
    application: Application,
    code: str,
    place: int,
    name: str,
    value: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> AssessmentItem:
    """Save one cell while the table is typed.

    Refused: not_editable, unknown_item, unknown_cell, not_a_number, too_long, stale_version.
    """
    item = open_item(application, code, actor, now)
    if name not in (*TEXTS, *NUMBERS, DIRECTION) or not 0 <= place < FIGURES_MOST:
        raise Refused("unknown_cell", "没有这一格。请刷新页面。")
    faults: list[Fault] = []
    taken = _taken(place, name, value, faults)
    refuse_if(faults)
    row = item.figures.filter(position=place).first() or ItemFigure(
        item=item, position=place, last_year=years_of(application)[-1]
    )
    if getattr(row, name) == taken:
        return item
    if item.figures_revision > version:
        raise stale(item)
    setattr(row, name, taken)
    row.save()
    item.figures_revision += 1
    item.figure_count = sum(not is_blank(figure) for figure in item.figures.all())
    write(item, ItemVersion.Kind.SAVED, actor, now)
    return item


def cell_value(item: AssessmentItem | None, place: int, name: str) -> str:
    """What stands in a cell, as it is typed."""
    row = item.figures.filter(position=place).first() if item else None
    value = getattr(row, name, None) if row else None
    if isinstance(value, bool) or (value is None and name == DIRECTION):
        return "lower" if value is False else "higher"
    return self_scores.plain_number(value) if name in NUMBERS else str(value or "")


def _taken(place: int, name: str, words: str, faults: list[Fault]) -> Any:
    """The value of a cell as it is kept; a fault is added when it is none."""
    here = f"figures-{place}-{name}"
    if name == DIRECTION:
        return words != "lower"
    if name in TEXTS:
        plain = " ".join(markup.cleaned(words).split())
        if len(plain) > TEXTS[name]:
            faults.append(Fault("too_long", f"最多 {TEXTS[name]} 字。", here))
        return plain
    return _number(here, words, faults)


def _number(here: str, words: str, faults: list[Fault]) -> Decimal | None:
    try:
        return self_scores.number_from(words)
    except self_scores.NotANumber:
        message = (
            f"“{words[:20]}”不是数字。请只写数字，小数最多 {self_scores.PLACES} 位，单位写在“单位”一栏。"
        )
        faults.append(Fault("not_a_number", message, here))
        return None
