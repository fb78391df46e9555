"""What becomes of sheets, reports and the ranking once a reviewer is disqualified (第三十五条 / 第三十二条)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from notifications.queries import duties_for
from scoring import services
from scoring.models import Consolidation, Panel, Reviewer, Sheet
from scoring.services.foreseeing import foresee
from tests.kept import kept
from tests.scoring.builders import (
    House,
    agree_all,
    make_house,
    seal_all,
    settle_all,
    sheets_of,
    sign,
    sign_as_lead,
)
from tests.scoring.complaining import approved, codes, reported
from tests.scoring.results.builders import make_year

# ---------------------------------------------------------------- what becomes of the sheets


def test_kept_sheets_and_reports_stay(signed: House) -> None:
    case = approved(signed, signed.pool[3], "keep")
    assert case.state == "disqualified"
    signed.pool[3].refresh_from_db()
    assert signed.pool[3].disqualified_at == signed.now
    assert set(Sheet.objects.values_list("state", flat=True)) == {"sealed"}
    assert Consolidation.with_annulled.filter(state="signed").count() == 2
    entry = Entry.objects.get(action="misconduct.approve")
    assert entry.article == "第三十五条"
    assert "评定委〔2026〕5号" in entry.payload


def test_an_open_sheet_of_somebody_disqualified_is_void_even_if_sheets_are_kept(
    now: datetime, db: None
) -> None:
    house = make_house(now)
    house.applicant()
    house.panel(4)
    approved(house, house.pool[3], "keep")
    assert Sheet.objects.get(reviewer=house.pool[3]).state == "void"


def test_without_the_sheets_the_reports_are_taken_back_and_settled_anew(signed: House) -> None:
    case = approved(signed, signed.pool[3], "without")
    gone, fresh = signed.pool[3], Consolidation.objects.all()
    assert set(Sheet.objects.filter(reviewer=gone).values_list("state", flat=True)) == {"void"}
    assert [row.state for row in fresh] == ["open", "open"]
    assert [(row.state, row.score) for row in Consolidation.with_annulled.filter(state="annulled")] == [
        ("annulled", Decimal("550.00")), ("annulled", Decimal("550.00")),
    ]  # fmt: skip
    assert Panel.objects.get().state == "working"
    first = fresh.get(application=signed.applications[0])
    settle_all(first, 50, signed.now)
    sign(first, signed.now)
    first.refresh_from_db()
    assert (first.score, case.outcome["reports"][0]["before"]) == (Decimal("500.00"), "550.00")
    assert Panel.objects.get().state == "working"
    second = fresh.get(application=signed.applications[1])
    settle_all(second, 60, signed.now)
    sign(second, signed.now)
    assert Panel.objects.get().state == "finished"


def test_too_few_left_need_a_substitute(now: datetime, db: None) -> None:
    house = make_house(now)
    house.applicant()
    panel = house.panel(3)
    report = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(report, 50, now)
    sign(report, now)
    assert codes(reported, house, house.pool[2], "without") == {"bench_too_small"}
    approved(house, house.pool[2], "substitute")
    assert Consolidation.objects.get().state == "waiting"
    fresh = house.reviewer()
    panel.refresh_from_db()
    services.seat_substitute(panel=panel, seat=services.Seat(fresh), actor=house.clerk, now=now)
    assert sorted(sheet.state for sheet in sheets_of(panel, house.applications[0])) == [
        "draft",
        "sealed",
        "sealed",
    ]


def test_an_annulled_report_never_changes(signed: House) -> None:
    approved(signed, signed.pool[3], "without")
    for change in ({"score": Decimal(1)}, {"state": "open"}, {"state": "signed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consolidation.with_annulled.filter(state="annulled").update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consolidation.with_annulled.filter(state="annulled")[0].items.update(percent=5)


def test_words_and_signatures_of_an_annulled_report_stay(signed: House) -> None:
    approved(signed, signed.pool[3], "without")
    taken_back = Consolidation.with_annulled.get(application=signed.applications[0], state="annulled")
    assert (taken_back.consents.count(), taken_back.countersignatures.count()) == (23 * 3, 3)
    for rows in (taken_back.consents, taken_back.countersignatures):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all().delete()


@kept
def signing(now: datetime, db: None) -> House:
    """One applicant, a panel of four far apart, the lead has signed and one member; two are still to sign."""
    house = make_house(now)
    house.applicant()
    report = seal_all(house.panel(4), house.applications[0], [50, 50, 50, 70], now)
    settle_all(report, 55, now)
    agree_all(report, now)
    sign_as_lead(report, now)
    countersign(report, house.pool[1], now)
    return house


def countersign(report: Consolidation, reviewer: Reviewer, now: datetime) -> None:
    services.countersign(consolidation=report, digest=report.digest, remark="", actor=reviewer.user, now=now)


def test_nobody_waits_for_the_signature_of_somebody_disqualified(signing: House) -> None:
    approved(signing, signing.pool[3], "keep")
    report = Consolidation.objects.get()
    assert report.state == "signing"
    assert [(row.reviewer, row.reason) for row in report.absences.all()] == [
        (signing.pool[3], "评审资格已取消（评定委〔2026〕5号）。")
    ]
    assert not duties_for(signing.pool[3].user).exists()
    countersign(report, signing.pool[2], signing.now)
    assert report.state == "signed"
    assert Sheet.objects.get(reviewer=signing.pool[3]).state == "sealed"


def test_a_signature_already_given_stays_with_the_kept_sheet(signing: House) -> None:
    approved(signing, signing.pool[1], "keep")
    report = Consolidation.objects.get()
    assert (report.state, report.countersignatures.count(), report.absences.count()) == ("signing", 1, 0)


def test_a_report_in_signing_goes_back_with_a_void_sheet(signing: House) -> None:
    approved(signing, signing.pool[3], "without")
    report = Consolidation.with_annulled.get()
    assert (report.state, report.score, report.signed_by, report.countersignatures.count()) == (
        "open", None, None, 0,
    )  # fmt: skip
    settle_all(report, 50, signing.now)
    sign(report, signing.now)
    assert report.state == "signed"


def test_a_signed_report_is_still_closed_to_everything_else(signed: House) -> None:
    for change in ({"score": Decimal(1)}, {"state": "open"}, {"state": "annulled", "score": Decimal(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consolidation.objects.filter(application=signed.applications[0]).update(**change)


# ---------------------------------------------------------------- the ranking before and after


def test_a_locked_ranking_is_computed_anew_and_never_changed(now: datetime, db: None) -> None:
    year = make_year(now)
    year.enter("甲", 610)
    year.enter("乙", 605)
    panel = Panel.objects.get(kind="site")
    house = House(year.cycle, year.clerk, year.head, now)
    people = [house.reviewer() for _ in range(4)]
    for reviewer, total in zip(people, (560, 560, 560, 760), strict=True):
        Sheet.objects.create(
            application=year.files["甲"], panel=panel, reviewer=reviewer, stage="site", state="sealed",
            total=total, opened_at=now, sealed_at=now,
        )  # fmt: skip
    before = year.freeze()
    assert (before["甲"].rank, before["甲"].tier) == (1, "quality")
    shown = foresee(year.cycle, people[3], now)
    places = {row["number"]: (row["before"]["rank"], row["after"]["rank"]) for row in shown["ranking"]}
    assert places == {year.files["甲"].number: (1, 2), year.files["乙"].number: (2, 1)}
    assert shown["frozen"] is True
    assert codes(reported, house, people[3], "without") == {"treatment_unknown"}
    case = approved(house, people[3], "new_round")
    assert case.outcome["ranking"] == shown["ranking"]
    ranking = year.cycle.ranking
    ranking.refresh_from_db()
    assert {row.application.organisation.name: row.rank for row in ranking.rows.all()} == {"甲": 1, "乙": 2}
    assert set(Sheet.objects.values_list("state", flat=True)) == {"sealed"}
    assert Consolidation.with_annulled.filter(state="annulled").count() == 0
    assert "scoring.misconduct_follow_up" in duties_for(year.clerk).values_list("kind", flat=True)


def test_before_the_last_stage_the_order_so_far_is_shown_and_named_provisional(
    signed: House, client_of: Callable[[User], Client]
) -> None:
    shown = foresee(signed.cycle, signed.pool[3], signed.now)
    assert [(row["before"], row["after"], row["estimated"]) for row in shown["reports"]] == [
        ("550.00", "487.50", True), ("550.00", "550.00", True),
    ]  # fmt: skip
    assert shown["ranking"] == []
    first, second = (row.number for row in signed.applications)
    assert shown["so_far"] == {
        "stages": [{"label": "材料评审", "weight": "15"}],
        "rows": [
            {
                "number": first,
                "before": {"rank": 1, "score": "550.00"},
                "after": {"rank": 2, "score": "487.50"},
            },
            {
                "number": second,
                "before": {"rank": 1, "score": "550.00"},
                "after": {"rank": 1, "score": "550.00"},
            },
        ],
    }
    assert Sheet.objects.filter(state="void").count() == 0
    case = reported(signed, signed.pool[3], "keep")
    page = reverse("scoring:complaint", args=[case.pk])
    text = client_of(signed.head).get(page).content.decode()
    assert "暂排，不是综合排名" in text
    assert text.count(first) > 1
    insider = signed.official("office_head", employer_uscc=signed.applications[0].organisation.uscc)
    assert first not in client_of(insider.user).get(page).content.decode()
