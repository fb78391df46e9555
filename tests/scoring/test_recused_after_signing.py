"""A member who is recused after a report was signed: the report says so, and one that follows it does without them."""

from __future__ import annotations

from datetime import datetime, timedelta

from scoring import services
from scoring.models import Consolidation, Reviewer, Sheet
from scoring.queries.benches import bench_of
from scoring.queries.hearing import hearing_of
from scoring.queries.matrix import matrix_of
from scoring.queries.misconduct import touched_by
from scoring.queries.score_forms import score_form
from tests.kept import kept
from tests.scoring.builders import House, make_house, seal_all, settle_all, sign
from tests.scoring.complaining import approved
from tests.scoring.reviewing import MOST, Browser, queries, read

ALL_CLEAR = "参加评分的评审员均已申报与该组织没有利害关系。"


@kept
def house(now: datetime, db: None) -> House:
    """One applicant, a panel of five, the report signed; an hour later the third is recused."""
    made = make_house(now)
    made.applicant()
    report = seal_all(made.panel(5), made.applications[0], [50, 50, 95, 50, 50], now)
    settle_all(report, 55, now, "看法不一，已议定。")
    sign(report, now)
    made.now = now + timedelta(hours=1)
    return made


def recuse(house: House, reviewer: Reviewer) -> None:
    services.declare_recusal(
        reviewer=reviewer, application=house.applications[0], kind="family", reason="配偶在该组织任职。",
        actor=reviewer.user, now=house.now,
    )  # fmt: skip


def report_page(report: Consolidation) -> str:
    return f"/scoring/consolidations/{report.pk}/report/"


def test_a_report_that_follows_does_not_count_them(house: House) -> None:
    recused, gone = house.pool[2], house.pool[4]
    recuse(house, recused)
    assert Sheet.objects.get(reviewer=recused).state == "sealed"
    approved(house, gone, "substitute")
    assert Sheet.objects.get(reviewer=recused).state == "void"
    report = Consolidation.objects.get()
    form = score_form(house.cycle, "material")
    matrix = matrix_of(report, form)
    assert [sheet.reviewer for sheet in matrix.sheets] == [house.pool[0], house.pool[1], house.pool[3]]
    assert {row.mean for row in matrix.rows} == {50}
    assert recused not in [one.reviewer for one in hearing_of(report, form).members]
    assert bench_of(report).sealed == 3


def test_nobody_waits_for_the_word_of_the_recused(house: House) -> None:
    recuse(house, house.pool[2])
    approved(house, house.pool[4], "without")
    report = Consolidation.objects.get()
    settle_all(report, 50, house.now)
    assert sign(report, house.now).state == "signed"


def test_somebody_disqualified_who_is_recused_as_well(house: House) -> None:
    recuse(house, house.pool[2])
    approved(house, house.pool[2], "without")
    assert Consolidation.objects.get().state == "open"


def test_the_forecast_leaves_them_out(house: House) -> None:
    recuse(house, house.pool[2])
    (row,) = touched_by(house.pool[4], house.cycle)
    assert (row.left, [float(total) for total in row.recused]) == (3, [950.0])


def test_a_running_report_does_not_count_a_live_sheet_of_the_recused(now: datetime, db: None) -> None:
    house = make_house(now)
    house.applicant()
    report = seal_all(house.panel(4), house.applications[0], [50, 50, 95, 50], now)
    house.pool[2].recusals.create(
        application=house.applications[0], kind="other", reason="x", source="declared", recorded_at=now
    )
    assert bench_of(report).sealed == 3
    assert len(matrix_of(report, score_form(house.cycle, "material")).sheets) == 3
    assert len(hearing_of(report, score_form(house.cycle, "material")).members) == 3


def test_the_report_says_who_was_recused_after_signing(house: House, client_of: Browser) -> None:
    report, head = Consolidation.objects.get(), client_of(house.head)
    assert ALL_CLEAR in read(head, report_page(report))
    recuse(house, house.pool[2])
    page = read(head, report_page(report))
    assert ALL_CLEAR not in page
    assert f"{house.pool[2].user.name}在报告签署以后" in page
    assert "其余参加评分的评审员均已申报没有利害关系" in page
    assert "配偶" not in page
    assert "与内容核对一致" in page
    assert queries(head, report_page(report)) <= MOST


def test_the_report_taken_back_says_so_and_still_holds(house: House, client_of: Browser) -> None:
    recuse(house, house.pool[2])
    approved(house, house.pool[4], "without")
    page = read(client_of(house.head), report_page(Consolidation.with_annulled.get(state="annulled")))
    assert f"{house.pool[2].user.name}在报告签署以后" in page
    assert "核对一致" in page
