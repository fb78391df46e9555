"""Every sealed score of a cycle, one row an item, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from awards.models import Cycle
from scoring.models import SheetItem, Stage
from scoring.queries.fairness import sealed_stages, sheets_of_stage
from scoring.queries.presentation import dues_by_number, is_late

HEAD = (
    *("环节", "申报编号", "申报组织", "评审组", "评审员", "版本"),
    *(
        "评分项",
        "区间起点（%）",
        "百分比（%）",
        "评分表总分",
        "封存时间",
        "评分表摘要（SM3）",
        "与材料评审相比，变化的原因",
        "逾期封存",
    ),
)
FIELDS = (
    *("sheet__stage", "sheet__application__number", "sheet__application__organisation__name"),
    *("sheet__panel__name", "sheet__reviewer__user__name", "sheet__version"),
    *("item", "band", "percent", "sheet__total", "sheet__sealed_at", "sheet__digest", "difference"),
)
SEALED_AT = FIELDS.index("sheet__sealed_at") - 1
# Rows the database hands over at a time: memory stays the same for any number of them.
PIECE = 2_000


def score_rows(cycle: Cycle, user: object) -> Iterator[tuple[Any, ...]]:
    """`HEAD` of each item in the stages that are wholly sealed, without applicants `user` is recused from."""
    dues = dues_by_number(cycle)
    for stage in sealed_stages(cycle):
        items = SheetItem.objects.filter(sheet__in=sheets_of_stage(cycle, stage, user))
        ordered = items.order_by("sheet__application__number", "sheet_id", "id")
        for given, *rest in ordered.values_list(*FIELDS).iterator(chunk_size=PIECE):
            due = dues.get(rest[0]) if given == Stage.PRESENTATION else None
            yield (Stage(given).label, *rest, "是" if due and is_late(due, rest[SEALED_AT]) else "")
