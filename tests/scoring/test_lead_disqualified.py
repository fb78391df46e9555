"""第三十五条 / 第二十四条: a panel whose lead is disqualified waits for another one; the head is asked to name one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ground.errors import Refused
from notifications.queries import duties_for, inbox_visible_to
from scoring import services
from scoring.models import Consolidation, Panel
from scoring.queries.hearing import hearing_of
from scoring.queries.score_forms import score_form
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
from tests.scoring.complaining import approved
from tests.scoring.reviewing import Browser, read

CODE = "4.1.2"


@kept
def house(now: datetime, db: None) -> House:
    """One applicant, a panel of four far apart, everything settled."""
    made = make_house(now)
    made.applicant()
    report = seal_all(made.panel(4), made.applications[0], [50, 50, 50, 75], now)
    settle_all(report, 55, now, "看法不一，已议定。")
    return made


def asked(house: House) -> list[tuple[str, str]]:
    duties = duties_for(house.head).filter(kind="scoring.name_lead")
    return list(duties.values_list("title", "link"))


def speak(house: House, place: int) -> None:
    services.give_consent(
        consolidation=Consolidation.objects.get(),
        answers={CODE: (True, "")},
        actor=house.pool[place].user,
        now=house.now,
    )


def code_of(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **given)
    return refusal.value.code


@pytest.mark.parametrize("treatment", ["keep", "without"])
def test_the_head_is_asked_to_name_another_lead(house: House, treatment: str) -> None:
    assert asked(house) == []
    approved(house, house.pool[0], treatment)
    panel = Panel.objects.get()
    assert asked(house) == [(f"指定新组长：{panel}", f"/scoring/panels/{panel.pk}/lead/")]
    letters = inbox_visible_to(house.head).filter(subject=f"请指定新组长：{panel}")
    assert letters.count() >= 1
    assert not duties_for(house.clerk).filter(kind="scoring.name_lead").exists()


def test_a_member_who_leads_nothing_leaves_nothing_to_name(house: House) -> None:
    approved(house, house.pool[3], "keep")
    assert asked(house) == []


def test_without_a_lead_nobody_goes_on(house: House, client_of: Browser) -> None:
    approved(house, house.pool[0], "keep")
    report, member = Consolidation.objects.get(), house.pool[1].user
    assert code_of(speak, house, 1) == "no_lead"
    settle = {"consolidation": report, "items": {CODE: (55, "议定")}, "actor": member, "now": house.now}
    assert code_of(services.settle_items, **settle) == "no_lead"
    client, address = client_of(member), f"/scoring/consolidations/{report.pk}/"
    assert "已请评定办主任指定新组长" in read(client, address)
    answers = [client.get(f"{address}{part}/") for part in ("consent", "sign")]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("已请评定办主任指定新组长" in answer.content.decode() for answer in answers)


def test_with_a_new_lead_everything_goes_on(house: House) -> None:
    approved(house, house.pool[0], "keep")
    panel = Panel.objects.get()
    services.change_lead(
        panel=panel, reviewer=house.pool[1], reason="原组长已取消资格", actor=house.head, now=house.now
    )
    assert asked(house) == []
    report = sign(Consolidation.objects.get(), house.now)
    assert (report.state, report.signed_by) == ("signed", house.pool[1].user)
    members = hearing_of(report, score_form(house.cycle, "material")).members
    assert [(one.reviewer, one.absence is not None) for one in members if one.absence] == [
        (house.pool[0], True)
    ]


def test_a_report_that_the_lead_had_signed_waits_as_well(house: House) -> None:
    report = Consolidation.objects.get()
    agree_all(report, house.now)
    sign_as_lead(report, house.now)
    approved(house, house.pool[0], "keep")
    signing = {
        "consolidation": report, "digest": report.digest, "remark": "", "actor": house.pool[2].user,
        "now": house.now,
    }  # fmt: skip
    assert code_of(services.countersign, **signing) == "no_lead"
    services.change_lead(
        panel=report.panel, reviewer=house.pool[1], reason="原组长已取消资格", actor=house.head, now=house.now
    )
    for reviewer in house.pool[1:4]:
        services.countersign(**signing | {"actor": reviewer.user})
    report.refresh_from_db()
    assert (report.state, report.signed_by) == ("signed", house.pool[0].user)


def test_a_second_lead_who_falls_is_asked_for_anew(now: datetime, db: None) -> None:
    house = make_house(now)
    house.applicant()
    panel = house.panel(4)
    approved(house, house.pool[0], "keep")
    services.change_lead(
        panel=panel, reviewer=house.pool[1], reason="原组长已取消资格", actor=house.head, now=now
    )
    approved(house, house.pool[1], "keep")
    assert len(asked(house)) == 1
    assert len(sheets_of(panel, house.applications[0])) == 2
