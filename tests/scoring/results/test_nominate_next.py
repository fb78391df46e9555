"""公示异议成立后的递补：新的决议、新的批准、单独公示；不越过排名在前的，不超过名额."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Approval, Resolution
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.results.builders import Year, pin, states_of, strike


def nominate(year: Year, name: str, **changes: Any) -> Resolution:
    given = {
        "cycle": year.cycle,
        "application": year.files[name],
        "number": "评定委〔2026〕9号",
        "reason": "异议成立后按排名递补。",
        "actor": year.head,
        "now": year.now,
    } | changes
    return services.nominate_next(**given)


@kept
def closed(year: Year) -> Year:
    """Excellence full with 甲, 乙, 丙; 丁 and 戊 outside the quota, 己 below the line; 甲 struck in publicity."""
    for name, score in zip("甲乙丙丁戊己", (590, 580, 570, 560, 550, 400), strict=True):
        year.enter(name, score)
    year.decided(甲="excellence", 乙="excellence", 丙="excellence")
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["甲"])
    return year


def test_the_next_in_rank_moves_up(closed: Year) -> None:
    resolution = nominate(closed, "丁")
    assert (resolution.tier, resolution.basis, resolution.prize) == ("excellence", "quota", 100000)
    assert resolution.replaces.application == closed.files["甲"]
    assert states_of("甲丁戊", closed) == {"甲": "struck", "丁": "candidate", "戊": "not_selected"}


def test_a_new_approval_of_its_own_follows(closed: Year) -> None:
    nominate(closed, "丁")
    assert [duty.kind for duty in duties_for(closed.authority)] == ["list.approve"]
    approval = closed.approve(document_number="苏园管〔2026〕6号")
    assert approval.round == 2
    assert [line["organisation"] for line in approval.list] == ["丁"]
    assert closed.cycle.state == "publicity_closed"
    assert Approval.objects.count() == 2
    assert not duties_for(closed.authority).exists()


def test_no_approval_dated_before_the_new_resolution(closed: Year) -> None:
    later = closed.now + timedelta(days=30)
    nominate(closed, "丁", now=later)
    with pytest.raises(Refused) as refused:
        closed.approve(later.date() - timedelta(days=1), now=later)
    assert refused.value.codes == ("date_before_meeting",)
    closed.approve(later.date(), now=later)


@pytest.mark.parametrize("name", ["乙", "戊", "己", "甲"])
def test_nobody_but_the_next(closed: Year, name: str) -> None:
    with pytest.raises(Refused) as refused:
        nominate(closed, name)
    assert refused.value.codes == ("not_eligible_next",)


def test_all_faults_at_once(closed: Year) -> None:
    with pytest.raises(Refused) as refused:
        nominate(closed, "戊", number="", reason=" ")
    assert refused.value.codes == ("not_eligible_next", "number_missing", "reason_missing")


def test_one_for_each_struck(closed: Year) -> None:
    nominate(closed, "丁")
    with pytest.raises(Refused) as refused:
        nominate(closed, "戊")
    assert refused.value.codes == ("nobody_struck",)
    strike(closed.files["乙"])
    assert nominate(closed, "戊").replaces.application == closed.files["乙"]
    strike(closed.files["丁"])
    assert services.next_in_line(closed.cycle, "excellence") is None


@pytest.mark.parametrize("state", ["deliberated", "approved", "publicity"])
def test_after_the_window_only(closed: Year, state: str) -> None:
    closed.set_state(state)
    with pytest.raises(Refused) as refused:
        nominate(closed, "丁")
    assert refused.value.codes == ("wrong_stage",)


@pytest.mark.parametrize(
    "grant", ["office_clerk:park", "office_head:city", "committee:park", "authority:park"]
)
def test_the_head_registers_it(closed: Year, grant: str) -> None:
    with pytest.raises(PermissionDenied):
        nominate(closed, "丁", actor=make_user(grant))


def test_a_struck_repeat_winner_leaves_no_seat(year: Year) -> None:
    """Repeat winners stand beside the quota: nobody may take a place that was none."""
    for name, score in (("老", 700), ("甲", 690), ("乙", 680), ("丙", 670)):
        year.enter(name, score)
    year.won("老", date(2020, 1, 1))
    year.decided(老="quality", 甲="quality", 乙="quality", 丙="excellence")
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["老"])
    assert services.struck_award(year.cycle) is None


def test_whom_the_committee_struck_does_not_return_by_the_back_door(year: Year) -> None:
    for name, score in (("甲", 590), ("乙", 580), ("丙", 570), ("丁", 560)):
        year.enter(name, score)
    year.freeze()
    meeting = year.call()
    year.award(meeting, 甲="excellence", 丙="excellence")
    year.vote(meeting, "乙", "against", "against", "against")
    year.resolve(meeting, "乙", "", outcome="strike", reason="材料不实")
    year.close(meeting)
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["甲"])
    assert services.next_in_line(year.cycle, "excellence").application == year.files["丁"]
    with pytest.raises(Refused):
        nominate(year, "乙")


def test_who_may_not_apply_again_yet_does_not_move_up(year: Year) -> None:
    for name, score in (("近", 720), ("甲", 710), ("乙", 700)):
        year.enter(name, score)
    year.won("近", date(2024, 8, 3))
    year.decided(甲="quality", 乙="quality")
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["甲"])
    assert states_of("近", year) == {"近": "not_selected"}
    assert services.next_in_line(year.cycle, "quality") is None


@kept
def behind_holders(year: Year) -> Year:
    """甲's quality seat is free; 丙, 丁, 戊 hold excellence; 己, ranked behind them, is above the line and holds nothing."""
    for name, score in zip("甲乙丙丁戊己", (700, 690, 680, 670, 660, 650), strict=True):
        year.enter(name, score)
    year.decided(甲="quality", 乙="quality", 丙="excellence", 丁="excellence", 戊="excellence")
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["甲"])
    return year


