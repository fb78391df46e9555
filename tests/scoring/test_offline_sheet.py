"""A sheet brought back by a device: what can be saved is, band and percentage together; the rest is told field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import OfflineDevice, Sheet, SheetItem
from scoring.services.sheet_sync import TOGETHER
from tests.scoring.builders import House
from tests.scoring.devices import add, sync
from tests.scoring.reviewing import MOST, Browser, queries, sheet_of
from tests.scoring.visiting import make_site, site_panel

SCORED = {"band-4.1.2": "50", "percent-4.1.2": "60"}


@pytest.fixture
def client(sheet: Sheet, client_of: Browser) -> Client:
    return client_of(sheet.reviewer.user)


def bring(
    client: Client, device: OfflineDevice, sheet: Sheet, changes: dict[str, Any], **taken: str
) -> dict[str, Any]:
    status, body = sync(client, device, sheet, changes=changes, taken=taken)
    assert status == 200
    return body


def elsewhere(sheet: Sheet, house: House, **values: Any) -> None:
    services.save_items(sheet=sheet, items={"4.1.2": values}, actor=sheet.reviewer.user, now=house.now)


def kept(sheet: Sheet, item: str = "4.1.2") -> tuple[int | None, int | None, str]:
    row = SheetItem.objects.get(sheet=sheet, item=item)
    return row.band, row.percent, row.strengths


def notes() -> list[dict[str, Any]]:
    return [entry.content["details"] for entry in Entry.objects.filter(action="device.sync").order_by("pk")]


def test_it_is_taken_along_with_bands_limits_and_hints(
    client: Client, device: OfflineDevice, sheet: Sheet
) -> None:
    address = f"/scoring/devices/{device.pk}/sheets/{sheet.pk}/"
    package = client.get(address).json()
    assert (package["low"], package["high"], len(package["bands"])) == (25, 85, 6)
    assert [band["percents"][0] for band in package["bands"]] == [0, 10, 30, 50, 70, 90]
    assert all(band["process"] and band["result"] for band in package["bands"])
    line = package["groups"][0]["lines"][0]
    assert line["hint"].endswith("看方法、展开、学习、整合。")
    assert queries(client, address) <= MOST


def test_a_rubric_is_taken_along_with_its_guide(now: datetime, client_of: Browser, db: None) -> None:
    site = make_site(now, 1)
    sheet = sheet_of(site_panel(site), 1, site.applications[0], "presentation")
    address = f"/scoring/devices/{add(sheet, site).pk}/sheets/{sheet.pk}/"
    package = client_of(sheet.reviewer.user).get(address).json()
    rubric = {line.code: line.guide for line in site.cycle.edition.rubric}
    assert {line["code"]: line["hint"] for line in package["groups"][0]["lines"]} == {
        code: f"{guide}。" for code, guide in rubric.items()
    }


def test_everything_without_dispute_is_saved_and_noted_once(
    client: Client, device: OfflineDevice, sheet: Sheet
) -> None:
    written = SCORED | {"hours": "2.5"}
    for _ in range(2):
        body = bring(client, device, sheet, written)
        assert (body["revision"], body["conflicts"], body["refused"]) == (1, {}, {})
        assert {name: body["values"][name] for name in written} == written
    assert notes() == [{"device": "平板", "saved": sorted(written), "conflicts": []}]
    assert "60" not in str(notes()), "the ledger is read before the sheet is sealed"


def test_a_dispute_holds_back_its_own_entry_alone(
    client: Client, device: OfflineDevice, sheet: Sheet, house: House
) -> None:
    elsewhere(sheet, house, band=30, percent=40, strengths="办公室里的")
    written = SCORED | {
        "strengths-4.1.2": "设备上的",
        "opportunities-4.1.2": "没有争议",
        "band-4.1.3": "70",
        "percent-4.1.3": "70",
        "overall": "总的不错",
    }
    body = bring(client, device, sheet, written, **{"band-4.1.2": "50", "percent-4.1.2": "55"})
    assert body["conflicts"] == {"band-4.1.2": "30", "percent-4.1.2": "40", "strengths-4.1.2": "办公室里的"}
    assert (body["refused"], body["revision"]) == ({}, 2)
    assert kept(sheet) == (30, 40, "办公室里的")
    assert kept(sheet, "4.1.3") == (70, 70, "")
    assert sheet.items.get(item="4.1.2").opportunities == "没有争议"
    sheet.refresh_from_db()
    assert sheet.overall == "总的不错"
    assert notes()[0]["saved"] == ["band-4.1.3", "opportunities-4.1.2", "overall", "percent-4.1.3"]
    body = bring(client, device, sheet, SCORED, **{"band-4.1.2": "30", "percent-4.1.2": "40"})
    assert body["conflicts"] == {}
    assert kept(sheet) == (50, 60, "办公室里的")


def test_a_dispute_over_the_percentage_is_one_over_its_band_too(
    client: Client, device: OfflineDevice, sheet: Sheet, house: House
) -> None:
    elsewhere(sheet, house, band=50, percent=55)
    changes = {"band-4.1.2": "70", "percent-4.1.2": "75"}
    body = bring(client, device, sheet, changes, **{"band-4.1.2": "50", "percent-4.1.2": "65"})
    assert body["conflicts"] == {"band-4.1.2": "50", "percent-4.1.2": "55"}
    assert kept(sheet)[:2] == (50, 55)


@pytest.mark.parametrize(
    "changes",
    [{"band-4.1.2": "70"}, {"percent-4.1.2": "70"}],
)
def test_one_of_the_two_alone_takes_nothing_away_unseen(
    client: Client, device: OfflineDevice, sheet: Sheet, house: House, changes: dict[str, str]
) -> None:
    elsewhere(sheet, house, band=50, percent=55)
    body = bring(client, device, sheet, changes, **dict.fromkeys(changes, "50"))
    assert body["conflicts"] == {"band-4.1.2": "50", "percent-4.1.2": "55"}
    assert kept(sheet)[:2] == (50, 55)


def test_a_percentage_kept_without_its_band_is_no_dispute(
    client: Client, device: OfflineDevice, sheet: Sheet
) -> None:
    SheetItem.objects.create(sheet=sheet, item="4.1.2", percent=55)
    changes = {"band-4.1.2": "70", "percent-4.1.2": "75"}
    body = bring(client, device, sheet, changes, **{"band-4.1.2": "50", "percent-4.1.2": "55"})
    assert (body["conflicts"], kept(sheet)[:2]) == ({}, (70, 75))


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"percent-4.1.2": "57", "band-4.1.2": "50"}, {"percent-4.1.2", "band-4.1.2"}),
        ({"percent-4.1.2": "60", "band-4.1.2": "55"}, {"percent-4.1.2", "band-4.1.2"}),
        ({"percent-4.1.2": "60", "band-4.1.2": "30"}, {"percent-4.1.2", "band-4.1.2"}),
        ({"percent-4.1.2": {"a": 1}}, {"percent-4.1.2"}),
        ({"evidence-4.1.2": "附件9"}, {"evidence-4.1.2"}),
        ({"hours": [1]}, {"hours"}),
        ({"hours": "nan"}, {"hours"}),
        ({"state": "sealed"}, {"state"}),
        ({"percent-9.9": "60"}, {"percent-9.9"}),
    ],
)
def test_what_is_refused_holds_back_nothing_else(
    client: Client, device: OfflineDevice, sheet: Sheet, changes: dict[str, Any], refused: set[str]
) -> None:
    body = bring(client, device, sheet, {"strengths-4.1.2": "站得住的"} | changes)
    assert body["refused"].keys() == refused
    assert all(body["refused"].values())
    assert body["conflicts"] == {}
    assert kept(sheet) == (None, None, "站得住的")
    sheet.refresh_from_db()
    assert (sheet.revision, sheet.overall, sheet.hours) == (1, "", None)


def test_the_one_not_at_fault_says_what_it_waits_for(
    client: Client, device: OfflineDevice, sheet: Sheet
) -> None:
    body = bring(client, device, sheet, {"percent-4.1.2": "57", "band-4.1.2": "50"})
    assert body["refused"]["band-4.1.2"] == TOGETHER["band"]
    body = bring(client, device, sheet, {"percent-4.1.2": "60", "band-4.1.2": "55"})
    assert body["refused"]["percent-4.1.2"] == TOGETHER["percent"]


def test_when_nothing_is_saved_nothing_has_changed(
    client: Client, device: OfflineDevice, sheet: Sheet
) -> None:
    body = bring(client, device, sheet, {"percent-4.1.2": "60", "band-4.1.2": "30"})
    assert (body["revision"], notes(), sheet.items.exists()) == (0, [], False)


def test_places_sent_again_in_another_form_are_no_dispute(
    client: Client, device: OfflineDevice, sheet: Sheet
) -> None:
    for _ in range(2):
        body = bring(client, device, sheet, {"evidence-4.1.2": "4.1.2"})
        assert (body["conflicts"], body["values"]["evidence-4.1.2"]) == ({}, "自评4.1.2")


def test_what_is_no_exchange_is_bad_input(client: Client, device: OfflineDevice, sheet: Sheet) -> None:
    assert sync(client, device, sheet)[0] == 422
    assert sync(client, device, sheet, changes=[1], taken={})[0] == 422


def test_the_service_trusts_nobody_else(sheet: Sheet, device: OfflineDevice, house: House) -> None:
    theirs = sheet_of(sheet.panel, 1, sheet.application)
    given: dict[str, Any] = {"device": device, "refused": {}, "taken": {}, "now": house.now}
    me = sheet.reviewer.user
    with pytest.raises(PermissionDenied):
        services.sync_sheet(sheet=theirs, entries={"overall": "x"}, actor=me, **given)
    with pytest.raises(PermissionDenied):
        services.sync_sheet(sheet=theirs, entries={"overall": "x"}, actor=theirs.reviewer.user, **given)
    with pytest.raises(Refused) as refused:
        services.sync_sheet(sheet=sheet, entries={"percent-9.9": 60, "overall": "x"}, actor=me, **given)
    assert refused.value.code == "unknown_item"
    sheet.refresh_from_db()
    assert sheet.overall == ""
