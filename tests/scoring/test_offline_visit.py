"""The record of a visit on a device: one's own, every entry once, nothing over what others wrote, refusals with reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.models import Application, Organisation
from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import OfflineDevice, Panel, SiteVisit, VisitAnswer, VisitLine, VisitPhoto
from scoring.views.offline import PHOTO_BYTES
from tests.applications.assessments import picture
from tests.kept import kept
from tests.scoring.builders import House
from tests.scoring.devices import add, ask
from tests.scoring.reviewing import MOST, Browser, member, queries, sheet_of, user
from tests.scoring.visiting import DAY, line, make_site, question, report_signed, site_panel, visit_plan

NOTES = "班组长说台账每周更新"


@kept
def site(db: None, now: datetime) -> House:
    return make_site(now, 1)


@kept
def panel(site: House) -> Panel:
    return site_panel(site)


@kept
def asked(site: House, panel: Panel) -> str:
    """The key of the answer to the one question carried over."""
    return f"answer-{question(site, site.applications[0], '4.1.2', '看台账').pk}-4.1.2"


@kept
def visit(site: House, panel: Panel, asked: str) -> SiteVisit:
    return visit_plan(site, panel, site.applications[0])


@kept
def device(site: House, panel: Panel) -> OfflineDevice:
    return add(sheet_of(panel, 1, site.applications[0], "site"), site)


@pytest.fixture
def client(panel: Panel, client_of: Browser) -> Client:
    return client_of(user(panel, 1))


def bring(client: Client, device: OfflineDevice, visit: SiteVisit, **body: Any) -> tuple[int, dict[str, Any]]:
    written = {"changes": {}, "taken": {}, "lines": []} | body
    return ask(client, f"{device.pk}/visits/{visit.pk}/", **written)


def interview(**values: str) -> dict[str, Any]:
    given = {"on": "2026-08-10", "who": "班组长", "subject": "台账", "notes": NOTES} | values
    return {"id": str(uuid4()), "kind": "interview", "values": given}


def address_of(device: OfflineDevice, visit: SiteVisit) -> str:
    return f"/scoring/devices/{device.pk}/visits/{visit.pk}/"


def taken_along(client: Client, device: OfflineDevice) -> list[int]:
    return [row["id"] for row in ask(client, f"{device.pk}/contact/")[1]["visits"]]


def test_a_visit_is_taken_along_with_what_may_be_written(
    client: Client, device: OfflineDevice, visit: SiteVisit, asked: str, site: House
) -> None:
    line(site, visit, "agenda", site.clerk, on=DAY, subject="首次会议")
    talk = line(site, visit, "interview", user(visit.panel, 0), subject="设备管理")
    assert taken_along(client, device) == [visit.pk]
    kept = client.get(address_of(device, visit)).json()
    assert dict(kept["facts"])["安全须知"] == "进车间戴安全帽"
    assert "首次会议" in dict(kept["facts"])["日程"]
    assert kept["values"][f"line-{talk.pk}-subject"] == "设备管理"
    assert kept["fields"][f"{asked}-outcome"]["kind"] == "select"
    assert {"opening_text", "closing_at", f"{asked}-answer"} <= kept["fields"].keys()
    assert not [key for key in kept["fields"] if key.startswith("line-") and str(talk.pk) not in key], (
        "no agenda"
    )
    titles = [section["title"] for section in kept["sections"]]
    assert titles == ["核实事项", "访谈记录", "查阅文件记录", "会议纪要", "现场照片"]
    assert kept["sections"][1]["cards"][0]["title"] == "访谈1"
    one = queries(client, address_of(device, visit))
    for _ in range(3):
        line(site, visit, "document", user(visit.panel, 0))
    assert queries(client, address_of(device, visit)) == one <= MOST


def test_it_names_the_applicant_as_filed(
    client: Client, device: OfflineDevice, visit: SiteVisit, site: House
) -> None:
    filed = visit.application.organisation.name
    Organisation.objects.filter(pk=visit.application.organisation_id).update(name="苏州改名以后有限公司")
    Application.objects.filter(pk=visit.application_id).update(submitted_register={"name": filed})
    question(site, visit.application, "delivery", "讲讲改进", percent=50)
    kept = client.get(address_of(device, visit)).json()
    assert kept["organisation"] == filed
    titles = [card["title"] for card in kept["sections"][0]["cards"]]
    assert "陈述答辩" in titles
    assert not [title for title in titles if "delivery" in title]


def test_what_was_written_comes_in_once_however_often_it_is_sent(
    client: Client, device: OfflineDevice, visit: SiteVisit, asked: str
) -> None:
    changes = {
        f"{asked}-outcome": "partly",
        f"{asked}-answer": "台账缺两周",
        "opening_at": "2026-08-10T09:00",
    }
    taken = dict.fromkeys(changes, "")
    talk = interview()
    sent = {"changes": changes, "taken": taken, "lines": [talk]}
    answers = [bring(client, device, visit, **sent) for _ in range(2)]
    assert answers[0] == answers[1]
    row = VisitLine.objects.get(kind="interview")
    assert answers[0] == (200, {"conflicts": {}, "refused": {}, "lines": {talk["id"]: row.pk}})
    assert (row.notes, str(row.client_id), row.added_by) == (NOTES, talk["id"], user(visit.panel, 1))
    found = VisitAnswer.objects.get()
    assert (found.outcome, found.answer) == ("partly", "台账缺两周")
    visit.refresh_from_db()
    assert visit.opening_at is not None
    assert visit.touched[f"{asked}-answer"][2] == user(visit.panel, 1).name
    talk["values"]["notes"] = "补充一句"
    bring(client, device, visit, lines=[talk])
    assert VisitLine.objects.get(kind="interview").notes == "补充一句"


def test_nothing_that_others_wrote_is_lost(
    client: Client, device: OfflineDevice, visit: SiteVisit, asked: str, site: House
) -> None:
    other, key = user(visit.panel, 0), f"{asked}-answer"
    services.save_visit(visit=visit, values={key: "组长写的"}, revision=0, actor=other, now=site.now)
    talk = interview()
    status, body = bring(
        client, device, visit, changes={key: "我写的", "closing_text": "散会"}, taken={key: ""}, lines=[talk]
    )
    assert (status, body["conflicts"]) == (200, {key: "组长写的"})
    assert VisitAnswer.objects.get().answer == "组长写的"
    visit.refresh_from_db()
    assert visit.closing_text == "散会", "what is not in conflict is saved"
    assert (
        bring(client, device, visit, changes={key: "我写的"}, taken={key: "组长写的"})[1]["conflicts"] == {}
    )
    assert VisitAnswer.objects.get().answer == "我写的"
    row = f"line-{VisitLine.objects.get(kind='interview').pk}-notes"
    services.save_visit(
        visit=visit, values={row: "组长改过"}, revision=visit.revision + 9, actor=other, now=site.now
    )
    assert bring(client, device, visit, lines=[talk])[1]["conflicts"] == {row: "组长改过"}


def test_what_is_refused_says_why_and_holds_up_nothing_else(
    client: Client, device: OfflineDevice, visit: SiteVisit, asked: str, site: House
) -> None:
    lead = user(visit.panel, 0)
    gone = line(site, visit, "document", lead)
    services.remove_line(line=gone, actor=lead, now=site.now)
    agenda = line(site, visit, "agenda", site.clerk)
    SiteVisit.objects.filter(pk=visit.pk).update(opening_signed_at=site.now, opening_text="已签")
    bad, broken = interview(on="明天"), {"id": "x", "kind": "interview", "values": {}}
    keys = {
        f"line-{gone.pk}-notes": "已经移除",
        f"line-{agenda.pk}-subject": "日程只能联网修改",
        "opening_text": "纪要已经签署",
        f"{asked}-outcome": "",
        "placed": "已经移除",
    }
    status, body = bring(
        client,
        device,
        visit,
        changes=dict.fromkeys(keys, "改") | {"closing_text": "散会"},
        lines=[bad, broken],
    )
    assert (status, body["conflicts"], body["lines"]) == (200, {}, {})
    for key, words in keys.items():
        assert words in body["refused"][key], key
    assert body["refused"].keys() - keys.keys() == {f"{bad['id']}-on", "x"}
    visit.refresh_from_db()
    assert (visit.closing_text, visit.opening_text) == ("散会", "已签")
    assert not VisitLine.objects.filter(kind="interview").exists()
    assert bring(client, device, visit, changes=[1])[0] == 422


def test_a_line_taken_off_meanwhile_does_not_come_back(
    client: Client, device: OfflineDevice, visit: SiteVisit, site: House
) -> None:
    talk = interview()
    bring(client, device, visit, lines=[talk])
    row = VisitLine.objects.get(kind="interview")
    services.remove_line(line=row, actor=user(visit.panel, 0), now=site.now)
    assert "已经移除" in bring(client, device, visit, lines=[talk])[1]["refused"][talk["id"]]
    assert VisitLine.objects.filter(kind="interview").count() == 1


def post_photo(client: Client, device: OfflineDevice, visit: SiteVisit, upload: Any, **more: str) -> Any:
    body = {"upload": upload, "id": str(uuid4()), "caption": "台账柜"} | more
    return client.post(f"{address_of(device, visit)}photos/", body)


def test_a_photo_comes_in_once_and_bad_ones_say_why(
    client: Client, device: OfflineDevice, visit: SiteVisit
) -> None:
    named = str(uuid4())
    for _ in range(2):
        assert post_photo(client, device, visit, picture(), id=named).status_code == 200
    photo = VisitPhoto.objects.get()
    assert (photo.caption, str(photo.client_id)) == ("台账柜", named)
    assert Entry.objects.filter(action="visit.add_photo").count() == 1
    large = SimpleUploadedFile("大.png", b"0" * (PHOTO_BYTES + 1))
    for upload in (SimpleUploadedFile("x.png", b"no picture"), large):
        answer = post_photo(client, device, visit, upload)
        assert (answer.status_code, bool(answer.json()["message"])) == (422, True)
    assert post_photo(client, device, visit, picture(), id="no uuid").status_code == 422
    assert VisitPhoto.objects.count() == 1


def test_only_who_goes_along_and_only_until_the_report_is_signed(
    client: Client, device: OfflineDevice, visit: SiteVisit, site: House, client_of: Browser
) -> None:
    outsider = site.reviewer()
    other = services.add_device(reviewer=outsider, name="x", actor=outsider.user, now=site.now)
    assert client_of(outsider.user).get(address_of(other, visit)).status_code == 404
    assert client_of(user(visit.panel, 0)).get(address_of(device, visit)).status_code == 404
    stays = sheet_of(visit.panel, 2, visit.application, "site")
    visit.members.remove(stays.reviewer)
    theirs = add(stays, site)
    at_home = client_of(stays.reviewer.user)
    assert taken_along(at_home, theirs) == []
    assert at_home.get(address_of(theirs, visit)).status_code == 403
    assert post_photo(at_home, theirs, visit, picture()).status_code == 403
    report_signed(visit.application)
    assert taken_along(client, device) == []
    assert client.get(address_of(device, visit)).status_code == 403
    assert client.post(address_of(device, visit)).status_code == 403
    with pytest.raises(PermissionDenied):
        services.sync_visit(
            device=device,
            visit=visit,
            entries={},
            taken={},
            lines=[],
            actor=member(visit.panel, 1).reviewer.user,
            now=site.now,
        )


def test_a_revoked_device_brings_nothing(
    client: Client, device: OfflineDevice, visit: SiteVisit, site: House
) -> None:
    me = user(visit.panel, 1)
    services.revoke_device(device=device, actor=me, now=site.now)
    assert client.get(address_of(device, visit)).status_code == 410
    assert bring(client, device, visit, changes={"closing_text": "x"})[0] == 410
    assert post_photo(client, device, visit, picture()).status_code == 410
    with pytest.raises(Refused) as refused:
        services.sync_visit(
            device=device, visit=visit, entries={}, taken={}, lines=[], actor=me, now=site.now
        )
    assert refused.value.code == "device_revoked"
