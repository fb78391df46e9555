"""Consensus and report: the matrix, settling, signing, and the report that everybody with a right reads."""

from __future__ import annotations

from decimal import Decimal

from applications.models import SelfAssessment
from awards.models import Cycle
from scoring import services
from scoring.models import Consolidation, DeclinedFile, Panel
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, agree_all, seal, settle_all, sign
from tests.scoring.reviewing import MOST, Browser, customs_paper, queries, read, sheet_of, user

TEXTS = {"strengths": "战略清楚", "opportunities": "扩大对比", "conclusion": "同意上述意见"}


@kept
def panel(house: House) -> Panel:
    return house.panel()


@kept
def report(house: House, panel: Panel) -> Consolidation:
    """All sealed: 50, 55, 60, but 4.1.2 with 20, 55, 60, too far apart."""
    application = house.applications[0]
    for place, (percent, first) in enumerate(((50, 20), (55, 55), (60, 60))):
        seal(sheet_of(panel, place, application), percent, house.now, i4_1_2=first)
    return Consolidation.objects.select_related("panel").get(application=application)


def page_of(report: Consolidation, part: str = "") -> str:
    return f"/scoring/consolidations/{report.pk}/{part}"


def content(page: str) -> str:
    """Without header and footer, where addresses have numbers before a percent sign ("%2F920%2F")."""
    return page.partition("<main")[2].partition("</main>")[0]


def filled(client: object, report: Consolidation, **changes: str) -> dict[str, str]:
    form = client.get(page_of(report)).context["form"]
    return {name: str(form[name].value()) for name in form.fields} | changes


def test_before_all_is_sealed_only_the_number_is_shown(
    house: House, panel: Panel, client_of: Browser
) -> None:
    application = house.applications[0]
    for place, percent in ((1, 35), (0, 60)):
        seal(sheet_of(panel, place, application), percent, house.now)
    waiting = Consolidation.objects.get(application=application)
    page = read(client_of(user(panel, 0)), page_of(waiting))
    assert "已封存 2 / 3 份" in page
    for score in ("350.00", "35%", "600.00"):
        assert score not in content(page)
    assert client_of(user(panel, 2)).get(page_of(waiting)).status_code == 404
    assert client_of(user(panel, 0)).post(page_of(waiting), TEXTS).status_code == 403
    assert client_of(user(panel, 0)).get(page_of(waiting, "sign/")).status_code == 409


