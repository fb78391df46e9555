"""What the visit changed: the panel's reason before it signs, and the report that carries it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from audit.models import Entry
from awards.models import Cycle
from ground.digest import canonical_json, sm3_hex
from ground.errors import Refused
from scoring import services
from scoring.models import Consolidation, Panel, SheetItem, SiteVisit, VisitAnswer
from scoring.queries.differences import explained
from scoring.queries.documents import consolidation_digest_holds, consolidation_document, sheet_digests
from scoring.queries.earlier import earlier_of
from scoring.queries.references import verification_of
from scoring.queries.score_forms import score_form
from scoring.rules.differences import Difference
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, seal, settle_all, sign
from tests.scoring.reviewing import MOST, Browser, queries, read, send, sheet_of, user
from tests.scoring.visiting import make_site, question, report_signed, visit_plan


@kept
def site(db: None, now: datetime) -> House:
    house = make_site(now, 1)
    question(house, house.applications[0], "4.1.2", "看台账", percent=50)
    return house


def opened(site: House, panel: Panel, percent: int = 75) -> Consolidation:
    for place in range(3):
        seal(sheet_of(panel, place, site.applications[0], "site"), percent, site.now)
    return Consolidation.objects.get(application=site.applications[0], stage="site")


@pytest.mark.parametrize(
    ("before", "after", "limit", "points", "owes"),
    [
        (50, 70, 20, 20, False),
        (50, 75, 20, 25, True),
        (50, 25, 20, -25, True),
        (50, 50, 0, 0, False),
        (50, 55, 0, 5, True),
        (None, 75, 20, None, False),
        (50, None, 20, None, False),
        (0, 100, None, 100, False),
    ],
)
def test_a_reason_is_owed_beyond_the_limit(
    before: int | None, after: int | None, limit: int | None, points: int | None, owes: bool
) -> None:
    found = Difference(before, after, limit)
    assert (found.points, found.owes_reason) == (points, owes)


def test_what_the_visit_left_open_is_told_before_signing(
    site: House, panel: Panel, client_of: Browser
) -> None:
    """It stops nobody: what could not be looked into is an answer too, once it is written down."""
    application, client = site.applications[0], client_of(user(panel, 0))
    visit = visit_plan(site, panel, application)
    address = f"/scoring/consolidations/{opened(site, panel, 50).pk}/sign/"
    page = read(client, address)
    assert "还有 1 处现场核实事项没有记录核实结果" in page
    assert "看台账" in page
    assert f'href="/scoring/visits/{visit.pk}/#questions"' in page
    asked = application.sheets.get(stage="material")
    told = VisitAnswer.objects.create(visit=visit, sheet=asked, item="4.1.2")
    assert "没有记录核实结果" in read(client, address)
    VisitAnswer.objects.filter(pk=told.pk).update(outcome="open")
    page = read(client, address)
    assert "没有记录核实结果" not in page
    assert "首次会议、末次会议的纪要还没有签署" in page
    SiteVisit.objects.filter(pk=visit.pk).update(opening_signed_at=site.now)
    assert "<p>末次会议的纪要还没有签署" in read(client, address)
    SiteVisit.objects.filter(pk=visit.pk).update(closing_signed_at=site.now)
    assert "记录还不完整" not in read(client, address)


def test_the_signed_report_counts_what_the_visit_found(site: House, panel: Panel, client_of: Browser) -> None:
    """Also what it left open, on the page and in the document; who asked stays with the panel."""
    application, client = site.applications[0], client_of(site.clerk)
    question(site, application, "4.1.3", "看记录", percent=50)
    visit = visit_plan(site, panel, application)
    asked = application.sheets.get(stage="material", items__item="4.1.2")
    VisitAnswer.objects.create(visit=visit, sheet=asked, item="4.1.2", outcome="confirmed")
    report = opened(site, panel, 50)
    settle_all(report, 50, site.now)
    sign(report, site.now)
    found = verification_of(application)
    assert (found.asked, found.outcomes) == (2, (("属实", 1),))
    assert [issue.text for issue in found.unanswered] == ["看记录"]
    address = f"/scoring/consolidations/{report.pk}/report"
    page = read(client, f"{address}/").partition("现场核实事项")[2].partition("各项结果")[0]
    assert "此前各环节提出 2 处，属实 1 处，<strong>没有记录核实结果 1 处</strong>：" in page
    assert re.findall("<li>(.*?)</li>", page) == ["看记录"]
    with PdfReader(BytesIO(client.get(f"{address}.pdf").content)) as document:
        words = "".join("".join(one.extract_text().split()) for one in document.pages)
    assert "提出2处，属实1处，没有记录核实结果1处：看记录" in words


def test_the_lead_explains_before_signing(site: House, panel: Panel, client_of: Browser) -> None:
    report = opened(site, panel)
    settle_all(report, 75, site.now)
    codes = score_form(site.cycle, "site").codes
    with pytest.raises(Refused) as refusal:
        sign(report, site.now)
    assert {(fault.code, fault.field) for fault in refusal.value.faults} == {
        ("difference_unexplained", code) for code in codes
    }
    client, address = client_of(user(panel, 0)), f"/scoring/consolidations/{report.pk}/differences/"
    blocked = read(client, f"/scoring/consolidations/{report.pk}/sign/")
    assert f'href="{address}#f-reason-{codes[0]}"' in blocked
    assert f'id="f-reason-{codes[0]}"' in read(client, address)
    page = read(client, address)
    assert f"还有 <strong>{len(codes)}</strong> 项没有写" in page
    assert "+25" in page
    assert client.post(address, {f"reason-{code}": "现场见到台账" for code in codes}).status_code == 302
    assert "现场见到台账" in Entry.objects.get(action="consolidation.explain").payload
    sign(report, site.now)
    assert client.post(address, {}).status_code == 403
    with pytest.raises(Refused) as refusal:
        services.explain_differences(
            consolidation=report, reasons={codes[0]: "晚了"}, actor=user(panel, 0), now=site.now
        )
    assert refusal.value.faults[0].code == "not_open"
    shown = read(client_of(site.clerk), address)
    assert shown.count("现场见到台账") == len(codes)


def test_the_lead_may_drop_what_the_members_said(site: House, panel: Panel, client_of: Browser) -> None:
    long, codes = "长" * 900, score_form(site.cycle, "site").codes
    for place in range(3):
        sheet = sheet_of(panel, place, site.applications[0], "site")
        for code in codes:
            SheetItem.objects.update_or_create(sheet=sheet, item=code, defaults={"difference": long})
    report = opened(site, panel)
    settle_all(report, 75, site.now)
    client, address = client_of(user(panel, 0)), f"/scoring/consolidations/{report.pk}/differences/"
    first = f'id="f-reason-{codes[0]}"'
    assert read(client, address).split(first)[1].split("</textarea>")[0].count(long) == 3, (
        "whole, nothing cut"
    )
    assert client.post(address, {f"reason-{codes[0]}": long * 2}).status_code == 422
    kept = {f"reason-{code}": "现场见到台账" for code in codes[1:]}
    assert client.post(address, kept).status_code == 302
    assert long not in read(client, address).split(first)[1].split("</textarea>")[0]
    with pytest.raises(Refused) as refusal:
        sign(report, site.now)
    assert [fault.field for fault in refusal.value.faults] == [codes[0]]
    assert codes[0] not in [row.line.code for row in explained(report, score_form(site.cycle, "site"))]


def test_what_has_changed_is_not_saved_where_nothing_went_before(
    site: House, panel: Panel, client_of: Browser
) -> None:
    sheet = sheet_of(panel, 0, site.applications[0], "site")
    assert earlier_of(sheet) is None
    code = send(client_of(user(panel, 0)), sheet, "difference-4.1.2", "原因", 0)[0]
    assert code == 422
    assert not SheetItem.objects.filter(sheet=sheet).exclude(difference="").exists()


def test_what_stays_within_the_limit_needs_no_word(site: House, panel: Panel) -> None:
    report = opened(site, panel, 70)
    settle_all(report, 70, site.now)
    sign(report, site.now)
    assert not report.difference_reasons.exists()


def test_who_reads_the_comparison(site: House, panel: Panel, client_of: Browser) -> None:
    report = Consolidation.objects.get(application=site.applications[0], stage="site")
    address = f"/scoring/consolidations/{report.pk}/differences/"
    lead = client_of(user(panel, 0))
    assert lead.get(address).status_code == 404
    seal(sheet_of(panel, 0, site.applications[0], "site"), 70, site.now)
    assert lead.get(address).status_code == 403
    for place in (1, 2):
        seal(sheet_of(panel, place, site.applications[0], "site"), 70, site.now)
    people = ((user(panel, 0), 200), (user(panel, 1), 403), (make_user("supervisor"), 200), (site.clerk, 404))
    for who, status in people:
        assert client_of(who).get(address).status_code == status
    report_signed(site.applications[0])
    for who, status in (
        (site.clerk, 200),
        (make_user("committee:park"), 404),
        (make_user("office_head:city"), 404),
    ):
        assert client_of(who).get(address).status_code == status
    assert queries(client_of(site.clerk), address) <= MOST
    before = Consolidation.objects.get(application=site.applications[0], stage="material")
    assert client_of(site.clerk).get(f"/scoring/consolidations/{before.pk}/differences/").status_code == 403


def explained_report(site: House, panel: Panel) -> Consolidation:
    """All items 25 points above the material review, each with its reason, signed by everybody."""
    report = opened(site, panel)
    settle_all(report, 75, site.now)
    services.explain_differences(
        consolidation=report,
        reasons=dict.fromkeys(score_form(site.cycle, "site").codes, "现场见到台账"),
        actor=user(panel, 0),
        now=site.now,
    )
    return sign(report, site.now)


def test_the_reasons_are_part_of_what_the_members_sign(site: House, panel: Panel, client_of: Browser) -> None:
    report = Consolidation.objects.get(pk=explained_report(site, panel).pk)
    codes = score_form(site.cycle, "site").codes
    assert (report.state, report.shape) == ("signed", 2)
    assert set(report.difference_reasons.values_list("before", flat=True)) == {50}
    rows = explained(report, score_form(site.cycle, "site"))
    assert [(row.line.code, row.before, row.after, row.reason) for row in rows] == [
        (code, 50, 75, "现场见到台账") for code in codes
    ]
    assert consolidation_digest_holds(report)
    assert not consolidation_digest_holds(report, reasons=[replace(rows[0], reason="另一个理由"), *rows[1:]])
    assert not consolidation_digest_holds(report, reasons=[replace(rows[0], before=55), *rows[1:]])
    address = f"/scoring/consolidations/{report.pk}/report/"
    Cycle.objects.filter(pk=site.cycle.pk).update(state="ranked")
    client = client_of(make_user("committee:park"))
    assert read(client, address).count("现场见到台账") == len(codes)
    assert queries(client, address) <= MOST
    printed = render_to_string(
        "documents/panel_report.html", client.get(address).context[0].flatten() | {"made_at": site.now}
    )
    assert printed.count("现场见到台账") == len(codes)
    assert "六、签署" in printed


def test_a_report_signed_before_the_reasons_belonged_to_it_keeps_its_digest(
    site: House, panel: Panel
) -> None:
    report = explained_report(site, panel)
    form = score_form(site.cycle, "site")
    rows = {row.item: row for row in report.items.all()}
    report.shape = 1
    document = consolidation_document(report, form, rows, sheet_digests(report), [], explained(report, form))
    assert document.keys() & {"shape", "differences"} == set()
    report.digest = sm3_hex(canonical_json(document))
    assert consolidation_digest_holds(report)
    assert {row.before for row in explained(report, form)} == {50}
    report.shape = 2
    assert not consolidation_digest_holds(report)
