"""A new version of a sheet."""

from __future__ import annotations

from datetime import datetime

from scoring.models import Sheet, SheetItem
from scoring.queries.score_forms import FIELDS


def next_version(sheet: Sheet, now: datetime) -> Sheet:
    """An open sheet with the same entries; `sheet`, the latest, stays as it is."""
    fresh = Sheet.objects.create(
        application=sheet.application,
        panel=sheet.panel,
        reviewer=sheet.reviewer,
        stage=sheet.stage,
        version=sheet.version + 1,
        overall=sheet.overall,
        hours=sheet.hours,
        opened_at=now,
    )
    SheetItem.objects.bulk_create(
        SheetItem(sheet=fresh, item=row.item, **{name: getattr(row, name) for name in FIELDS})
        for row in sheet.items.all()
    )
    return fresh