def test_the_matrix_shows_everybody_and_what_lies_apart(
    panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    answer = client_of(user(panel, 0)).get(page_of(report))
    rows = {entry["row"].line.code: entry["row"] for entry in answer.context["rows"]}
    assert rows["4.1.2"].percents == (20, 55, 60)
    assert (rows["4.1.2"].mean, rows["4.1.2"].trimmed) == (Decimal(45), Decimal(55))
    assert [code for code, row in rows.items() if row.needs_note] == ["4.1.2"]
    page = answer.content.decode()
    for place in range(3):
        assert user(panel, place).name in page
    assert "须说明" in page
    assert "<svg" in page
    assert "方法成系统" in page


def test_the_lead_reads_what_each_member_wrote_and_who_has_not_sealed_reads_none_of_it(
    house: House, panel: Panel, client_of: Browser
) -> None:
    application = house.applications[0]
    wrote = {"key_factors": "多品种小批量", "evidence": "自评4.3.2", "to_verify": "查看三月的改进台账"}
    theirs = sheet_of(panel, 1, application)
    services.save_items(sheet=theirs, items={"4.1.2": wrote}, actor=user(panel, 1), now=house.now)
    seal(theirs, 35, house.now)
    seal(sheet_of(panel, 0, application), 60, house.now)
    address = page_of(Consolidation.objects.get(application=application))
    lead, late = client_of(user(panel, 0)), client_of(user(panel, 2))
    assert [late.get(one).status_code for one in (address, f"/scoring/sheets/{theirs.pk}/")] == [404, 404]
    own = f"/scoring/sheets/{sheet_of(panel, 2, application).pk}/"
    early = read(late, own) + read(late, "/scoring/desk/") + read(lead, address)
    assert [text for text in wrote.values() if text in early] == []
    seal(sheet_of(panel, 2, application), 50, house.now)
    answer = lead.get(address)
    rows = {entry["row"].line.code: dict(entry["comments"]) for entry in answer.context["rows"]}
    assert [(said["label"], said["text"]) for said in rows["4.1.2"][user(panel, 1).name]] == [
        ("关键因素", "多品种小批量"),
        ("优势", "方法成系统"),
        ("改进机会", "展开还不够"),
        ("依据", "自评4.3.2"),
        ("现场核实事项", "查看三月的改进台账"),
    ]
    assert [text for text in wrote.values() if text not in answer.content.decode()] == []
    assert queries(lead, address) <= MOST


def test_places_of_the_members_comments_open_for_whom_the_file_is_open(
    house: House, panel: Panel, client_of: Browser
) -> None:
    application = house.applications[0]
    piece = customs_paper(house, application)
    theirs = sheet_of(panel, 1, application)
    wrote = {"evidence": "附件1；第1页；自评4.3.2"}
    services.save_items(sheet=theirs, items={"4.1.2": wrote}, actor=user(panel, 1), now=house.now)
    for place in range(3):
        seal(sheet_of(panel, place, application), 50, house.now)
    address = page_of(Consolidation.objects.get(application=application))
    files = f"/scoring/files/{application.pk}"
    shown = f'" target="_blank" rel="noopener" data-dock>附件1 海关证明.pdf</a>；<a href="{files}/'
    lead, page = client_of(user(panel, 0)), read(client_of(user(panel, 0)), address)
    assert f'<a href="{files}/{piece.file_id}/{shown}{application.report_id}/?page=1#page=1&amp;' in page
    assert "；自评4.3.2</dd>" in page
    assert lead.get(f"{files}/{piece.file_id}/").status_code == 200
    assert queries(lead, address) <= MOST
    SelfAssessment.objects.create(
        application=application, mode="online", chosen_by=house.clerk, chosen_at=house.now
    )
    own = sheet_of(panel, 0, application)
    assert f'<a href="/scoring/sheets/{own.pk}/#item-4-3-2">自评4.3.2</a>' in read(lead, address)
    watching = read(client_of(make_user("supervisor")), address)
    assert "附件1；第1页；自评4.3.2" in watching
    assert files not in watching


def test_each_item_starts_with_the_median_and_the_texts_with_the_comments(
    panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    form = client_of(user(panel, 0)).get(page_of(report)).context["form"]
    assert form["percent-4.1.2"].value() == 55
    assert form["percent-4.1.3"].value() == 55
    assert "高层领导的作用：方法成系统" in form["strengths"].value()


def test_a_note_is_asked_for_at_its_item_and_what_was_typed_stays(
    panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    client = client_of(user(panel, 0))
    answer = client.post(page_of(report), filled(client, report, **TEXTS))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["note-4.1.2"]
    page = answer.content.decode()
    assert "相差 40 个百分点" in page
    assert "同意上述意见" in page
    assert not report.items.exists()


def test_saving_keeps_everything_for_later(panel: Panel, report: Consolidation, client_of: Browser) -> None:
    client = client_of(user(panel, 0))
    data = filled(client, report, strengths="写了一半", **{"note-4.1.2": "看了证据", "percent-4.1.3": "65"})
    assert client.post(page_of(report), data).url == page_of(report)
    report.refresh_from_db()
    assert (report.state, report.strengths) == ("open", "写了一半")
    assert report.items.count() == 23
    assert report.items.get(item="4.1.3").percent == 65
    form = client.get(page_of(report)).context["form"]
    assert (form["percent-4.1.3"].value(), form["note-4.1.2"].value()) == (65, "看了证据")


def test_signing_asks_for_the_three_texts(panel: Panel, report: Consolidation, client_of: Browser) -> None:
    client = client_of(user(panel, 0))
    data = filled(client, report, **TEXTS | {"conclusion": " ", "note-4.1.2": "看了证据", "sign": "1"})
    answer = client.post(page_of(report), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["conclusion"]
    assert "请填写评审意见" in answer.content.decode()


def test_the_lead_signs_after_a_confirmation(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    client = client_of(user(panel, 0))
    data = filled(client, report, **TEXTS, **{"note-4.1.2": "看了证据", "sign": "1"})
    assert client.post(page_of(report), data).url == page_of(report, "sign/")
    assert "还不能签署，有 1 处要补充" in read(client, page_of(report, "sign/"))
    agree_all(report, house.now)
    page = read(client, page_of(report, "sign/"))
    assert "550.00" in page
    assert "签署后环节得分确定" in page
    assert '<form class="form" method="post"' in page
    assert client.post(page_of(report, "sign/")).status_code == 422
    assert client.post(page_of(report, "sign/"), {"confirmed": "on"}).url == page_of(report)
    report.refresh_from_db()
    assert (report.state, report.score) == ("signing", Decimal("550.00"))
    assert client.get(page_of(report, "sign/")).url == page_of(report)
    assert client.get(page_of(report, "report/")).status_code == 404
    assert client.post(page_of(report, "sign/"), {"confirmed": "on"}).status_code == 409
    assert client.post(page_of(report), data).status_code == 403


def test_what_is_not_settled_stops_the_signature(
    panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    client = client_of(user(panel, 0))
    page = read(client, page_of(report, "sign/"))
    assert "还不能签署，有 23 处要补充" in page
    answer = client.post(page_of(report, "sign/"), {"confirmed": "on"})
    assert answer.status_code == 422
    assert Consolidation.objects.get(pk=report.pk).state == "open"


def test_each_page_says_what_comes_next(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    def step(place: int) -> str:
        found = client_of(user(panel, place)).get(page_of(report)).context["step"]
        return str(found["title"]) if found else ""

    assert (step(0), step(1)) == ("下一步：确定各项合议结果", "等待组长签署报告")
    settle_all(report, 55, house.now, note="看了证据")
    assert (step(0), step(1)) == ("等待成员表示意见", "")
    assert client_of(user(panel, 1)).get(page_of(report)).context["asked"]
    assert "等成员表示意见" in read(client_of(user(panel, 0)), "/scoring/desk/")
    agree_all(report, house.now)
    assert (step(0), step(1)) == ("下一步：签署评审报告", "等待组长签署报告")
    assert "待合议签署" in read(client_of(user(panel, 0)), "/scoring/desk/")
    settle_all(report, 60, house.now, note="再看证据")
    sign(report, house.now)
    assert (step(0), step(1)) == ("", "")


def test_members_read_and_do_not_settle(panel: Panel, report: Consolidation, client_of: Browser) -> None:
    client = client_of(user(panel, 1))
    page = read(client, page_of(report))
    assert "<select" not in page
    assert client.post(page_of(report), TEXTS).status_code == 403
    assert client.get(page_of(report, "sign/")).status_code == 403
    assert client.post(page_of(report, "sign/"), {"confirmed": "on"}).status_code == 403


def test_the_report_is_complete_and_can_be_checked(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    assert client_of(user(panel, 0)).get(page_of(report, "report/")).status_code == 404
    settle_all(report, 55, house.now, note="看了证据")
    sign(report, house.now)
    page = read(client_of(user(panel, 1)), page_of(report, "report/"))
    for words in (
        "领导作用明显",
        "对比数据不足",
        "材料评审通过",
        "看了证据",
        "550.00",
        report.digest,
        "核对一致",
    ):
        assert words in page
    for place in range(3):
        assert sheet_of(panel, place, house.applications[0]).digest in page


def test_committee_and_authority_read_the_report_without_single_scores(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    settle_all(report, 55, house.now, note="看了证据")
    sign(report, house.now)
    Cycle.objects.filter(pk=house.cycle.pk).update(state="ranked")
    for role in ("committee:park", "authority:park"):
        client = client_of(make_user(role))
        assert client.get(page_of(report)).url == page_of(report, "report/")
        page = content(read(client, page_of(report, "report/")))
        assert "550.00" in page
        for single in ("20%", "500.00", "485.00", "600.00"):
            assert single not in page
    for somebody in (house.head, make_user("supervisor"), user(panel, 2)):
        assert "485.00" in read(client_of(somebody), page_of(report))


def test_an_early_look_is_for_nobody_but_panel_and_supervisor(
    house: House, report: Consolidation, client_of: Browser
) -> None:
    roles = ("committee:park", "authority:park", "office_head:city", "administrator", "finance:park")
    for somebody in (house.head, house.clerk, *(make_user(role) for role in roles)):
        for part in ("", "report/", "sign/"):
            assert client_of(somebody).get(page_of(report, part)).status_code == 404
    assert client_of(make_user("supervisor")).get(page_of(report)).status_code == 200


def test_pages_ask_few_questions(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    client = client_of(user(panel, 0))
    assert queries(client, page_of(report)) <= MOST
    settle_all(report, 55, house.now, note="看了证据")
    assert queries(client, page_of(report, "sign/")) <= MOST
    sign(report, house.now)
    assert queries(client, page_of(report, "report/")) <= MOST
    assert queries(client, page_of(report)) <= MOST


def test_a_signed_report_names_those_who_made_it_whoever_sits_there_later(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    """The second applicant's file is taken over by somebody new, who then leads the panel."""
    names = [user(panel, place).name for place in range(3)]
    settle_all(report, 55, house.now, "已议定。")
    sign(report, house.now)
    services.decline_file(
        reviewer=panel.members.all()[2].reviewer, application=house.applications[1], reason="日程冲突",
        actor=user(panel, 2), now=house.now,
    )  # fmt: skip
    fresh = house.reviewer()
    services.replace_reviewer(
        declined=DeclinedFile.objects.get(), reviewer=fresh, actor=house.clerk, now=house.now
    )
    services.change_lead(panel=panel, reviewer=fresh, reason="另定组长", actor=house.head, now=house.now)
    for part in ("", "report/"):
        page = content(read(client_of(house.clerk), page_of(report, part)))
        assert f"{names[0]}（组长）、{names[1]}、{names[2]}" in page
        assert fresh.user.name not in page
