"""Devices: only one's own, and only while they are trusted; what they bring back is in test_offline_sheet."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import OfflineDevice, Reviewer, Sheet
from tests.scoring.builders import House, seal
from tests.scoring.devices import add, ask, sync
from tests.scoring.reviewing import MOST, Browser, queries, read, sheet_of, user


@pytest.fixture
def client(sheet: Sheet, client_of: Browser) -> Client:
    return client_of(sheet.reviewer.user)


def test_the_program_holds_nothing_of_anybody(client: Client, device: OfflineDevice) -> None:
    for address, kind in (
        ("/scoring/offline/", "text/html; charset=utf-8"),
        ("/scoring/offline/worker.js", "text/javascript"),
        ("/scoring/offline/manifest.webmanifest", "application/manifest+json"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer.content == Client().get(address).content
        assert "unsafe" not in answer.get("Content-Security-Policy", "")


def test_a_device_is_entered_and_told_what_is_open(client: Client, sheet: Sheet, house: House) -> None:
    assert ask(client, "add/", name=" ") == (422, {"message": "请给这台设备起个名字，丢失时好辨认。"})
    status, body = ask(client, "add/", name="平板")
    device = OfflineDevice.objects.get()
    assert (status, body["device"], body["key"]) == (200, device.pk, device.key)
    assert len(device.key) == 64
    assert device.key not in str(list(Entry.objects.values_list("payload", flat=True)))
    _, found = ask(client, f"{device.pk}/contact/")
    mine = Sheet.objects.filter(reviewer=sheet.reviewer)
    assert {row["id"] for row in found["sheets"]} == set(mine.values_list("pk", flat=True))
    seal(sheet, 55, house.now)
    _, found = ask(client, f"{device.pk}/contact/")
    assert sheet.pk not in {row["id"] for row in found["sheets"]}


def test_a_revoked_device_is_refused_and_told_to_empty_itself(
    client: Client, device: OfflineDevice, sheet: Sheet, house: House
) -> None:
    page = f"/scoring/devices/{device.pk}/revoke/"
    assert "停用以后" in read(client, page)
    assert client.post(page).status_code == 302
    assert client.post(page).status_code == 409
    assert sync(client, device, sheet, changes={"overall": "x"}, taken={})[0] == 410
    assert client.get(f"/scoring/devices/{device.pk}/sheets/{sheet.pk}/").status_code == 410
    with pytest.raises(Refused) as refused:
        services.sync_sheet(
            device=device,
            sheet=sheet,
            entries={"overall": "x"},
            refused={},
            taken={},
            actor=sheet.reviewer.user,
            now=house.now,
        )
    assert refused.value.code == "device_revoked"
    assert [ask(client, f"{device.pk}/contact/")[0] for _ in range(2)] == [410, 410]
    actions = (
        Entry.objects.filter(action__startswith="device.").order_by("pk").values_list("action", flat=True)
    )
    assert list(actions) == ["device.add", "device.revoke", "device.wipe"]
    sheet.refresh_from_db()
    assert sheet.overall == ""


def test_a_disqualified_reviewers_device_empties_itself(
    client: Client, device: OfflineDevice, sheet: Sheet, house: House
) -> None:
    Reviewer.objects.filter(pk=sheet.reviewer_id).update(disqualified_at=house.now)
    assert ask(client, f"{device.pk}/contact/")[0] == 410


def test_nobody_else_reaches_a_device_or_through_it(
    device: OfflineDevice, sheet: Sheet, house: House, client: Client, client_of: Browser
) -> None:
    colleague = client_of(user(sheet.panel, 1))
    assert colleague.post(f"/scoring/devices/{device.pk}/contact/").status_code == 404
    assert colleague.post(f"/scoring/devices/{device.pk}/revoke/").status_code == 404
    assert client_of(house.clerk).get("/scoring/devices/").status_code == 403
    theirs = sheet_of(sheet.panel, 1, sheet.application)
    assert client.get(f"/scoring/devices/{device.pk}/sheets/{theirs.pk}/").status_code == 404
    seal(sheet, 55, house.now)
    seal(theirs, 55, house.now)
    assert client.get(f"/scoring/devices/{device.pk}/sheets/{theirs.pk}/").status_code == 404
    seal(sheet_of(sheet.panel, 2, sheet.application), 55, house.now)
    assert client.get(f"/scoring/devices/{device.pk}/sheets/{theirs.pk}/").status_code == 403
    with pytest.raises(PermissionDenied):
        services.revoke_device(device=device, actor=house.head, now=house.now)


def test_five_devices_are_enough_and_the_list_costs_the_same(
    client: Client, device: OfflineDevice, sheet: Sheet, house: House
) -> None:
    one = queries(client, "/scoring/devices/")
    for number in range(4):
        add(sheet, house, f"设备{number}")
    assert queries(client, "/scoring/devices/") == one <= MOST
    with pytest.raises(Refused) as refused:
        add(sheet, house)
    assert refused.value.code == "too_many_devices"
