"""The lead's matrix: item × reviewer, with spread, mean and trimmed mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from scoring.models import ConsolidatedItem, Consolidation, Sheet, SheetItem
from scoring.queries.annulled import sheets_of_annulled
from scoring.queries.benches import counting_sheets
from scoring.queries.presentation import sealed_late
from scoring.queries.recusals import with_recusal
from scoring.queries.score_forms import Line, ScoreForm
from scoring.rules import points


@dataclass(frozen=True)
class Row:
    """One item in the matrix. `percents` in the order of the sheets; `suggested` is the median on the scale's steps."""

    line: Line
    cells: tuple[SheetItem | None, ...]
    percents: tuple[int, ...]
    settled: ConsolidatedItem | None
    needs_note: bool
    suggested: int

    @property
    def spread(self) -> Decimal:
        return points.spread(self.percents)

    @property
    def mean(self) -> Decimal:
        return points.mean([Decimal(percent) for percent in self.percents])

    @property
    def trimmed(self) -> Decimal:
        return points.trimmed_mean([Decimal(percent) for percent in self.percents])

    @property
    def agreed(self) -> bool:
        return len(set(self.percents)) == 1

    @property
    def points(self) -> Decimal | None:
        return points.item_points(self.settled.percent, self.line.points) if self.settled else None


@dataclass(frozen=True)
class Matrix:
    """Everything the panel gave on one application in one stage; `late`: sheets of a presentation sealed after its day."""

    sheets: tuple[Sheet, ...]
    rows: tuple[Row, ...]
    consensus: Decimal
    late: frozenset[int] = frozenset()

    @property
    def settled(self) -> int:
        return sum(row.settled is not None for row in self.rows)

    @property
    def wide(self) -> int:
        return sum(row.needs_note for row in self.rows)

    @property
    def totals(self) -> list[Decimal]:
        return [sheet.total for sheet in self.sheets if sheet.total is not None]

    @property
    def mean(self) -> Decimal:
        return points.mean(self.totals)

    @property
    def trimmed(self) -> Decimal:
        return points.trimmed_mean(self.totals)


def sealed_sheets(consolidation: Consolidation) -> list[Sheet]:
    """The sheets that count, the lead's first; of a report that was taken back those that counted then."""
    if consolidation.state == "annulled":
        return sheets_of_annulled(consolidation)
    sealed = counting_sheets(consolidation).filter(state="sealed")
    return list(
        with_recusal(sealed).select_related("reviewer__user").prefetch_related("items").order_by("id")
    )


def percents_by_item(consolidation: Consolidation) -> dict[str, list[int]]:
    """Item code → the percentages of the sealed sheets."""
    given: dict[str, list[int]] = defaultdict(list)
    rows = SheetItem.objects.filter(sheet__in=counting_sheets(consolidation).filter(state="sealed"))
    for code, percent in rows.order_by("sheet_id").values_list("item", "percent"):
        if percent is not None:
            given[code].append(percent)
    return given


def matrix_of(consolidation: Consolidation, form: ScoreForm) -> Matrix:
    edition = consolidation.application.cycle.edition
    sheets = sealed_sheets(consolidation)
    settled: Mapping[str, ConsolidatedItem] = {row.item: row for row in consolidation.items.all()}
    by_sheet = [{item.item: item for item in sheet.items.all()} for sheet in sheets]
    rows = []
    for line in form.lines:
        cells = tuple(items.get(line.code) for items in by_sheet)
        percents = tuple(cell.percent for cell in cells if cell is not None and cell.percent is not None)
        rows.append(
            Row(
                line=line,
                cells=cells,
                percents=percents,
                settled=settled.get(line.code),
                needs_note=points.needs_consensus_note(edition, percents),
                suggested=_on_scale(percents, form.criteria.step),
            )
        )
    consensus = form.points_of({code: item.percent for code, item in settled.items()})
    late = sealed_late(consolidation.application.cycle, sheets)
    return Matrix(tuple(sheets), tuple(rows), consensus, late)


def _on_scale(percents: tuple[int, ...], step: int) -> int:
    """The median; between two in the middle that lie a step apart, the upper one."""
    if not percents:
        return 0
    middle = Decimal(median(percents))
    return int((middle / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step
