"""第三十五条 / 第三十二条: complaint → inquiry → the committee's approval → disqualification, and what becomes of the sheets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.queries import duties_for, inbox_visible_to
from scoring import services
from scoring.models import MisconductCase, Panel, Reviewer
from scoring.queries.misconduct import cases_visible_to
from tests.factories import make_user
from tests.scoring.builders import (
    House,
    committee,
    make_house,
)
from tests.scoring.complaining import approve, codes, filed, owner, reported
from tests.scoring.office import Login, page

MOST = 15

# ---------------------------------------------------------------- the complaint


def test_an_applicant_complains_of_a_matter_and_learns_no_name(signed: House, client_of: Login) -> None:
    user = owner(signed)
    client = client_of(user)
    text = client.get(page("file_complaint")).content.decode()
    assert not any(one.user.name in text for one in signed.pool)
    assert "苏州甲有限公司" in text
    assert "苏州乙有限公司" not in text
    answer = client.post(page("file_complaint"), {
        "cycle": signed.cycle.pk, "application": signed.applications[0].pk, "stage": "material", "ground": "favour",
        "statement": "评审员收受礼品。", "reviewer": signed.pool[3].pk,
    })  # fmt: skip
    case = MisconductCase.objects.get()
    assert (answer.status_code, answer.url, case.reviewer) == (302, case.get_absolute_url(), None)
    assert "scoring.misconduct" in duties_for(signed.clerk).values_list("kind", flat=True)
    services.open_inquiry(case=case, actor=signed.clerk, now=signed.now)
    case.refresh_from_db()
    approve(
        services.report_misconduct(
            case=case, reviewer=signed.pool[3], findings="查实。", treatment="keep", treatment_reason="不影响。",
            actor=signed.head, now=signed.now,
        ),
        signed,
    )  # fmt: skip
    shown = client.get(case.get_absolute_url()).content.decode()
    assert "已查实处理" in shown
    assert not any(word in shown for word in (signed.pool[3].user.name, "评定委〔2026〕5号", "不计该评审员"))
    assert inbox_visible_to(user).filter(subject__startswith="您投诉的事项已查实处理").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ground": "x"}, "ground_unknown"),
        ({"statement": " "}, "statement_missing"),
        ({"stage": "x"}, "stage_unknown"),
    ],
)
def test_a_complaint_says_what_is_missing(signed: House, changes: dict[str, Any], code: str) -> None:
    assert codes(filed, signed, **changes) == {code}
    assert not MisconductCase.objects.exists()


def test_nobody_reaches_beyond_what_is_theirs(signed: House) -> None:
    user = owner(signed)
    assert codes(filed, signed, user, reviewer=signed.pool[0]) == {"reviewer_not_named"}
    assert codes(filed, signed, user, application=signed.applications[1]) == {"application_of_other"}
    assert codes(filed, signed, reviewer=signed.reviewer()) == {"reviewer_of_other"}
    with pytest.raises(PermissionDenied):
        filed(signed, make_user())
    early = make_house(signed.now, scheme="city", state="open")
    assert codes(filed, early) == {"cycle_not_reviewed"}


def test_a_complaint_with_gaps_keeps_what_was_typed(signed: House, client_of: Login) -> None:
    answer = client_of(owner(signed)).post(page("file_complaint"), {"statement": "只写了这些", "ground": ""})
    assert answer.status_code == 422
    assert "只写了这些" in answer.content.decode()


def test_who_sees_a_case(signed: House) -> None:
    user = owner(signed)
    case = filed(signed, user)
    member = committee()
    sees = {
        "self": user, "other": owner(signed, 1), "clerk": signed.clerk, "head": signed.head, "member": member,
        "supervisor": make_user("supervisor"), "city": make_user("office_head:city"), "reviewer": signed.pool[0].user,
    }  # fmt: skip
    assert {name for name, one in sees.items() if cases_visible_to(one).exists()} == {
        "self", "clerk", "head", "supervisor",
    }  # fmt: skip
    MisconductCase.objects.filter(pk=case.pk).update(reported_at=signed.now)
    assert cases_visible_to(member).exists()


def test_the_person_concerned_sees_and_moves_nothing(signed: House) -> None:
    reviewer = signed.official("office_head")
    both = reviewer.user
    panel = Panel.objects.get()
    panel.members.create(reviewer=reviewer)
    case = filed(signed, reviewer=reviewer)
    assert not cases_visible_to(both).exists()
    with pytest.raises(PermissionDenied):
        services.dismiss_complaint(case=case, reason="x", actor=both, now=signed.now)


# ---------------------------------------------------------------- inquiry and report


def test_the_report_names_everything_that_is_missing(signed: House) -> None:
    assert codes(
        reported, signed, signed.pool[3], "x", findings=" ", treatment_reason=""
    ) == {"findings_missing", "treatment_unknown", "treatment_reason_missing"}  # fmt: skip
    assert codes(reported, signed, signed.reviewer(), "keep") == {"reviewer_of_other"}


def test_only_the_committee_approves_with_number_and_date(signed: House) -> None:
    case = reported(signed, signed.pool[3], "keep")
    assert "scoring.misconduct" in duties_for(committee()).values_list("kind", flat=True)
    for actor in (signed.head, signed.clerk, make_user("supervisor"), make_user("committee:city")):
        with pytest.raises(PermissionDenied):
            approve(case, signed, actor=actor)
    assert codes(approve, case, signed, number=" ") == {"number_missing"}
    assert codes(approve, case, signed, decided_on=date(2030, 1, 1)) == {"decided_in_future"}
    assert codes(approve, case, signed, decided_on=date(2020, 1, 1)) == {"decided_before_report"}
    signed.pool[3].refresh_from_db()
    assert signed.pool[3].disqualified_at is None


def test_the_committee_may_refuse_and_the_head_may_close(signed: House) -> None:
    case = reported(signed, signed.pool[3], "keep")
    assert codes(
        services.refuse_disqualification, case=case, reason=" ", actor=committee(), now=signed.now
    ) == {"reason_missing"}
    services.refuse_disqualification(case=case, reason="证据不足。", actor=committee(), now=signed.now)
    other = filed(signed)
    services.dismiss_complaint(case=other, reason="不属实。", actor=signed.head, now=signed.now)
    assert set(MisconductCase.objects.values_list("state", flat=True)) == {"dismissed"}
    assert Reviewer.objects.exclude(disqualified_at=None).count() == 0
    assert codes(services.open_inquiry, case=other, actor=signed.clerk, now=signed.now) == {"wrong_state"}


# ---------------------------------------------------------------- the pages


def test_the_whole_way_by_the_pages(signed: House, client_of: Login) -> None:
    gone = signed.pool[3]
    clerk, head, member = client_of(signed.clerk), client_of(signed.head), client_of(committee())
    assert f"?reviewer={gone.pk}" in head.get(page("reviewer", gone.pk)).content.decode()
    clerk.post(page("file_complaint"), {
        "cycle": signed.cycle.pk, "ground": "favour", "statement": "收受礼品。", "reviewer": gone.pk,
    })  # fmt: skip
    case = MisconductCase.objects.get()
    assert clerk.post(page("complaint_step", case.pk, "inquire")).status_code == 302
    report = page("report_misconduct", case.pk)
    assert clerk.get(report).status_code == 403
    looked = head.post(report, {"step": "look", "reviewer": gone.pk, "findings": "写了一半"})
    assert looked.status_code == 200
    assert "写了一半" in looked.content.decode()
    assert "487.50（估算）" in looked.content.decode()
    assert not any(words in looked.content.decode() for words in ("请写明核查结论", "请选择评分表的处理"))
    assert head.post(report, {"reviewer": gone.pk}).status_code == 422
    sent = {"reviewer": gone.pk, "findings": "查实。", "treatment": "without", "treatment_reason": "受影响。"}
    assert head.post(report, sent).status_code == 302
    assert member.get(case.get_absolute_url()).status_code == 200
    step = page("complaint_step", case.pk, "approve")
    assert head.get(step).status_code == 403
    assert "487.50（估算）" in member.get(step).content.decode()
    assert member.post(step, {"number": "", "decided_on": "x"}).status_code == 422
    given = {"number": "评定委〔2026〕5号", "decided_on": signed.now.date().isoformat(), "discipline": "on"}
    assert member.post(step, given).status_code == 302
    assert member.post(step, given).status_code == 422
    text = client_of(make_user("supervisor")).get(case.get_absolute_url()).content.decode()
    assert "评分表作废，由其余评审员重新合议" in text
    assert "已决定提请其主管部门" in text
    assert "查实。（评定委批准：评定委〔2026〕5号）" in head.get(page("reviewer", gone.pk)).content.decode()
    assert head.get(page("complaint_step", case.pk, "nonsense")).status_code == 404


def test_strangers_get_nothing(signed: House, client_of: Login) -> None:
    case = filed(signed)
    for user in (owner(signed), committee(), make_user("office_head:city"), signed.pool[0].user):
        client = client_of(user)
        for address in (
            case.get_absolute_url(),
            page("report_misconduct", case.pk),
            page("complaint_step", case.pk, "dismiss"),
        ):
            assert client.get(address).status_code == 404
    assert client_of(make_user()).get(page("complaints")).status_code == 403
    supervisor = client_of(make_user("supervisor"))
    assert supervisor.post(page("complaint_step", case.pk, "dismiss"), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries(now: datetime, db: None, client_of: Login, count: int) -> None:
    house = make_house(now)
    for _ in range(count):
        house.applicant()
    house.panel(4)
    for _ in range(count):
        case = filed(house, reviewer=house.pool[3], application=house.applications[0])
    case = services.open_inquiry(case=case, actor=house.clerk, now=now)
    client = client_of(house.head)
    report = page("report_misconduct", case.pk)
    for name, address in (
        ("list", page("complaints")),
        ("case", case.get_absolute_url()),
        ("report", report),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        shown = [query["sql"][:200] for query in caught]
        assert len(shown) <= MOST, "\n".join(shown)
        NUMBERS.setdefault(name, len(shown))
        assert NUMBERS[name] == len(shown), "\n".join(shown)


NUMBERS: dict[str, int] = {}
