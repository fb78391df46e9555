"""办法第二十六条：评定委审议之后，由管委会审定批准；未经批准不得公示."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from awards.states import CYCLE
from ground.errors import Refused
from notifications.queries import duties_for
from publicity.models import Notice
from scoring import services
from scoring.models import Approval
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.results.builders import Year


@kept
def deliberated(year: Year) -> Year:
    year.enter("甲", 700)
    year.enter("乙", 650)
    year.enter("老", 630)
    year.enter("丙", 550)
    year.enter("丁", 450)
    year.won("老", date(2020, 1, 1))
    year.decided(乙="quality", 甲="quality", 丙="excellence", 老="quality")
    return year


def test_the_list_follows_tier_and_rank(deliberated: Year) -> None:
    found = [
        (line["organisation"], line["tier"], line["basis"], line["prize"])
        for line in services.list_to_approve(deliberated.cycle)
    ]
    assert found == [
        ("甲", "quality", "quota", 500000),
        ("乙", "quality", "quota", 500000),
        ("老", "quality", "repeat", 0),
        ("丙", "excellence", "quota", 100000),
    ]


def test_approval_takes_the_list_as_it_stands(deliberated: Year) -> None:
    waiting = services.list_to_approve(deliberated.cycle)
    approval = deliberated.approve()
    assert approval.list == waiting
    assert (approval.round, approval.document_number) == (1, "苏园管〔2026〕5号")
    assert approval.approved_by == deliberated.authority
    assert len(approval.digest) == 64
    assert deliberated.cycle.state == "approved"
    assert services.list_to_approve(deliberated.cycle) == []
    assert not duties_for(deliberated.authority).exists()


@pytest.mark.parametrize("state", ["ranked", "site", "approved", "publicity", "cancelled"])
def test_no_approval_before_deliberation_nor_twice(deliberated: Year, state: str) -> None:
    deliberated.set_state(state)
    with pytest.raises(Refused) as refused:
        deliberated.approve()
    assert refused.value.codes == ("wrong_stage",)
    assert not Approval.objects.exists()


def test_not_while_the_meeting_is_open(year: Year) -> None:
    year.enter("甲", 700)
    year.freeze()
    year.award(year.call(), 甲="quality")
    with pytest.raises(Refused) as refused:
        year.approve()
    assert refused.value.codes == ("wrong_stage",)


def test_no_publicity_before_approval(deliberated: Year) -> None:
    assert set(CYCLE.move("start_publicity").sources) == {"approved", "publicity_closed"}
    assert deliberated.cycle.state not in CYCLE.move("start_publicity").sources
    with pytest.raises(IntegrityError, match="publicity_needs_approval"), transaction.atomic():
        Notice.objects.create(
            kind="publicity",
            scheme=deliberated.cycle.scheme,
            cycle=deliberated.cycle,
            title="公示",
            body="正文",
            drafted_by=deliberated.clerk,
            drafted_at=deliberated.now,
        )


def test_document_number_and_dates(deliberated: Year) -> None:
    today = deliberated.now.date()
    with pytest.raises(Refused) as refused:
        deliberated.approve(today + timedelta(days=1), document_number=" ")
    assert refused.value.codes == ("number_missing", "date_in_future")
    with pytest.raises(Refused) as refused:
        deliberated.approve(today - timedelta(days=1))
    assert refused.value.codes == ("date_before_meeting",)
    assert refused.value.faults[0].article == "第二十六条"
    assert deliberated.approve(today).approved_on == today


@pytest.mark.parametrize(
    "grant", ["office_head:park", "office_clerk:park", "committee:park", "authority:city", "administrator"]
)
def test_the_authority_of_this_scheme_approves(deliberated: Year, grant: str) -> None:
    with pytest.raises(PermissionDenied):
        deliberated.approve(actor=make_user(grant))
    assert not Approval.objects.exists()


def test_an_empty_list_is_approved_too(year: Year) -> None:
    year.enter("甲", 400)
    year.decided()
    assert year.approve().list == []
    assert year.cycle.state == "approved"
    year.set_state("publicity_closed")
    with pytest.raises(Refused) as refused:
        year.approve()
    assert refused.value.codes == ("nothing_to_approve",)
