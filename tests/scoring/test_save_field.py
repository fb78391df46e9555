"""One field saved by itself: asked for once, under the lock, and out of sight as the sheet itself is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from scoring.models import Panel, Recusal, Sheet, SheetItem
from tests.kept import kept
from tests.scoring.builders import House
from tests.scoring.reviewing import Browser, send, sheet_of, user

MOST_A_SAVE = 12


@kept
def panel(house: House) -> Panel:
    return house.panel()


def status(client: Client, sheet: Sheet) -> int:
    body = {"field": "percent-4.1.2", "value": "50", "version": sheet.revision}
    return client.post(
        f"/scoring/sheets/{sheet.pk}/field/", json.dumps(body), content_type="application/json"
    ).status_code


def test_a_save_asks_little(
    house: House,
    panel: Panel,
    client_of: Browser,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    with django_assert_max_num_queries(MOST_A_SAVE):  # type: ignore[attr-defined]
        assert send(client, sheet, "percent-4.1.2", "60", 0)[0] == 200
    with django_assert_max_num_queries(MOST_A_SAVE):  # type: ignore[attr-defined]
        assert send(client, sheet, "strengths-4.1.2", "方法成系统", 1)[0] == 200
    row = SheetItem.objects.get(sheet=sheet)
    assert (row.item, row.band, row.percent, row.strengths) == ("4.1.2", 50, 60, "方法成系统")


@pytest.mark.parametrize("dismissed", [False, True])
def test_a_conflict_found_since_hides_the_sheet(
    house: House, panel: Panel, client_of: Browser, dismissed: bool
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    Recusal.objects.create(
        reviewer=sheet.reviewer,
        application=sheet.application,
        kind="family",
        reason="近亲属",
        source="detected",
        recorded_at=house.now,
        dismissed_at=house.now if dismissed else None,
    )
    assert status(client_of(user(panel, 0)), sheet) == (200 if dismissed else 404)
    assert SheetItem.objects.filter(sheet=sheet).exists() is dismissed


@pytest.mark.parametrize("dismissed", [False, True])
def test_an_employer_found_since_hides_the_sheet(
    house: House, panel: Panel, client_of: Browser, dismissed: bool
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    sheet.reviewer.employer_uscc = sheet.application.organisation.uscc
    sheet.reviewer.save()
    if dismissed:
        Recusal.objects.create(
            reviewer=sheet.reviewer,
            application=sheet.application,
            kind="employment",
            reason="曾任职",
            source="detected",
            recorded_at=house.now,
            dismissed_at=house.now,
        )
    assert status(client_of(user(panel, 0)), sheet) == (200 if dismissed else 404)
    assert SheetItem.objects.filter(sheet=sheet).exists() is dismissed


def test_a_colleagues_open_sheet_is_out_of_sight(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 1))
    assert status(client, sheet) == 404
    address = f"/scoring/sheets/{sheet.pk}/field/"
    assert client.post(address, b"not json", content_type="application/json").status_code == 404
    assert not SheetItem.objects.exists()
