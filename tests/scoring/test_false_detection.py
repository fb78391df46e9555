"""A conflict that was none: the work that was void for it comes back after dismissal and a new declaration."""

from __future__ import annotations

from datetime import datetime

import pytest

from audit.models import Entry
from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import NO_CONFLICT, Consolidation, Panel, Recusal, Reviewer, Sheet
from scoring.services.withdrawing import take_effect
from tests.scoring.builders import House, make_house, seal_all, settle_all


def detected(house: House, reviewer: Reviewer) -> Recusal:
    """As a post matched by name would be."""
    recusal = Recusal.objects.create(
        reviewer=reviewer, application=house.applications[0], kind="employment", reason="曾任职（同名）",
        code="earlier_employer", basis="b", source="detected", recorded_at=house.now,
    )  # fmt: skip
    take_effect(recusal, house.now)
    return recusal


def dismissed(house: House, recusal: Recusal) -> None:
    services.dismiss_recusal(recusal=recusal, reason="同名的另一家单位。", actor=house.head, now=house.now)


def clear(house: House, reviewer: Reviewer) -> None:
    services.declare_recusal(
        reviewer=reviewer, application=house.applications[0], kind=NO_CONFLICT, reason="", actor=reviewer.user,
        now=house.now,
    )  # fmt: skip


def versions(reviewer: Reviewer) -> list[tuple[int, str]]:
    return list(Sheet.objects.filter(reviewer=reviewer).order_by("version").values_list("version", "state"))


def make(now: datetime, size: int) -> House:
    house = make_house(now)
    house.applicant()
    seal_all(house.panel(size), house.applications[0], [50, 50, 70, 50][:size], now)
    return house


def test_sealed_work_comes_back_and_the_bench_is_whole_again(now: datetime, db: None) -> None:
    house = make(now, 3)
    reviewer = house.pool[2]
    recusal = detected(house, reviewer)
    assert versions(reviewer) == [(1, "void")]
    with pytest.raises(Refused):
        clear(house, reviewer)
    dismissed(house, recusal)
    assert duties_for(reviewer.user).filter(kind="scoring.declare").exists()
    assert versions(reviewer) == [(1, "void")]
    clear(house, reviewer)
    assert versions(reviewer) == [(1, "void"), (2, "sealed")]
    fresh = Sheet.objects.get(reviewer=reviewer, state="sealed")
    assert set(fresh.items.values_list("percent", flat=True)) == {70}
    assert fresh.items.count() == fresh.__class__.objects.get(reviewer=reviewer, version=1).items.count()
    assert Entry.objects.get(action="sheet.restore").actor_id == str(reviewer.user_id)
    assert (fresh.total, bool(fresh.digest)) == (700, True)
    assert not duties_for(reviewer.user).filter(kind="scoring.score").exists()
    assert not duties_for(house.clerk).filter(kind="scoring.mend_panel").exists()
    assert Consolidation.objects.get().state == "open"
    clear(house, reviewer)
    assert len(versions(reviewer)) == 2


def test_not_when_the_report_was_settled_without_them(now: datetime, db: None) -> None:
    house = make(now, 4)
    reviewer, report = house.pool[2], Consolidation.objects.get()
    recusal = detected(house, reviewer)
    report.refresh_from_db()
    settle_all(report, 50, now)
    dismissed(house, recusal)
    clear(house, reviewer)
    assert versions(reviewer) == [(1, "void")]


def test_a_declined_file_does_not_come_back(now: datetime, db: None) -> None:
    house = make_house(now)
    house.applicant()
    house.panel(4)
    reviewer = house.pool[2]
    services.decline_file(
        reviewer=reviewer, application=house.applications[0], reason="生病。", actor=reviewer.user, now=now
    )
    dismissed(house, detected(house, reviewer))
    clear(house, reviewer)
    assert versions(reviewer) == [(1, "void")]
    assert Panel.objects.get().members.filter(reviewer=reviewer).exists()


def test_an_open_sheet_comes_back_open(now: datetime, db: None) -> None:
    house = make_house(now)
    house.applicant()
    house.panel(4)
    dismissed(house, detected(house, house.pool[2]))
    clear(house, house.pool[2])
    assert versions(house.pool[2]) == [(1, "void"), (2, "draft")]
    assert duties_for(house.pool[2].user).filter(kind="scoring.score").exists()
