"""Years nobody meant and characters nobody sees: refused or cleaned where they come in, and no page breaks over old ones."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from scoring.models import OfflineDevice, Reviewer, SheetItem, SiteVisit, VisitPhoto
from tests.applications.assessments import picture
from tests.kept import kept
from tests.scoring.builders import House
from tests.scoring.devices import add, ask
from tests.scoring.reviewing import Browser, sheet_of, user
from tests.scoring.visiting import make_site, site_panel, visit_plan

OUT_OF_REACH = ("0001-01-01", "9999-12-31")
DIRTY, CLEAN = "设备\x00管\x01理\x0b第二行", "设备管理\n第二行"


@kept
def site(db: None, now: datetime) -> House:
    return make_site(now, 1)


@kept
def visit(site: House) -> SiteVisit:
    return visit_plan(site, site_panel(site), site.applications[0])


@kept
def device(site: House, visit: SiteVisit) -> OfflineDevice:
    return add(sheet_of(visit.panel, 1, site.applications[0], "site"), site)


@pytest.fixture
def client(visit: SiteVisit, client_of: Browser) -> Client:
    return client_of(user(visit.panel, 1))


def enter(client: Client, visit: SiteVisit, field: str, value: str) -> int:
    body = {"field": field, "value": value, "version": visit.revision}
    address = reverse("scoring:save_visit_entry", args=[visit.pk])
    return client.post(address, body, content_type="application/json").status_code


@pytest.mark.parametrize("day", OUT_OF_REACH)
def test_a_visit_keeps_no_year_out_of_reach(
    client: Client, visit: SiteVisit, device: OfflineDevice, day: str
) -> None:
    assert enter(client, visit, "closing_at", f"{day}T00:00") == 422
    sent = {"changes": {"closing_at": f"{day}T00:00"}, "taken": {"closing_at": ""}, "lines": []}
    status, answer = ask(client, f"{device.pk}/visits/{visit.pk}/", **sent)
    assert (status, list(answer["refused"])) == (200, ["closing_at"])
    visit.refresh_from_db()
    assert visit.closing_at is None
    assert client.get(f"/scoring/visits/{visit.pk}/").status_code == 200


@pytest.mark.parametrize("day", OUT_OF_REACH)
def test_a_visit_is_planned_for_no_year_out_of_reach(
    site: House, visit: SiteVisit, client_of: Browser, day: str
) -> None:
    before, people = visit.starts_on, [str(one.pk) for one in visit.members.all()]
    form = {"starts_on": day, "ends_on": day, "place": "一号楼", "members": people, "lead": people[0]}
    address = reverse("scoring:plan_visit", args=[visit.panel_id, visit.application_id])
    answer = client_of(site.clerk).post(address, form)
    assert answer.status_code == 422
    errors = answer.context["form"].errors.as_data()
    assert {name: [one.code for one in found] for name, found in errors.items()} == {
        "starts_on": ["date_out_of_range"],
        "ends_on": ["date_out_of_range"],
    }
    visit.refresh_from_db()
    assert visit.starts_on == before


def test_what_scripts_send_is_kept_plain(client: Client, visit: SiteVisit, device: OfflineDevice) -> None:
    assert enter(client, visit, "closing_text", DIRTY) == 200
    visit.refresh_from_db()
    assert visit.closing_text == CLEAN
    status, _ = ask(client, "add/", name="平\x00板\ud800")
    assert status in (200, 201)
    assert OfflineDevice.objects.latest("pk").name == "平板"


def test_the_caption_of_a_photo_is_kept_plain(
    client: Client, visit: SiteVisit, device: OfflineDevice
) -> None:
    body: dict[str, Any] = {"upload": picture(), "id": str(uuid4()), "caption": "台\x00账\x01柜"}
    answer = client.post(f"/scoring/devices/{device.pk}/visits/{visit.pk}/photos/", body)
    assert answer.status_code == 200
    assert VisitPhoto.objects.get().caption == "台账柜"


def test_what_was_kept_before_still_goes_into_a_workbook(
    site: House, visit: SiteVisit, client_of: Browser
) -> None:
    sheet = sheet_of(visit.panel, 1, site.applications[0], "site")
    item = sheet.items.first() or SheetItem(sheet=sheet, item="4.1.2")
    item.strengths = "领导\x0b带头\x01"
    item.save()
    Reviewer.objects.filter(pk=sheet.reviewer_id).update(employer="某\x0b单位\x01")
    mine = client_of(sheet.reviewer.user).get(reverse("scoring:download_workbook", args=[sheet.pk]))
    assert mine.status_code == 200
    assert "领导\n带头" in texts(mine.content)
    pool = client_of(site.clerk).get(reverse("scoring:export_reviewers"))
    assert pool.status_code == 200
    assert "某\n单位" in texts(pool.content)


def texts(content: bytes) -> set[object]:
    return {cell for page in load_workbook(BytesIO(content)) for row in page.values for cell in row}
