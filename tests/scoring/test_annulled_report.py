"""A report that the committee took back: who still reads it, marked void, beside the one that follows."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string

from awards.models import Cycle
from scoring import services
from scoring.models import Consolidation, Panel, PanelMember, Sheet
from scoring.queries.documents import consolidation_digest_holds
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, settle_all, sheets_of, sign
from tests.scoring.complaining import approved, signed_then_void
from tests.scoring.reviewing import MOST, Browser, queries, read


@kept
def house(now: datetime, db: None) -> House:
    """One applicant, a panel of four, the report signed; then the fourth is disqualified and the sheet void."""
    return signed_then_void(now, "without")


def annulled() -> Consolidation:
    return Consolidation.with_annulled.get(state="annulled")


def page_of(report: Consolidation, part: str = "report/") -> str:
    return f"/scoring/consolidations/{report.pk}/{part}"


def test_it_says_that_it_is_void_why_and_what_follows(house: House, client_of: Browser) -> None:
    report, lead = annulled(), client_of(house.pool[0].user)
    page = read(lead, page_of(report))
    for words in ("已作废", "评定委〔2026〕5号", "第三十五条", "550.00", "看法不一，已议定。", "核对一致"):
        assert words in page
    following = Consolidation.objects.get()
    assert f'href="/scoring/consolidations/{following.pk}/"' in page
    assert "查看案件" not in page
    assert queries(lead, page_of(report)) <= MOST
    assert lead.get(page_of(report, "")).url == page_of(report)
    settle_all(following, 50, house.now)
    sign(following, house.now)
    head = client_of(house.head)
    assert queries(head, page_of(report)) <= MOST
    assert queries(head, page_of(following)) <= MOST + 1  # the earlier report's
    assert "查看新的报告" in read(head, page_of(report))
    assert "查看案件" in read(head, page_of(report))
    fresh = read(head, page_of(following))
    assert f'<a href="{page_of(report)}">查看作废的报告</a>' in fresh
    Cycle.objects.filter(pk=house.cycle.pk).update(state="ranked")
    assert page_of(report) not in read(client_of(make_user("committee:park")), page_of(following))


def test_the_sheets_are_those_that_it_was_signed_on(house: House) -> None:
    report = annulled()
    assert set(Sheet.objects.values_list("reviewer__user__name", "state")) == {
        *((one.user.name, "sealed") for one in house.pool[:3]),
        (house.pool[3].user.name, "void"),
    }
    assert consolidation_digest_holds(report)


def test_who_may_know_of_it(house: House, client_of: Browser) -> None:
    report = annulled()
    readers = {
        "lead": house.pool[0].user, "member": house.pool[1].user, "gone": house.pool[3].user, "head": house.head,
        "clerk": house.clerk, "supervisor": make_user("supervisor"), "committee": make_user("committee:park"),
        "authority": make_user("authority:park"), "city": make_user("office_head:city"),
        "owner": make_user(f"applicant_owner:{house.applications[0].organisation_id}"),
        "other": house.reviewer().user,
    }  # fmt: skip
    for part, good in (("report/", 200), ("report.pdf", 200), ("", 302)):
        sees = {
            name
            for name, one in readers.items()
            if client_of(one).get(page_of(report, part)).status_code == good
        }
        assert sees == {"lead", "member", "head", "supervisor"}, part
    for part in ("sign/", "consent/", "countersign/", "take-back/", "absence/", "differences/"):
        assert client_of(house.head).get(page_of(report, part)).status_code == 404


def test_who_must_keep_out_sees_nothing_of_it(house: House, client_of: Browser) -> None:
    services.declare_recusal(
        reviewer=house.pool[1], application=house.applications[0], kind="family", reason="亲属",
        actor=house.pool[1].user, now=house.now,
    )  # fmt: skip
    assert client_of(house.pool[1].user).get(page_of(annulled())).status_code == 404


def test_a_substitute_sees_the_old_report_only_after_sealing(house: House, client_of: Browser) -> None:
    panel = Panel.objects.get()
    approved(house, house.pool[2], "substitute")
    fresh = house.reviewer()
    services.seat_substitute(panel=panel, seat=services.Seat(fresh), actor=house.clerk, now=house.now)
    client = client_of(fresh.user)
    assert client.get(page_of(annulled())).status_code == 404
    assert [sheet.state for sheet in sheets_of(panel, house.applications[0])].count("draft") == 1


def test_who_is_seated_after_signing_is_not_among_those_of_the_report(
    house: House, client_of: Browser
) -> None:
    report = Consolidation.objects.get()
    settle_all(report, 50, house.now)
    sign(report, house.now)
    late = house.reviewer()
    PanelMember.objects.create(panel=report.panel, reviewer=late)
    page = read(client_of(house.head), page_of(report))
    assert late.user.name not in page
    assert f"{house.pool[0]}（组长）" in page


def test_the_print_bears_the_mark(house: House, client_of: Browser) -> None:
    client, report = client_of(house.head), annulled()
    context = client.get(page_of(report)).context[0].flatten() | {"made_at": house.now}
    printed = render_to_string("documents/panel_report.html", context)
    assert '<p class="void-mark">作废</p>' in printed
    assert "评定委〔2026〕5号" in printed
    following = Consolidation.objects.get()
    settle_all(following, 50, house.now)
    sign(following, house.now)
    context = client.get(page_of(following)).context[0].flatten() | {"made_at": house.now}
    assert "作废" not in render_to_string("documents/panel_report.html", context)


def test_the_case_names_the_reports(house: House, client_of: Browser) -> None:
    case = house.cycle.misconduct_cases.get()
    assert page_of(annulled()) in read(client_of(house.head), case.get_absolute_url())
    assert page_of(annulled()) not in read(client_of(make_user("committee:park")), case.get_absolute_url())
