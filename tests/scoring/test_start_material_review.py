"""办法第二十一条、第二十二条：资格审核有了结论，才进入材料评审."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Recusal
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, make_house


@kept
def checking(db: None, now: datetime) -> House:
    house = make_house(now, state="checking")
    house.applicant()
    return house


@pytest.mark.parametrize("state", ["submitted", "recommended", "correcting"])
def test_each_undecided_application_is_named(checking: House, now: datetime, state: str) -> None:
    checking.applicant(state=state, name="苏州未决有限公司")
    checking.applicant(state=state)
    with pytest.raises(Refused) as refused:
        services.start_material_review(cycle=checking.cycle, actor=checking.clerk, now=now)
    assert refused.value.codes == ("application_undecided",) * 2
    assert "苏州未决有限公司" in str(refused.value)


def test_drafts_withdrawn_declined_and_refused_ones_do_not_hold_it_up(checking: House, now: datetime) -> None:
    for state in ("draft", "withdrawn", "declined", "refused"):
        checking.applicant(state=state, number=f"x-{state}")
    insider = checking.reviewer(employer_uscc=checking.applications[0].organisation.uscc)
    services.start_material_review(cycle=checking.cycle, actor=checking.clerk, now=now)
    assert checking.cycle.state == "material"
    assert [recusal.reviewer for recusal in Recusal.objects.all()] == [insider]
    assert "scoring.form_panels" in duties_for(checking.clerk).values_list("kind", flat=True)


def test_not_without_an_accepted_application(now: datetime, db: None) -> None:
    house = make_house(now, state="checking")
    house.applicant(state="refused")
    with pytest.raises(Refused) as refused:
        services.start_material_review(cycle=house.cycle, actor=house.clerk, now=now)
    assert refused.value.code == "nothing_accepted"


def test_only_from_the_eligibility_check(house: House, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.start_material_review(cycle=house.cycle, actor=house.clerk, now=now)
    assert refused.value.code == "wrong_state"


def test_only_by_this_office(checking: House, now: datetime) -> None:
    with pytest.raises(PermissionDenied):
        services.start_material_review(cycle=checking.cycle, actor=make_user("office_head:city"), now=now)


def test_the_duty_ends_when_every_accepted_applicant_has_a_panel(checking: House, now: datetime) -> None:
    checking.applicant()
    services.start_material_review(cycle=checking.cycle, actor=checking.clerk, now=now)
    kinds = lambda: list(duties_for(checking.clerk).values_list("kind", flat=True))  # noqa: E731
    checking.form(checking.bench(), [checking.applications[0]])
    assert "scoring.form_panels" in kinds()
    checking.form(checking.bench(), [checking.applications[1]])
    assert "scoring.form_panels" not in kinds()
