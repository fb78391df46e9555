"""All sealed scores of a cycle as one CSV file, sent while it is read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from audit.services import log_access
from ground.spreadsheets import harmless
from scoring.queries.fairness import may_see_fairness
from scoring.queries.score_rows import HEAD, score_rows
from scoring.views.panels import cycle_of

# Without it, spreadsheet programs take UTF-8 for another encoding.
BYTE_ORDER_MARK = "\ufeff"
LINES_A_PIECE = 500


@require_safe
def export_scores(request: HttpRequest, cycle_id: int) -> StreamingHttpResponse:
    """Every item of every sealed sheet, for the head of the office and the supervisor; noted as an access."""
    cycle = cycle_of(request, cycle_id)
    if not may_see_fairness(request.user, cycle):
        raise PermissionDenied("全部评分由评定办主任和监督人员导出。")
    log_access(actor=request.user, action="export", subject=cycle, at=request.now, detail="scoring.scores")
    response = StreamingHttpResponse(
        _lines(score_rows(cycle, request.user)), content_type="text/csv; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = f'attachment; filename="scores-{cycle.scheme.code}-{cycle.year}.csv"'
    return response


class _Gathered(list[str]):
    """What `csv` writes into."""

    write = list.append


def _lines(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    gathered = _Gathered([BYTE_ORDER_MARK])
    writer = csv.writer(gathered)
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if len(gathered) >= LINES_A_PIECE:
            yield "".join(gathered)
            gathered.clear()
    yield "".join(gathered)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).isoformat()
    return harmless(value) if isinstance(value, str) else value
