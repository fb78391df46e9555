"""Sealing: what is missing with links, the consequences, and the receipt."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scoring import services
from scoring.models import Panel, PresentationSlot, Sheet, SiteVisit, VisitAnswer
from tests.kept import kept
from tests.scoring.builders import House, fill
from tests.scoring.reviewing import Browser, read, sheet_of, user
from tests.scoring.visiting import drawn, make_site, question, site_panel, visit_plan


@kept
def panel(house: House) -> Panel:
    return house.panel()


def test_what_is_missing_is_listed_with_links(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    fill(sheet, 60, house.now)
    me = user(panel, 0)
    blank = {"strengths": "", "opportunities": ""}
    services.save_items(
        sheet=sheet,
        items={
            "4.1.2": {"percent": None},
            "4.1.3": blank | {"percent": 85},
            "4.1.4": blank | {"percent": 25},
        },
        actor=me,
        now=house.now,
    )
    answer = client_of(me).get(f"/scoring/sheets/{sheet.pk}/seal/")
    page = answer.content.decode()
    assert [(fault.code, fault.field) for fault in answer.context["faults"]] == [
        ("item_unscored", "4.1.2"),
        ("comment_missing", "4.1.3"),
        ("comment_missing", "4.1.4"),
    ]
    for code in ("4.1.2", "4.1.3", "4.1.4"):
        assert f'href="/scoring/sheets/{sheet.pk}/#item-{code}"' in page
    assert "还不能封存，有 3 处要补充" in page
    assert ">封存评分</button>" not in page


def test_a_sheet_with_gaps_is_not_sealed(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    answer = client_of(user(panel, 0)).post(f"/scoring/sheets/{sheet.pk}/seal/")
    assert answer.status_code == 422
    assert len(answer.context["faults"]) == 23
    assert Sheet.objects.get(pk=sheet.pk).state == "draft"


def test_the_confirmation_tells_the_consequences_and_the_total(
    house: House, panel: Panel, client_of: Browser
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    fill(sheet, 55, house.now)
    page = read(client_of(user(panel, 0)), f"/scoring/sheets/{sheet.pk}/seal/")
    assert "550.00" in page
    assert "封存后评分不能再改" in page


@pytest.mark.parametrize(("planned", "days", "told"), [(False, 0, True), (True, 1, True), (True, 0, False)])
def test_a_site_sheet_is_not_sealed_unawares_before_the_visit(
    db: None, now: datetime, client_of: Browser, planned: bool, days: int, told: bool
) -> None:
    """Nor without the words on the whole and the hours; both may still be left out."""
    site = make_site(now, 1)
    panel, application = site_panel(site), site.applications[0]
    if planned:
        visit = visit_plan(site, panel, application)
        begins = now.date() + timedelta(days=days)
        SiteVisit.objects.filter(pk=visit.pk).update(starts_on=begins, ends_on=begins)
    sheet = sheet_of(panel, 1, application, "site")
    fill(sheet, 55, now)
    page = read(client_of(user(panel, 1)), f"/scoring/sheets/{sheet.pk}/seal/")
    assert ("现场评审还没有开始" in page) is told
    assert "总体评价和用时还没有填写" in page
    assert ">封存评分</button>" in page


def test_questions_for_the_visit_without_an_answer_are_told_before_sealing(
    site: House, client_of: Browser
) -> None:
    panel, application = site_panel(site), site.applications[0]
    asked = question(site, application, "4.1.2", "看台账")
    visit = visit_plan(site, panel, application)
    sheet = sheet_of(panel, 1, application, "site")
    fill(sheet, 55, site.now)
    client, address = client_of(user(panel, 1)), f"/scoring/sheets/{sheet.pk}/seal/"
    page = read(client, address)
    assert "还有 1 处现场核实事项没有记录核实结果" in page
    assert f'href="{visit.get_absolute_url()}#questions"' in page
    VisitAnswer.objects.create(visit=visit, sheet=asked, item="4.1.2", outcome="open")
    assert "没有记录核实结果" not in read(client, address)


@pytest.mark.parametrize(("minutes", "told"), [(None, True), (-1, True), (0, False)])
def test_a_presentation_is_not_scored_unawares_before_it_is_heard(
    db: None, now: datetime, client_of: Browser, minutes: int | None, told: bool
) -> None:
    site = make_site(now, 1)
    panel, application = site_panel(site), site.applications[0]
    if minutes is not None:
        drawn(site, panel)
        PresentationSlot.objects.filter(application=application).update(
            starts_at=now - timedelta(minutes=minutes), ends_at=now + timedelta(minutes=60)
        )
    sheet = sheet_of(panel, 1, application, "presentation")
    fill(sheet, 55, now)
    page = read(client_of(user(panel, 1)), f"/scoring/sheets/{sheet.pk}/seal/")
    assert ("陈述答辩还没有开始" in page) is told


def test_sealed_it_has_a_receipt(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    fill(sheet, 55, house.now)
    client, address = client_of(user(panel, 0)), f"/scoring/sheets/{sheet.pk}/seal/"
    assert client.post(address).url == address
    sheet.refresh_from_db()
    page = read(client, address)
    assert sheet.digest in page
    assert "2026年8月3日 09:00:00" in page
    assert "本组已封存 1 / 3 份" in page
    assert f"评下一家：{house.applications[1].organisation.name}" in page
    assert f'data-draft-saved="sheet-{sheet.pk}"' in page
    assert client.post(address).status_code == 409


def test_the_last_seal_leads_the_lead_to_the_consensus(
    house: House, panel: Panel, client_of: Browser
) -> None:
    application = house.applications[0]
    for place in (1, 2, 0):
        sheet = sheet_of(panel, place, application)
        fill(sheet, 55, house.now)
        client_of(user(panel, place)).post(f"/scoring/sheets/{sheet.pk}/seal/")
    consolidation = application.consolidations.get()
    mine = sheet_of(panel, 0, application)
    assert f'href="{consolidation.get_absolute_url()}"' in read(
        client_of(user(panel, 0)), f"/scoring/sheets/{mine.pk}/seal/"
    )


def test_nobody_else_seals(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    fill(sheet, 55, house.now)
    for somebody in (user(panel, 1), house.head, house.clerk):
        for method in ("get", "post"):
            answer = getattr(client_of(somebody), method)(f"/scoring/sheets/{sheet.pk}/seal/")
            assert answer.status_code == 404
    assert Sheet.objects.get(pk=sheet.pk).state == "draft"
