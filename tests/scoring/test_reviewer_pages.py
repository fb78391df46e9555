"""The reviewer's pages: desk, recusal, sheet, seal and consensus; and that nothing is learnt before its time."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from scoring import services
from scoring.models import Consolidation, Panel, PanelMember, Sheet, SheetItem
from tests.scoring.builders import House, fill

Browser = Callable[[User], Client]
MOST = 15


@pytest.fixture
def panel(house: House) -> Panel:
    return house.panel()


def member(panel: Panel, place: int) -> PanelMember:
    return list(panel.members.select_related("reviewer__user").order_by("id"))[place]


def sheet_of(seat: PanelMember, house: House, number: int = 0) -> Sheet:
    return Sheet.objects.select_related("reviewer__user").get(
        reviewer=seat.reviewer, application=house.applications[number]
    )


def send(
    client: Client, sheet: Sheet, field: str, value: object, version: int
) -> tuple[int, dict[str, object]]:
    answer = client.post(
        f"/scoring/sheets/{sheet.pk}/field/",
        json.dumps({"field": field, "value": value, "version": version}),
        content_type="application/json",
    )
    return answer.status_code, answer.json()


def test_before_the_declaration_the_file_stays_shut(house: House, client_of: Browser) -> None:
    panel = house.form(house.bench())
    services.start_panel(panel=panel, actor=house.clerk, now=house.now)
    seat = member(panel, 0)
    client = client_of(seat.reviewer.user)
    application = house.applications[0]
    sheet = sheet_of(seat, house)
    assert client.get(f"/scoring/sheets/{sheet.pk}/").status_code == 302
    assert client.get(f"/scoring/files/{application.pk}/{application.report_id}/").status_code == 404
    page = client.get("/scoring/recusal/").content.decode()
    assert application.organisation.name in page
    assert application.profile_text[:4] not in page
    answer = client.post(f"/scoring/recusal/{application.pk}/", {f"{application.pk}-kind": "none"})
    assert answer.status_code == 302
    assert client.get(f"/scoring/sheets/{sheet.pk}/").status_code == 200
    assert client.get(f"/scoring/files/{application.pk}/{application.report_id}/").status_code == 200


def test_a_conflict_needs_its_reason_and_then_shuts_everything(house: House, client_of: Browser) -> None:
    panel = house.form(house.bench(4))
    services.start_panel(panel=panel, actor=house.clerk, now=house.now)
    seat = member(panel, 3)
    client, application = client_of(seat.reviewer.user), house.applications[0]
    data = {f"{application.pk}-kind": "family", f"{application.pk}-reason": ""}
    refused = client.post(f"/scoring/recusal/{application.pk}/", data)
    assert refused.status_code == 422
    data[f"{application.pk}-reason"] = "配偶在该公司任财务总监"
    assert client.post(f"/scoring/recusal/{application.pk}/", data).status_code == 302
    sheet = Sheet.objects.filter(reviewer=seat.reviewer, application=application).first()
    if sheet is not None:
        assert client.get(f"/scoring/sheets/{sheet.pk}/").status_code == 404
    assert client.get(f"/scoring/files/{application.pk}/{application.report_id}/").status_code == 404
    for address in ("/scoring/desk/", "/scoring/recusal/"):
        assert application.organisation.name not in client.get(address).content.decode()


def test_one_field_is_saved_and_a_value_off_the_scale_is_not(
    house: House, panel: Panel, client_of: Browser
) -> None:
    seat = member(panel, 0)
    client, sheet = client_of(seat.reviewer.user), sheet_of(seat, house)
    status, body = send(client, sheet, "percent-4.1.2", "55", sheet.revision)
    assert (status, body["version"]) == (200, sheet.revision + 1)
    assert SheetItem.objects.get(sheet=sheet, item="4.1.2").percent == 55
    for value in ("57", "105", "-5", "x"):
        assert send(client, sheet, "percent-4.1.2", value, body["version"])[0] == 422
    for field in ("percent-9.9.9", "", "state", "sheet_id-4.1.2"):
        assert send(client, sheet, field, "50", body["version"])[0] == 422
    assert (
        client.post(f"/scoring/sheets/{sheet.pk}/field/", "not json", content_type="text/plain").status_code
        == 422
    )
    assert SheetItem.objects.get(sheet=sheet, item="4.1.2").percent == 55


def test_two_windows_on_one_sheet_lose_nothing(house: House, panel: Panel, client_of: Browser) -> None:
    seat = member(panel, 0)
    client, sheet = client_of(seat.reviewer.user), sheet_of(seat, house)
    send(client, sheet, "strengths-4.1.2", "第一个窗口", sheet.revision)
    status, body = send(client, sheet, "strengths-4.1.2", "第二个窗口", sheet.revision)
    assert (status, body["value"]) == (409, "第一个窗口")
    stale = client.post(
        f"/scoring/sheets/{sheet.pk}/", {"version": str(sheet.revision), "strengths-4.1.2": "第二个窗口"}
    )
    assert stale.status_code == 422
    assert "第二个窗口" in stale.content.decode()
    assert SheetItem.objects.get(sheet=sheet, item="4.1.2").strengths == "第一个窗口"


def test_the_seal_names_what_is_missing_and_then_holds(
    house: House, panel: Panel, client_of: Browser
) -> None:
    seat = member(panel, 0)
    client, sheet = client_of(seat.reviewer.user), sheet_of(seat, house)
    assert "还没有评分" in client.get(f"/scoring/sheets/{sheet.pk}/seal/").content.decode()
    assert client.post(f"/scoring/sheets/{sheet.pk}/seal/").status_code == 422
    fill(sheet, 55, house.now)
    assert client.post(f"/scoring/sheets/{sheet.pk}/seal/").status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == "sealed"
    assert sheet.digest in client.get(f"/scoring/sheets/{sheet.pk}/").content.decode()
    assert send(client, sheet, "percent-4.1.2", "10", sheet.revision)[0] == 422
    assert client.post(f"/scoring/sheets/{sheet.pk}/", {"percent-4.1.2": "10"}).status_code == 409


def test_nobody_reads_a_colleagues_sheet_before_sealing_their_own(
    house: House, panel: Panel, client_of: Browser, user_with: Callable[..., User]
) -> None:
    first, second = member(panel, 0), member(panel, 1)
    sealed = sheet_of(first, house)
    fill(sealed, 55, house.now)
    services.seal_sheet(sheet=sealed, actor=first.reviewer.user, now=house.now)
    address = f"/scoring/sheets/{sealed.pk}/"
    strangers = [
        second.reviewer.user,
        house.clerk,
        house.head,
        user_with("office_head:city"),
        user_with("committee:park"),
        user_with("administrator"),
    ]
    for user in strangers:
        assert client_of(user).get(address).status_code == 404, user
    own = sheet_of(second, house)
    fill(own, 55, house.now)
    services.seal_sheet(sheet=own, actor=second.reviewer.user, now=house.now)
    assert client_of(second.reviewer.user).get(address).status_code == 200


def test_the_lead_settles_and_signs_and_the_members_read(
    house: House, panel: Panel, client_of: Browser
) -> None:
    application = house.applications[0]
    for seat in panel.members.select_related("reviewer__user"):
        sheet = sheet_of(seat, house)
        fill(sheet, 55, house.now)
        services.seal_sheet(sheet=sheet, actor=seat.reviewer.user, now=house.now)
    report = Consolidation.objects.get(application=application, stage="material")
    address = f"/scoring/consolidations/{report.pk}/"
    lead, colleague = member(panel, 0), member(panel, 1)
    reading = client_of(colleague.reviewer.user)
    assert reading.get(address).status_code == 200
    assert reading.post(address, {"sign": "1"}).status_code in (403, 422)
    leading = client_of(lead.reviewer.user)
    page = leading.get(address)
    assert page.status_code == 200
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields} | {"sign": "1"}
    incomplete = leading.post(address, data | {"conclusion": "", "strengths": "写好的优势"})
    assert incomplete.status_code == 422
    assert "写好的优势" in incomplete.content.decode()
    texts = {"strengths": "战略清楚", "opportunities": "扩大对比", "conclusion": "同意"}
    assert leading.post(address, data | texts).status_code == 302
    report.refresh_from_db()
    assert report.state == "open"
    assert leading.post(f"{address}sign/", {}).status_code == 422
    assert leading.post(f"{address}sign/", {"confirmed": "on"}).status_code == 302
    report.refresh_from_db()
    assert report.state == "signed"
    assert report.score is not None
    assert leading.post(address, data | texts).status_code == 403
    assert client_of(house.head).get(address).status_code == 200


def test_pages_ask_the_same_number_of_questions_however_many_rows(
    house: House, panel: Panel, client_of: Browser
) -> None:
    seat = member(panel, 0)
    client, sheet = client_of(seat.reviewer.user), sheet_of(seat, house)

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    address = f"/scoring/sheets/{sheet.pk}/"
    client.get(address)
    empty, few = count(address), count("/scoring/desk/")
    fill(sheet, 55, house.now)
    house.applicant(name="苏州丙生物科技有限公司")
    house.panel(applications=house.applications[2:])
    assert count(address) == empty <= MOST
    assert count("/scoring/desk/") == few <= MOST


def test_saving_a_field_asks_little(house: House, panel: Panel, client_of: Browser) -> None:
    seat = member(panel, 0)
    client, sheet = client_of(seat.reviewer.user), sheet_of(seat, house)
    send(client, sheet, "percent-4.1.2", "50", sheet.revision)
    with CaptureQueriesContext(connection) as queries:
        assert send(client, sheet, "percent-4.1.3", "60", sheet.revision + 1)[0] == 200
    assert len(queries) <= 12, [q["sql"][:90] for q in queries]


def test_only_reviewers_have_a_desk(house: House, client_of: Browser, user_with: Callable[..., User]) -> None:
    assert client_of(house.clerk).get("/scoring/desk/").status_code == 403
    assert "还不在评审员库中" in client_of(user_with("reviewer")).get("/scoring/desk/").content.decode()