def test_nobody_is_passed_over(behind_holders: Year) -> None:
    """The edition's reading: the seat stays empty."""
    year = behind_holders
    assert services.next_in_line(year.cycle, "quality") is None
    with pytest.raises(Refused) as refused:
        nominate(year, "己")
    assert refused.value.codes == ("not_eligible_next",)


def test_an_edition_may_pass_over_those_who_hold_a_prize(
    behind_holders: Year, client_of: Callable[[User], Client]
) -> None:
    """Another reading: the seat goes to the next who holds nothing; page and ledger say by which reading."""
    year, head = behind_holders, client_of(behind_holders.head)
    address = reverse("scoring:nominate_next", args=[year.cycle.pk])
    page = head.get(address).content.decode()
    assert "不越过它递补" in page
    assert str(year.cycle.edition.reading("holder_next_in_line")) in page
    pin(year.cycle, "holder_next_in_line", "passed_over")
    page = head.get(address).content.decode()
    assert "己，第 6 名，650.00 分" in page
    assert "由其后未获奖的组织递补。本版规则的解释：试passed_over" in page
    assert nominate(year, "己").tier == "quality"
    assert states_of("丙己", year) == {"丙": "candidate", "己": "candidate"}
    entry = Entry.objects.filter(action="resolution.record").latest("pk")
    assert entry.content["details"] == {
        "reason": "异议成立后按排名递补。",
        "holders": "passed_over",
        "reading": "试passed_over",
    }


def test_a_quality_seat_goes_to_the_next_who_holds_nothing(year: Year) -> None:
    """丙 was put off and holds no prize: it takes 甲's quality seat with its money; 丁, ranked below, keeps its own."""
    for name, score in (("甲", 700), ("乙", 690), ("丙", 680), ("丁", 550)):
        year.enter(name, score)
    year.freeze()
    meeting = year.call()
    year.award(meeting, 甲="quality", 乙="quality", 丁="excellence")
    year.vote(meeting, "丙", "against", "against", "for")
    year.resolve(meeting, "丙", "", outcome="defer", reason="待核实环保整改")
    year.close(meeting)
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["甲"])
    resolution = nominate(year, "丙")
    assert (resolution.tier, resolution.basis, resolution.prize) == ("quality", "quota", 500000)
    assert states_of("乙丙丁", year) == dict.fromkeys("乙丙丁", "candidate")
    assert services.struck_award(year.cycle) is None


def test_an_empty_seat_above_does_not_block_one_below(year: Year) -> None:
    """Nobody can take 甲's quality seat; 乙's excellence seat goes to 丙 all the same."""
    for name, score in (("甲", 700), ("乙", 590), ("丙", 580), ("丁", 570), ("戊", 560)):
        year.enter(name, score)
    year.decided(甲="quality", 乙="excellence", 丙="excellence", 丁="excellence")
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["甲"])
    strike(year.files["乙"])
    assert nominate(year, "戊").replaces.application == year.files["乙"]
    assert services.struck_award(year.cycle).application == year.files["甲"]
