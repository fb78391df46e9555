"""Declaring: before anything of a file opens, on each applicant; a conflict shuts everything."""

from __future__ import annotations

import pytest

from applications.models import Application
from scoring.models import Recusal, RecusalDeclaration, Sheet
from tests.scoring.builders import House, make_recommender, pledge
from tests.scoring.reviewing import Browser, member, read, sheet_of, started, user


def data(application: Application, kind: str, reason: str = "") -> dict[str, str]:
    return {f"{application.pk}-kind": kind, f"{application.pk}-reason": reason}


def test_only_the_name_and_the_recommender_are_shown(house: House, client_of: Browser) -> None:
    application = house.applications[0]
    application.recommender = make_recommender()
    application.save(update_fields=["recommender"])
    panel = started(house)
    page = read(client_of(user(panel, 0)), f"/scoring/recusal/{application.pk}/")
    assert application.organisation.name in page
    assert application.recommender.name in page
    for secret in (
        application.organisation.uscc,
        "使命：让制造更精密",
        application.report_name,
        "0512-60000000",
    ):
        assert secret not in page


def test_before_the_declaration_the_file_stays_shut(house: House, client_of: Browser) -> None:
    panel = started(house)
    application = house.applications[0]
    client, sheet = client_of(user(panel, 0)), sheet_of(panel, 0, application)
    declare = f"/scoring/recusal/{application.pk}/"
    report = f"/scoring/files/{application.pk}/{application.report_id}/"
    pledge(sheet.reviewer, house.cycle, house.now)
    assert client.get(f"/scoring/sheets/{sheet.pk}/").url == declare
    assert client.post(f"/scoring/sheets/{sheet.pk}/", {"percent-4.1.2": "50"}).url == declare
    assert client.get(f"/scoring/sheets/{sheet.pk}/seal/").url == declare
    assert client.get(report).status_code == 404
    assert not sheet.items.exists()
    assert client.post(declare, data(application, "none")).url == "/scoring/recusal/"
    assert client.get(f"/scoring/sheets/{sheet.pk}/").status_code == 200
    assert client.get(report).status_code == 200


def test_with_the_last_answer_on_to_the_desk(house: House, client_of: Browser) -> None:
    panel = started(house)
    client = client_of(user(panel, 0))
    first, second = house.applications
    page = read(client, "/scoring/recusal/")
    assert first.organisation.name in page
    assert second.organisation.name in page
    client.post(f"/scoring/recusal/{first.pk}/", data(first, "none"))
    assert client.post(f"/scoring/recusal/{second.pk}/", data(second, "none")).url == "/scoring/desk/"
    assert RecusalDeclaration.objects.filter(reviewer=member(panel, 0).reviewer, conflict=False).count() == 2


def test_before_the_panel_starts_a_declaration_opens_nothing(house: House, client_of: Browser) -> None:
    panel = house.form(house.bench())
    application = house.applications[0]
    client = client_of(user(panel, 0))
    client.post(f"/scoring/recusal/{application.pk}/", data(application, "none"))
    assert client.get(f"/scoring/files/{application.pk}/{application.report_id}/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [("", "", "请选择有无利害关系"), ("family", "  ", "请说明利害关系的具体情况"), ("friend", "x", "有效")],
)
def test_what_is_missing_is_said(
    house: House, client_of: Browser, kind: str, reason: str, words: str
) -> None:
    panel, application = started(house), house.applications[0]
    answer = client_of(user(panel, 0)).post(
        f"/scoring/recusal/{application.pk}/", data(application, kind, reason)
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RecusalDeclaration.objects.exists()


def test_a_conflict_shuts_everything(house: House, client_of: Browser) -> None:
    panel = started(house, size=4)
    application, other = house.applications
    client, sheet = client_of(user(panel, 3)), sheet_of(panel, 3, application)
    declare = f"/scoring/recusal/{application.pk}/"
    assert client.post(declare, data(application, "family", "配偶在该公司任财务总监")).status_code == 302
    assert Recusal.objects.get(reviewer=sheet.reviewer, application=application).source == "declared"
    assert Sheet.objects.get(pk=sheet.pk).state == "void"
    assert application.organisation.name in read(client, "/scoring/desk/"), "the message after declaring"
    for address in ("/scoring/desk/", "/scoring/recusal/"):
        page = read(client, address)
        assert application.organisation.name not in page
        assert other.organisation.name in page
    for address in (
        declare,
        f"/scoring/sheets/{sheet.pk}/",
        f"/scoring/sheets/{sheet.pk}/seal/",
        f"/scoring/files/{application.pk}/{application.report_id}/",
    ):
        assert client.get(address).status_code == 404, address


def test_no_conflict_can_be_corrected_to_one(house: House, client_of: Browser) -> None:
    panel, application = house.panel(size=4), house.applications[0]
    client = client_of(user(panel, 3))
    address = f"/scoring/recusal/{application.pk}/"
    assert "您已于" in read(client, address)
    assert client.post(address, data(application, "consulting", "去年提供过培训")).status_code == 302
    assert client.get(address).status_code == 404


def test_a_conflict_in_the_data_is_not_declared_away(house: House, client_of: Browser) -> None:
    panel, application = started(house), house.applications[0]
    reviewer = member(panel, 1).reviewer
    reviewer.employer_uscc = application.organisation.uscc
    reviewer.save(update_fields=["employer_uscc"])
    address = f"/scoring/recusal/{application.pk}/"
    assert client_of(user(panel, 1)).get(address).status_code == 404
    assert client_of(user(panel, 1)).post(address, data(application, "none")).status_code == 404


def test_only_for_those_seated(house: House, client_of: Browser) -> None:
    started(house)
    address = f"/scoring/recusal/{house.applications[0].pk}/"
    assert client_of(house.reviewer().user).get(address).status_code == 404
    assert client_of(house.clerk).get(address).status_code == 403
    assert client_of(house.clerk).get("/scoring/recusal/").status_code == 403
