"""Two reviewers who seal in the same second: the consensus opens once, and does open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import Consolidation, Sheet
from tests.scoring.builders import House, fill, seal, sheets_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_two_seals_at_once(house: House) -> None:
    first, *others = sheets_of(house.panel(), house.applications[0])
    seal(first, 50, house.now)
    for sheet in others:
        fill(sheet, 50, house.now)
    together = Barrier(2)

    def run(sheet: Sheet) -> None:
        try:
            together.wait(timeout=10)
            services.seal_sheet(sheet=sheet, actor=sheet.reviewer.user, now=house.now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, others))
    row = Consolidation.objects.get(application=house.applications[0])
    assert row.state == "open"
    assert Entry.objects.filter(action="consolidation.open", subject_id=str(row.pk)).count() == 1


def test_one_sheet_sealed_twice_at_once_is_sealed_once(house: House) -> None:
    sheet = sheets_of(house.panel(), house.applications[0])[0]
    fill(sheet, 50, house.now)
    together = Barrier(2)

    def run(window: Sheet) -> str:
        try:
            together.wait(timeout=10)
            services.seal_sheet(sheet=window, actor=window.reviewer.user, now=house.now)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "sealed"

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(run, [sheet, sheets_of(sheet.panel, house.applications[0])[0]])
    assert sorted(answers) == ["sealed", "sheet_sealed"]
    assert Entry.objects.filter(action="sheet.seal", subject_id=str(sheet.pk)).count() == 1
