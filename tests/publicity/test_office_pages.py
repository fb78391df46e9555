"""Pages of office, finance, committee, authority and holder: each body its own step, in sight of nobody else."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from PIL import Image

from audit.models import AccessLog
from ground import clock
from publicity import services
from publicity.models import Honour, Incident, Notice, Payment, RevocationCase
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
from tests.publicity.paging import ClientOf, open_case, page, report


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
