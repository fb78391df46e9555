"""The sheet: file beside the items, each field saved by itself, the whole as one plain form."""

from __future__ import annotations

import pytest

from applications.models import AssessmentItem, PageIndex, SelfAssessment
from audit.models import AccessLog
from awards.law.editions import Edition
from awards.models import Cycle
from documents.models import StoredFile
from scoring import services
from scoring.models import Panel, SheetItem
from tests.kept import kept
from tests.scoring.builders import House, fill, seal, seal_all, settle_all, sheets_of, sign
from tests.scoring.reviewing import MOST, Browser, customs_paper, queries, read, send, sheet_of, user


@kept
def panel(house: House) -> Panel:
    return house.panel()


# ---- the page


def test_file_and_items_stand_side_by_side(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    customs_paper(house, application)
    sheet = sheet_of(panel, 0, application)
    page = read(client_of(user(panel, 0)), f"/scoring/sheets/{sheet.pk}/")
    assert f'src="/scoring/files/{application.pk}/{application.report_id}/' in page
    assert "使命：让制造更精密" in page
    assert "海关证明.pdf" in page
    assert page.count('class="card sheet-item"') == 23
    assert "0512-60000000" not in page
    assert application.organisation.contact_name not in page


@pytest.mark.parametrize(
    ("scan", "words", "opens"),
    [
        ("clean", "已通过病毒检测", True),
        ("waiting", "病毒检测中", False),
        ("scanner_down", "病毒检测未完成，自动重试", False),
        ("infected", "含有病毒，已隔离", False),
    ],
)
def test_the_file_pane_says_what_the_scanner_found(
    house: House, panel: Panel, client_of: Browser, scan: str, words: str, opens: bool
) -> None:
    """A report that can't be opened is said to be so, not shown as an empty frame."""
    application = house.applications[0]
    customs_paper(house, application)
    StoredFile.objects.update(scan=scan)
    page = read(client_of(user(panel, 0)), f"/scoring/sheets/{sheet_of(panel, 0, application).pk}/")
    assert page.count(words) == 2
    assert ("<iframe" in page) is opens
    assert (f'href="/scoring/files/{application.pk}/{application.report_id}/"' in page) is (
        scan != "infected"
    )


def test_opening_the_sheet_and_each_file_is_noted(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    client = client_of(user(panel, 0))
    client.get(f"/scoring/sheets/{sheet_of(panel, 0, application).pk}/")
    answer = client.get(f"/scoring/files/{application.pk}/{application.report_id}/")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Type"] == "application/pdf"
    taken = client.get(f"/scoring/files/{application.pk}/{application.report_id}/?download")
    assert taken["Content-Disposition"].startswith("attachment")
    rows = AccessLog.objects.filter(subject_type="applications.application", subject_id=str(application.pk))
    assert list(rows.order_by("pk").values_list("action", "detail")) == [
        ("view", ""),
        ("view", "自评报告.pdf"),
        ("download", "自评报告.pdf"),
    ]


def test_an_item_leads_to_its_pages_in_the_report(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    PageIndex.objects.create(application=application, code="4.1.2", first_page=3, last_page=7)
    sheet = sheet_of(panel, 0, application)
    page = read(client_of(user(panel, 0)), f"/scoring/sheets/{sheet.pk}/")
    assert "看报告第 3–7 页" in page
    assert f"/scoring/files/{application.pk}/{application.report_id}/?page=3#page=3" in page


def test_an_assessment_filled_in_online_stands_beside_the_items_without_its_self_scores(
    house: House, panel: Panel, client_of: Browser
) -> None:
    application = house.applications[0]
    SelfAssessment.objects.create(
        application=application, mode="online", chosen_by=house.clerk, chosen_at=house.now
    )
    item = AssessmentItem.objects.create(
        application=application,
        code="4.1.2",
        text="高层每月走进班组。",
        words=9,
        self_percent=85,
        saved_by=house.clerk,
        saved_at=house.now,
    )
    piece = customs_paper(house, application)
    item.evidence_links.create(evidence=piece, note="第2页")
    sheet = sheet_of(panel, 0, application)
    address = f"/scoring/sheets/{sheet.pk}/"
    page = read(client_of(user(panel, 0)), address)
    assert "高层每月走进班组" in page
    assert 'href="#item-4-1-2"' in page
    assert "自评 85%" not in page
    assert queries(client_of(user(panel, 0)), address) <= MOST


def test_a_band_is_told_in_words_and_a_missing_comment_is_marked(
    house: House, panel: Panel, client_of: Browser
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    services.save_item(
        sheet=sheet,
        item="4.1.2",
        percent=90,
        strengths="",
        opportunities="",
        actor=user(panel, 0),
        now=house.now,
    )
    answer = client_of(user(panel, 0)).get(f"/scoring/sheets/{sheet.pk}/")
    first, second, *_ = answer.context["groups"][0]["lines"]
    assert (first["state"], first["asks"], first["points"]) == ("short", True, 45)
    assert (second["state"], second["asks"], second["band"]) == ("unscored", False, "")
    assert "全面展开，没有明显弱项" in first["band"]
    assert "方法完善" in answer.content.decode()


def test_zero_percent_is_a_score(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    assert send(client, sheet, "percent-4.1.2", "0", 0)[0] == 200
    assert '<option value="0" selected>0%</option>' in read(client, f"/scoring/sheets/{sheet.pk}/")


def test_it_costs_the_same_empty_and_full(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    address = f"/scoring/sheets/{sheet.pk}/"
    empty = queries(client, address)
    fill(sheet, 55, house.now)
    assert queries(client, address) == empty <= MOST


# ---- the plain form


def test_without_a_script_the_sheet_is_one_form(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    address = f"/scoring/sheets/{sheet.pk}/"
    data = {"version": "0", "percent-4.1.2": "50", "strengths-4.1.3": "两行\r\n文字", "overall": "好"}
    assert client.post(address, data).url == address
    rows = {row.item: row for row in sheet.items.all()}
    assert set(rows) == {"4.1.2", "4.1.3"}, "untouched items make no rows"
    assert (rows["4.1.2"].percent, rows["4.1.3"].strengths) == (50, "两行\n文字")
    assert "评分已保存" in read(client, address)
    assert client.post(address, data | {"version": "1", "seal": "1"}).url == f"{address}seal/"
    sheet.refresh_from_db()
    assert sheet.revision == 1, "nothing was changed, nothing was saved"


def test_a_form_with_errors_keeps_what_was_typed(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    answer = client_of(user(panel, 0)).post(
        f"/scoring/sheets/{sheet.pk}/",
        {"version": "0", "percent-4.1.2": "57", "strengths-4.1.3": "不能丢的文字", "overall": "总评"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-percent-4.1.2"' in page
    assert "不能丢的文字" in page
    assert "data-unsaved" in page
    assert not sheet.items.exists()


def test_a_form_of_another_window_shows_both_and_may_then_be_sent_again(
    house: House, panel: Panel, client_of: Browser
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    address = f"/scoring/sheets/{sheet.pk}/"
    send(client, sheet, "strengths-4.1.2", "第一个窗口", 0)
    data = {"version": "0", "strengths-4.1.2": "第二个窗口", "percent-4.1.3": "50"}
    answer = client.post(address, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "另一个窗口已经保存了“第一个窗口”" in page
    assert "第二个窗口" in page
    assert SheetItem.objects.get(sheet=sheet).strengths == "第一个窗口"
    again = data | {"version": answer.context["form"]["version"].value()}
    assert client.post(address, again).status_code == 302
    assert SheetItem.objects.get(sheet=sheet, item="4.1.2").strengths == "第二个窗口"


def test_an_empty_form_is_a_form(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    assert client_of(user(panel, 0)).post(f"/scoring/sheets/{sheet.pk}/").status_code == 302


# ---- who writes


def test_a_sealed_sheet_is_read_only(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = seal(sheet_of(panel, 0, house.applications[0]), 55, house.now)
    sheet.refresh_from_db()
    client = client_of(user(panel, 0))
    address = f"/scoring/sheets/{sheet.pk}/"
    page = read(client, address)
    assert sheet.digest in page
    assert "<textarea" not in page
    assert "方法成系统" in page
    assert send(client, sheet, "percent-4.1.2", "10", sheet.revision)[0] == 422
    assert client.post(address, {"percent-4.1.2": "10"}).status_code == 409
    assert sheet.items.get(item="4.1.2").percent == 55


def test_a_colleague_reads_and_does_not_write(house: House, panel: Panel, client_of: Browser) -> None:
    sheets = sheets_of(panel, house.applications[0])
    first, second = [seal(sheet, 55, house.now) for sheet in sheets][:2]
    client = client_of(user(panel, 1))
    page = read(client, f"/scoring/sheets/{first.pk}/")
    assert str(first.reviewer) in page
    assert "申报材料" not in page
    assert client.post(f"/scoring/sheets/{first.pk}/", {"percent-4.1.2": "10"}).status_code == 409
    answer = client.post(
        f"/scoring/sheets/{first.pk}/field/",
        b'{"field": "percent-4.1.2", "value": "10", "version": 0}',
        content_type="application/json",
    )
    assert answer.status_code == 403
    noted = AccessLog.objects.filter(subject_type="scoring.sheet", subject_id=str(first.pk))
    assert noted.count() == 1
    assert second.state == "sealed"


def test_a_withdrawn_application_is_scored_no_more(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    sheet = sheet_of(panel, 0, application)
    type(application).objects.filter(pk=application.pk).update(state="withdrawn")
    client = client_of(user(panel, 0))
    page = read(client, f"/scoring/sheets/{sheet.pk}/")
    assert "不再评分" in page
    assert "使命：让制造更精密" not in page
    assert send(client, sheet, "percent-4.1.2", "50", 0)[0] == 422
    assert client.get(f"/scoring/files/{application.pk}/{application.report_id}/").status_code == 404


def test_only_addresses_of_that_file_are_served(house: House, panel: Panel, client_of: Browser) -> None:
    first, second = house.applications
    client = client_of(user(panel, 0))
    assert client.get(f"/scoring/files/{first.pk}/{second.report_id}/").status_code == 404
    assert client.get(f"/scoring/files/{first.pk}/0/").status_code == 404
    assert client.get(f"/scoring/files/{first.pk}/images/1/").status_code == 404


# ---- band first, places in the file, the stage before


def test_band_and_percentage_are_sent_together(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    address = f"/scoring/sheets/{sheet.pk}/"
    answer = client.post(address, {"version": "0", "band-4.1.2": "30", "percent-4.1.2": "50"})
    assert answer.status_code == 422
    assert "50% 不在所选的区间里" in answer.content.decode()
    assert not sheet.items.exists()
    assert client.post(address, {"version": "0", "band-4.1.2": "30", "hours": "2.5"}).status_code == 302
    assert (sheet.items.get().band, sheet.items.get().percent) == (30, None)
    assert send(client, sheet, "percent-4.1.2", "45", 1)[0] == 200
    assert send(client, sheet, "band-4.1.2", "70", 2)[0] == 200
    assert (sheet.items.get().band, sheet.items.get().percent) == (70, None)
    assert send(client, sheet, "hours", "0.55", 3) == (422, {"message": "用时最多一位小数，如 3.5。"})
    sheet.refresh_from_db()
    assert str(sheet.hours) == "2.5"


def test_places_lead_into_the_file(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    piece = customs_paper(house, application)
    sheet = sheet_of(panel, 0, application)
    client = client_of(user(panel, 0))
    assert send(client, sheet, "evidence-4.1.2", "附件 1，P1", 0)[0] == 200
    status, body = send(client, sheet, "evidence-4.1.3", "附件2", 1)
    assert (status, "附件2" in body["message"]) == (422, True)
    page = read(client, f"/scoring/sheets/{sheet.pk}/")
    assert (
        f'<a href="/scoring/files/{application.pk}/{piece.file_id}/" target="_blank" rel="noopener">附件1 海关证明.pdf</a>'
        in page
    )
    assert f"/scoring/files/{application.pk}/{application.report_id}/?page=1#page=1&amp;" in page


def test_the_stage_before_is_shown_only_where_the_edition_allows(
    house: House, panel: Panel, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = house.applications[0]
    services.save_items(
        sheet=sheet_of(panel, 1, application),
        items={"4.1.2": {"to_verify": "访谈班组长"}},
        actor=user(panel, 1),
        now=house.now,
    )
    consolidation = seal_all(panel, application, [50, 55, 60], house.now)
    settle_all(consolidation, 55, house.now)
    sign(consolidation, house.now)
    application.state = "shortlisted"
    application.save()
    Cycle.objects.update(state="site")
    house.cycle.refresh_from_db()
    visit = house.panel(kind="site", applications=[application])
    address = f"/scoring/sheets/{sheet_of(visit, 0, application, 'site').pk}/"
    page = read(client_of(user(visit, 0)), address)
    assert "访谈班组长" in page
    assert "合议" not in page
    value, has = Edition.value, Edition.has
    named = "show_previous_consensus"
    monkeypatch.setattr(Edition, "has", lambda self, key: key == named or has(self, key))
    monkeypatch.setattr(Edition, "value", lambda self, key, on=None: key == named or value(self, key, on))
    page = read(client_of(user(visit, 0)), address)
    assert "材料评审合议得分 <strong>550.00</strong>" in page
    assert page.count("材料评审合议：<strong data-before>55%</strong>") == 23
    SelfAssessment.objects.create(
        application=application, mode="online", chosen_by=house.clerk, chosen_at=house.now
    )
    AssessmentItem.objects.create(
        application=application, code="4.1.2", text="高层", words=2, saved_by=house.clerk, saved_at=house.now
    )
    assert queries(client_of(user(visit, 0)), address) <= MOST
