"""The pages: what each reader sees, what stays hidden, and how many questions it costs the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from accounts.models import User
from audit.models import AccessLog
from ground import clock
from publicity import services
from publicity.models import Honour, Incident, Notice, Objection, Payment, RevocationCase
from tests.factories import make_user
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    House,
    at,
    award,
    make_list,
    object_to,
    owner_of,
    publish,
    record_sites,
)

ClientOf = Callable[[User], Client]
OBJECTION = {
    "objector_kind": "person",
    "objector_name": "王异议",
    "contact": "13900001234",
    "statement": "该组织去年有一次产品抽查不合格，材料没有说明。",
}


def page(name: str, *args: object, **query: object) -> str:
    return reverse(f"publicity:{name}", args=args) + (f"?{urlencode(query)}" if query else "")


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return len(captured)


def open_case(house: House, honour: Honour) -> RevocationCase:
    return services.open_revocation_case(
        honour=honour, ground="fraud", summary="举报", incident=None, actor=house.clerk, now=CLOSES
    )


def report(honour: Honour) -> Incident:
    return services.report_incident(
        honour=honour,
        event="failed_check",
        confirmed_on=date(2026, 10, 9),
        description="抽查不合格",
        upload=None,
        actor=owner_of(honour.organisation),
        now=CLOSES,
    )


# ---- the public ----
def test_the_landing_page_costs_five_queries_at_most(park: House, client: Client) -> None:
    empty = queries_of(client, "/")
    award(park)
    full = queries_of(client, "/")
    assert max(empty, full) <= 5


def test_the_landing_page_shows_what_is_in_publicity(park: House, client: Client) -> None:
    notice = publish(park)
    text = client.get("/").content.decode()
    assert notice.title in text
    assert "2026年10月8日 24:00" in text


def test_the_public_reads_a_notice_with_its_first_and_last_day(park: House, client: Client) -> None:
    notice = publish(park)
    text = client.get(notice.get_absolute_url()).content.decode()
    for words in (
        "2026年9月29日",
        "2026年10月8日 24:00",
        notice.ledger_head,
        "提出异议的方式",
        park.candidates[0].organisation.name,
    ):
        assert words in text


def test_a_draft_is_hidden_from_everybody_but_the_schemes_own(
    park: House, city: House, client: Client, client_of: ClientOf
) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    address = notice.get_absolute_url()
    assert client.get(address).status_code == 404
    assert client_of(city.head).get(address).status_code == 404
    assert client_of(owner_of(park.candidates[0].organisation)).get(address).status_code == 404
    assert client_of(park.head).get(address).status_code == 200
    assert notice.title not in client.get(page("notices")).content.decode()


def test_anyone_objects_without_a_login_and_follows_by_receipt(park: House, client: Client) -> None:
    notice = publish(park)
    entry = notice.entries.first()
    address = page("file_objection", notice.pk)
    assert client.get(address).status_code == 200
    response = client.post(address, OBJECTION | {"entry": entry.pk})
    objection = Objection.objects.get()
    assert response.url == page("receipt", objection.receipt)
    text = client.get(response.url).content.decode()
    assert objection.receipt in text
    assert entry.organisation.name in text
    for secret in ("王异议", "13900001234", "抽查不合格"):
        assert secret not in text
    found = client.get(page("find_receipt", receipt=objection.receipt.lower()))
    assert found.url == page("receipt", objection.receipt)


def test_part_of_a_receipt_number_opens_nothing(park: House, client: Client) -> None:
    objection = object_to(publish(park).entries.first(), PUBLISHED)
    assert client.get(page("receipt", objection.receipt[:11])).status_code == 404
    assert client.get(page("find_receipt", receipt=objection.receipt[:11])).status_code == 422


def test_what_was_typed_stays_when_an_objection_is_refused(park: House, client: Client) -> None:
    notice = publish(park)
    data = OBJECTION | {"entry": notice.entries.first().pk, "objector_name": "匿名"}
    response = client.post(page("file_objection", notice.pk), data)
    assert response.status_code == 422
    assert "材料没有说明" in response.content.decode()
    assert not Objection.objects.exists()


def test_an_entry_of_another_notice_is_no_choice(park: House, city: House, client: Client) -> None:
    notice, other = publish(park), publish(city)
    response = client.post(page("file_objection", notice.pk), OBJECTION | {"entry": other.entries.first().pk})
    assert response.status_code == 422
    assert not Objection.objects.exists()


def test_one_address_files_five_objections_an_hour(park: House, client: Client) -> None:
    notice = publish(park)
    data = OBJECTION | {"entry": notice.entries.first().pk}
    address = page("file_objection", notice.pk)
    codes = [client.post(address, data).status_code for _ in range(6)]
    assert codes == [302] * 5 + [422]
    assert Client(REMOTE_ADDR="203.0.113.9").post(address, data).status_code == 302


def test_the_late_are_told_so(park: House, client: Client, stopped: clock.StoppedClock) -> None:
    notice = publish(park)
    stopped.move_to(CLOSES)
    services.sweep_windows(now=CLOSES)
    address = page("file_objection", notice.pk)
    assert "公示期已于" in client.get(address).content.decode()
    response = client.post(address, OBJECTION | {"entry": notice.entries.first().pk}, follow=True)
    assert "在公示期满以后提出" in response.content.decode()


def test_the_feed_names_published_notices_only(park: House, client: Client) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    assert b"<entry>" not in client.get(page("feed")).content
    record_sites(park, notice)
    services.publish_notice(notice=notice, actor=park.head, now=PUBLISHED)
    content = client.get(page("feed")).content.decode()
    assert notice.title in content
    assert 'xmlns="http://www.w3.org/2005/Atom"' in content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 3),
        ({"words": "示例"}, 3),
        ({"year": 2026, "scheme": "park"}, 3),
        ({"year": 2025}, 0),
        ({"tier": "excellence"}, 1),
        ({"state": "valid"}, 3),
        ({"state": "revoked"}, 0),
        ({"year": "x", "state": "nonsense"}, 3),
    ],
)
def test_the_honour_roll_is_searched(
    park: House, client: Client, query: dict[str, object], found: int
) -> None:
    award(park)
    assert len(client.get(page("honours", **query)).context["page"].object_list) == found


def test_the_roll_finds_a_whole_code_and_shows_no_contact_person(park: House, client: Client) -> None:
    honour = award(park)[0]
    response = client.get(page("honours", words=honour.organisation.uscc.lower()))
    assert [row.pk for row in response.context["page"]] == [honour.pk]
    text = response.content.decode() + client.get(honour.get_absolute_url()).content.decode()
    assert "李四" not in text
    assert "0512-60000000" not in text


def test_a_certificate_tells_its_standing_of_today(
    park: House, client: Client, stopped: clock.StoppedClock
) -> None:
    honour = award(park)[0]
    address = honour.get_absolute_url()
    assert "称号有效" in client.get(address).content.decode()
    for asked in (honour.certificate_number.lower(), honour.check_code):
        assert client.get(page("find_certificate", number=asked)).url == address
    assert client.get(page("find_certificate", number="PARK-2026-9999")).status_code == 422
    stopped.move_to(at(10, 10, 0, 0, year=2029))
    assert "已过有效期" in client.get(address).content.decode()


def test_a_revoked_certificate_says_so_and_is_not_given_out(
    park: House, client: Client, client_of: ClientOf
) -> None:
    honour = award(park)[0]
    case = open_case(park, honour)
    services.report_case(case=case, findings="属实", actor=park.head, now=CLOSES)
    day = CLOSES.date()
    services.propose_revocation(case=case, number="1", decided_on=day, actor=park.committee, now=CLOSES)
    services.effect_revocation(case=case, number="决2号", decided_on=day, actor=park.authority, now=CLOSES)
    text = client.get(honour.get_absolute_url()).content.decode()
    assert "证书作废" in text
    assert "决2号" in text
    holder = client_of(owner_of(honour.organisation))
    assert holder.get(page("certificate_pdf", honour.pk)).status_code == 409


def test_the_holder_downloads_the_certificate_and_nobody_else(
    park: House, client: Client, client_of: ClientOf
) -> None:
    first, second, _ = award(park)
    address = page("certificate_pdf", first.pk)
    response = client_of(owner_of(first.organisation)).get(address)
    assert response.content.startswith(b"%PDF")
    assert AccessLog.objects.filter(action="download", subject_id=str(first.pk)).exists()
    assert client_of(owner_of(second.organisation)).get(address).status_code == 403
    assert client.get(address).status_code == 302


# ---- the office ----
def test_from_approval_to_announcement_by_pages(
    park: House, client_of: ClientOf, stopped: clock.StoppedClock
) -> None:
    approval = make_list(park)
    clerk, head = client_of(park.clerk), client_of(park.head)
    desk = page("draft", park.cycle.pk)
    assert clerk.post(desk, {"approval": approval.pk}).status_code == 302
    notice = Notice.objects.get()
    revised = {"title": notice.title, "body": "改过的正文。"}
    assert clerk.post(page("revise_notice", notice.pk), revised).status_code == 302
    site = {"url": "https://www.sipac.gov.cn/1.html", "published_at": "2026-09-28T09:30"}
    assert clerk.post(page("record_site", notice.pk, "authority"), site).status_code == 302
    assert clerk.get(page("publish_notice", notice.pk)).status_code == 403
    assert "改过的正文" in head.get(page("publish_notice", notice.pk)).content.decode()
    assert head.post(page("publish_notice", notice.pk)).status_code == 302
    stopped.move_to(CLOSES)
    services.sweep_windows(now=CLOSES)
    announce = page("announce", park.cycle.pk)
    assert "500,000 元" in head.get(announce).content.decode()
    assert head.post(announce, {"number": ""}).status_code == 422
    response = head.post(announce, {"number": "苏园管〔2026〕30号"}, follow=True)
    assert "苏园管〔2026〕30号" in response.content.decode()
    assert Honour.objects.count() == 3
    for address in (desk, announce):
        assert head.get(address).status_code == 200


def test_a_refusal_of_publication_is_a_page_that_says_why(park: House, client_of: ClientOf) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.head, now=PUBLISHED)
    record_sites(park, notice)
    response = client_of(park.head).post(page("publish_notice", notice.pk))
    assert response.status_code == 409
    assert "另一位主任" in response.content.decode()


def test_a_site_that_does_not_exist_is_not_found(park: House, client_of: ClientOf) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    assert client_of(park.clerk).get(page("record_site", notice.pk, "elsewhere")).status_code == 404


def test_the_office_page_is_for_the_office_and_the_supervisor(
    park: House, city: House, client_of: ClientOf
) -> None:
    publish(park)
    address = page("draft", park.cycle.pk)
    supervisor = client_of(make_user("supervisor"))
    assert supervisor.get(address).status_code == 200
    assert supervisor.post(address, {"approval": 1}).status_code == 403
    for stranger in (city.head, park.finance, owner_of(park.candidates[0].organisation)):
        assert client_of(stranger).get(address).status_code == 403


def test_objections_by_pages_and_out_of_sight_of_all_others(
    park: House, city: House, client_of: ClientOf
) -> None:
    entry = publish(park).entries.first()
    objection, other = object_to(entry, PUBLISHED), object_to(entry, PUBLISHED)
    clerk, head = client_of(park.clerk), client_of(park.head)
    owner = client_of(owner_of(entry.organisation))
    address = objection.get_absolute_url()
    for stranger in (city.head, park.committee, park.authority):
        assert client_of(stranger).get(address).status_code == 404
    assert owner.get(address).status_code == 404
    assert owner.get(page("objections")).status_code == 403
    assert "王异议" in clerk.get(address).content.decode()
    assert AccessLog.objects.filter(action="view", subject_id=str(objection.pk)).count() == 1
    assert clerk.post(page("accept_objection", objection.pk)).status_code == 302
    decide = page("decide_objection", objection.pk)
    assert clerk.get(decide).status_code == 403
    answer = {"outcome": "dismissed", "conclusion": "不属实", "applicant_reply": "王异议说的不属实"}
    assert head.post(decide, answer).status_code == 422
    assert head.post(decide, answer | {"applicant_reply": "不属实"}).status_code == 302
    assert clerk.post(page("refuse_objection", other.pk), {"reason": ""}).status_code == 422
    assert clerk.post(page("refuse_objection", other.pk), {"reason": "重复"}).status_code == 302
    assert "重复" in Client().get(page("receipt", other.receipt)).content.decode()


def test_no_page_of_the_applicant_or_the_public_names_the_objector(
    park: House, client: Client, client_of: ClientOf
) -> None:
    notice = publish(park)
    entry = notice.entries.first()
    objection = object_to(entry, PUBLISHED)
    owner = client_of(owner_of(entry.organisation))
    for address in (
        notice.get_absolute_url(),
        page("notices"),
        "/",
        page("feed"),
        page("receipt", objection.receipt),
        page("honour_home"),
        "/inbox/",
        f"/api/v1/notices/{notice.pk}/",
    ):
        text = owner.get(address).content.decode() + client.get(address).content.decode()
        assert "王异议" not in text
        assert "13900001234" not in text


def test_payments_are_finances_and_exported_as_filtered(
    park: House, city: House, client_of: ClientOf, stopped: clock.StoppedClock
) -> None:
    award(park)
    stopped.move_to(CLOSES)
    finance = client_of(park.finance)
    payment = Payment.objects.get(amount=500000)
    address = page("payment", payment.pk)
    assert client_of(city.finance).get(address).status_code == 404
    assert client_of(park.head).post(address, {"voucher": "1", "on": "2026-10-09"}).status_code == 403
    assert client_of(park.committee).get(page("payments")).status_code == 403
    assert finance.post(address, {"voucher": "", "on": "2026-10-09"}).status_code == 422
    assert finance.post(address, {"voucher": "拨1", "on": "2026-10-10"}).status_code == 422
    assert finance.post(address, {"voucher": "拨1", "on": "2026-10-09"}).status_code == 302
    shown = finance.get(page("payments", state="paid", sort="-amount"))
    assert [row.pk for row in shown.context["page"]] == [payment.pk]
    book = load_workbook(BytesIO(finance.get(page("export_payments", state="paid")).content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][0] == payment.honour.organisation.name
    assert rows[1][4] == 500000


def test_the_holders_page_and_its_report(
    park: House, client_of: ClientOf, stopped: clock.StoppedClock
) -> None:
    first, second, _ = award(park)
    stopped.move_to(at(12, 1))
    owner = client_of(owner_of(first.organisation))
    text = owner.get(page("honour_home")).content.decode()
    assert first.certificate_number in text
    assert second.certificate_number not in text
    assert "不得：用于产品宣传" in text
    address = page("report_incident", first.pk)
    assert owner.get(page("report_incident", second.pk)).status_code == 404
    viewer = client_of(owner_of(first.organisation, "applicant_viewer"))
    assert viewer.get(address).status_code == 403
    data = {"event": "failed_check", "confirmed_on": "2026-10-20", "description": "抽查不合格"}
    response = owner.post(address, data, follow=True)
    assert "注明逾期" in response.content.decode()
    incident = Incident.objects.get()
    assert client_of(owner_of(second.organisation)).get(page("incident", incident.pk)).status_code == 404
    assert "抽查不合格" in client_of(park.clerk).get(page("incident", incident.pk)).content.decode()
    assert owner.post(page("incident", incident.pk), {"note": "自己备案"}).status_code == 403
    noted = client_of(park.clerk).post(page("incident", incident.pk), {"note": "已整改"})
    assert noted.status_code == 302


def test_an_incidents_file_is_given_to_those_who_see_the_report(park: House, client_of: ClientOf) -> None:
    honour = award(park)[0]
    owner = owner_of(honour.organisation)
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    incident = services.report_incident(
        honour=honour,
        event="failed_check",
        confirmed_on=date(2026, 10, 9),
        description="x",
        upload=SimpleUploadedFile("通知书.png", picture.getvalue()),
        actor=owner,
        now=CLOSES,
    )
    address = page("incident_file", incident.pk)
    assert client_of(owner).get(address).status_code == 200
    assert client_of(owner_of(park.candidates[1].organisation)).get(address).status_code == 404


def test_a_case_by_pages_each_body_its_own_step(
    park: House, city: House, client_of: ClientOf, stopped: clock.StoppedClock
) -> None:
    honour = award(park)[0]
    incident = report(honour)
    stopped.move_to(CLOSES)
    clerk, head = client_of(park.clerk), client_of(park.head)
    committee, authority = client_of(park.committee), client_of(park.authority)
    data = {"ground": "fraud", "summary": "材料造假"}
    assert committee.post(page("open_case", honour.pk), data).status_code == 403
    opening = page("open_case", honour.pk, incident=incident.pk)
    assert clerk.get(opening).status_code == 200
    assert clerk.post(opening, data).status_code == 302
    case = RevocationCase.objects.get()
    assert case.incident == incident
    address = page("case", case.pk)
    for stranger in (city.head, park.finance, owner_of(honour.organisation)):
        assert client_of(stranger).get(address).status_code == 404
    assert "一旦撤销" in clerk.get(address).content.decode()
    assert clerk.post(page("case_step", case.pk, "report"), {"findings": "x"}).status_code == 403
    assert head.post(page("case_step", case.pk, "report"), {"findings": ""}).status_code == 422
    assert head.post(page("case_step", case.pk, "report"), {"findings": "属实"}).status_code == 302
    decision = {"number": "决1号", "decided_on": "2026-10-09"}
    assert committee.post(page("case_step", case.pk, "effect"), decision).status_code == 403
    assert committee.post(page("case_step", case.pk, "propose"), decision).status_code == 302
    assert "取消尚未拨付的奖金" in authority.get(page("case_step", case.pk, "effect")).content.decode()
    assert authority.post(page("case_step", case.pk, "effect"), decision).status_code == 302
    assert "已生效" in authority.get(address).content.decode()
    assert authority.get(page("case_step", case.pk, "nothing")).status_code == 404
    notice = Notice.objects.get(kind="revocation")
    assert "弄虚作假" in Client().get(notice.get_absolute_url()).content.decode()


def test_the_city_asks_about_a_crime_and_the_park_does_not(
    park: House, city: House, client_of: ClientOf
) -> None:
    for house, asked in ((park, False), (city, True)):
        case = open_case(house, award(house)[0])
        services.report_case(case=case, findings="属实", actor=house.head, now=CLOSES)
        services.propose_revocation(
            case=case, number="1", decided_on=CLOSES.date(), actor=house.committee, now=CLOSES
        )
        text = client_of(house.authority).get(page("case_step", case.pk, "effect")).content.decode()
        assert ("crime_suspected" in text) is asked


# ---- how many queries ----
def test_lists_cost_the_same_with_one_row_and_with_three(
    park: House, client: Client, client_of: ClientOf
) -> None:
    entries = list(publish(park).entries.all())
    owner = owner_of(entries[0].organisation)
    clerk, finance = client_of(park.clerk), client_of(park.finance)
    object_to(entries[0], PUBLISHED)
    one = {"objections": queries_of(clerk, page("objections"))}
    for entry in entries[1:]:
        object_to(entry, PUBLISHED)
    assert queries_of(clerk, page("objections")) == one["objections"]
    Objection.objects.all().delete()
    services.sweep_windows(now=CLOSES)
    services.announce(cycle=park.cycle, number="公1号", reason="", actor=park.head, now=CLOSES)
    honours = list(Honour.objects.order_by("pk"))
    checks: dict[str, tuple[Client, str]] = {
        "honours": (client, page("honours")),
        "payments": (finance, page("payments")),
        "incidents": (clerk, page("incidents")),
        "cases": (clerk, page("cases")),
        "notices": (client, page("notices")),
    }
    report(honours[0])
    open_case(park, honours[0])
    Payment.objects.filter(honour=honours[2]).delete()
    one_row = {name: queries_of(*check) for name, check in checks.items()}
    for honour in honours[1:]:
        report(honour)
        open_case(park, honour)
    Payment.objects.create(honour=honours[1], amount=1, article="x", ordered_at=CLOSES)
    Payment.objects.create(honour=honours[2], amount=1, article="x", ordered_at=CLOSES)
    three_rows = {name: queries_of(*check) for name, check in checks.items()}
    assert three_rows == one_row
    assert max(three_rows.values()) <= 15
    for name, reader, args in (
        ("draft", clerk, [park.cycle.pk]),
        ("honour_home", client_of(owner), []),
        ("notice", client, [Notice.objects.filter(kind="publicity").get().pk]),
        ("certificate", client, [honours[0].check_code]),
        ("incident", clerk, [Incident.objects.first().pk]),
        ("case", clerk, [RevocationCase.objects.first().pk]),
        ("payment", finance, [Payment.objects.first().pk]),
    ):
        assert queries_of(reader, page(name, *args)) <= 15, name


# ---- the interface ----
def test_the_interface_tells_the_public_the_same(park: House, client: Client) -> None:
    honour = award(park)[0]
    notices = client.get("/api/v1/notices/?kind=publicity").json()
    assert notices["count"] == 1
    assert notices["results"][0]["last_day"] == "2026-10-08"
    detail = client.get(f"/api/v1/notices/{notices['results'][0]['id']}/").json()
    assert len(detail["entries"]) == 3
    assert "objections" not in detail
    found = client.get("/api/v1/honours/?tier=quality&state=valid&year=2026&scheme=park").json()
    assert found["count"] == 2
    assert set(found["results"][0]) == {
        "organisation",
        "uscc",
        "scheme",
        "year",
        "tier",
        "title",
        "repeat",
        "certificate_number",
        "awarded_on",
        "valid_until",
        "state",
    }
    for code in (honour.check_code, honour.certificate_number):
        assert client.get(f"/api/v1/certificates/{code}/").json()["state"] == "valid"
    missing = client.get("/api/v1/certificates/NOTHING/")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert client.get("/api/v1/honours/?state=nonsense").status_code == 400
    assert client.get("/api/v1/notices/?running=true").json()["count"] == 0
