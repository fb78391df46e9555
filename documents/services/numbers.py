"""Numbers of official documents: in each series and year from 1, none skipped, none twice."""

from __future__ import annotations

from django.db import transaction

from documents.models import NumberSeries


@transaction.atomic
def next_number(series: str, year: int) -> int:
    """The next number of `series` in `year`, e.g. 5 of 苏园质评〔2026〕5号.

    Part of the caller's transaction: rolled back, the number is free again. Those who number in the same
    series wait for one another until that transaction ends, so take it late.
    """
    NumberSeries.objects.bulk_create([NumberSeries(series=series, year=year)], ignore_conflicts=True)
    row = NumberSeries.objects.select_for_update().get(series=series, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
