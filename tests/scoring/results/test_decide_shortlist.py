"""办法第二十二条：评定办依据材料评审报告，确定进入陈述答辩和现场评审的名单."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from ground.digest import canonical_json, sm3_hex
from ground.errors import Refused
from notifications.models import InboxItem
from scoring import services
from scoring.models import Shortlist
from tests.factories import make_user
from tests.scoring.results.builders import Year, make_year, owner_of, states_of


def decide(year: Year, *names: str, **changes: Any) -> Shortlist:
    given = {
        "cycle": year.cycle,
        "applications": [year.files[name] for name in names],
        "reason": "材料评审得分 600 分以上。",
        "actor": year.head,
        "now": year.now,
    } | changes
    return services.decide_shortlist(**given)


def test_chosen_and_left_out_go_their_ways(material_year: Year) -> None:
    decide(material_year, "甲")
    assert states_of(("甲", "乙"), material_year) == {"甲": "shortlisted", "乙": "not_shortlisted"}


def test_the_decision_is_kept_with_reason_person_and_digest(material_year: Year) -> None:
    shortlist = decide(material_year, "甲", reason="  按分数线  ")
    one, two = (material_year.files[name].number for name in ("甲", "乙"))
    content = {
        "cycle": material_year.cycle.pk,
        "shortlisted": [one],
        "left_out": [two],
        "reason": "按分数线",
    }
    assert (shortlist.reason, shortlist.decided_by) == ("按分数线", material_year.head)
    assert shortlist.decided_at == material_year.now
    assert shortlist.digest == sm3_hex(canonical_json(content))


def test_every_step_is_in_the_ledger_with_its_article(material_year: Year) -> None:
    decide(material_year, "甲")
    entries = Entry.objects.filter(
        action__in=("application.shortlist", "application.leave_out", "shortlist.decide")
    ).values_list("action", "article")
    assert sorted(entries) == [
        ("application.leave_out", "第二十二条"),
        ("application.shortlist", "第二十二条"),
        ("shortlist.decide", "第二十二条"),
    ]


def test_each_applicant_is_told_its_own_outcome_and_no_score(material_year: Year) -> None:
    chosen, left_out = owner_of(material_year.files["甲"]), owner_of(material_year.files["乙"])
    decide(material_year, "甲")
    letters = {item.user_id: item for item in InboxItem.objects.filter(user__in=(chosen, left_out))}
    assert "未进入" not in letters[chosen.pk].subject
    assert "未进入" in letters[left_out.pk].subject
    for item in letters.values():
        assert not {"640", "520"} & set(item.body.split())
        assert "640" not in item.body
        assert "520" not in item.body


def test_each_unsigned_report_is_named(material_year: Year) -> None:
    material_year.enter("丙", material=None, state="accepted")
    material_year.enter("丁", material=None, state="accepted")
    material_year.enter("戊", material=None, state="refused")
    with pytest.raises(Refused) as refused:
        decide(material_year, "甲")
    assert refused.value.codes == ("report_unsigned", "report_unsigned")
    said = str(refused.value)
    assert "丙" in said
    assert "丁" in said
    assert "戊" not in said
    assert {fault.article for fault in refused.value.faults} == {"第二十二条"}


def test_all_faults_at_once(material_year: Year) -> None:
    material_year.enter("丙", material=None, state="accepted")
    with pytest.raises(Refused) as refused:
        decide(material_year, reason="  ")
    assert set(refused.value.codes) == {"report_unsigned", "nobody_chosen", "reason_missing"}
    assert states_of(("甲", "乙"), material_year) == {"甲": "accepted", "乙": "accepted"}
    assert not Shortlist.objects.exists()


@pytest.mark.parametrize("state", ["refused", "withdrawn", "recommended"])
def test_only_accepted_ones_can_be_chosen(material_year: Year, state: str) -> None:
    material_year.enter("丙", state=state)
    with pytest.raises(Refused) as refused:
        decide(material_year, "甲", "丙")
    assert refused.value.codes == ("not_accepted",)


def test_nobody_from_another_cycle_slips_in(material_year: Year) -> None:
    other = make_year(material_year.now, scheme="city", state="material")
    other.enter("外", state="accepted")
    with pytest.raises(Refused) as refused:
        decide(material_year, "甲", applications=[material_year.files["甲"], other.files["外"]])
    assert refused.value.codes == ("not_accepted",)
    assert states_of(["外"], other) == {"外": "accepted"}


@pytest.mark.parametrize("state", ["checking", "site", "ranked", "announced"])
def test_in_the_material_review_only(material_year: Year, state: str) -> None:
    material_year.set_state(state)
    with pytest.raises(Refused) as refused:
        decide(material_year, "甲")
    assert refused.value.codes == ("wrong_stage",)


def test_once_and_for_all(material_year: Year) -> None:
    decide(material_year, "甲")
    with pytest.raises(Refused) as refused:
        decide(material_year, "甲")
    assert refused.value.codes == ("shortlist_decided",)
    assert Shortlist.objects.count() == 1


@pytest.mark.parametrize(
    "grant",
    [
        "office_clerk:park",
        "office_head:city",
        "committee:park",
        "authority:park",
        "reviewer",
        "supervisor",
        "administrator",
    ],
)
def test_the_head_of_this_schemes_office_decides(material_year: Year, grant: str) -> None:
    with pytest.raises(PermissionDenied):
        decide(material_year, "甲", actor=make_user(grant))
    assert states_of(("甲", "乙"), material_year) == {"甲": "accepted", "乙": "accepted"}


def test_site_review_opens_after_the_shortlist(material_year: Year) -> None:
    with pytest.raises(Refused) as refused:
        services.start_site_review(cycle=material_year.cycle, actor=material_year.head, now=material_year.now)
    assert refused.value.codes == ("shortlist_missing",)
    decide(material_year, "甲")
    services.start_site_review(cycle=material_year.cycle, actor=material_year.head, now=material_year.now)
    material_year.cycle.refresh_from_db()
    assert material_year.cycle.state == "site"
    with pytest.raises(Refused) as again:
        services.start_site_review(cycle=material_year.cycle, actor=material_year.head, now=material_year.now)
    assert again.value.codes == ("wrong_state",)


@pytest.mark.parametrize("grant", ["office_clerk:park", "office_head:city", "administrator"])
def test_the_head_opens_the_site_review(material_year: Year, grant: str) -> None:
    decide(material_year, "甲")
    with pytest.raises(PermissionDenied):
        services.start_site_review(cycle=material_year.cycle, actor=make_user(grant), now=material_year.now)
