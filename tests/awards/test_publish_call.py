"""The call: drafted from the edition, released by the head, the deadline kept to the second (R19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actors import SYSTEM
from accounts.moves import move
from audit.queries import entries_of
from awards import services
from awards.models import Cycle
from awards.tasks import close_due_cycles
from awards.views.preparation import drafted_call
from ground import clock
from ground.errors import Refused
from notifications.models import Duty

SECOND = timedelta(seconds=1)


def open_duties() -> dict[str, str]:
    return dict(Duty.objects.filter(closed_at=None).values_list("kind", "role"))


def test_the_draft_says_everything_an_applicant_asks(prepared, rows):
    text = drafted_call(prepared)
    for words in (
        "第二十条",
        "第十一条(一)",
        "第十二条",
        "不超过 2 家",
        "高于 600 分",
        "500,000 元",
        "公示 7 天",
        "不收取任何费用",
        "60,000 字",
        f"{rows['application'][1]:%H:%M}",
    ):
        assert words in text
    assert "待排定" not in text


def test_a_draft_without_timetable_says_so(draft):
    assert drafted_call(draft).count("（待排定）") == 7


def test_publishing_opens_applications_and_the_office_duties(prepared, head, now, rows):
    assert open_duties() == {"cycle.publish_call": "office_head"}
    services.publish_call(cycle=prepared, actor=head, now=now)
    assert (prepared.state, prepared.call_published_at) == ("open", now)
    assert open_duties() == {"cycle.eligibility": "office_clerk", "cycle.deliberation": "office_clerk"}
    duty = Duty.objects.get(kind="cycle.eligibility")
    assert (duty.scope_kind, duty.scope_key, duty.due_at) == ("scheme", "park", rows["eligibility"][1])
    entry = entries_of(prepared).last()
    assert (entry.action, entry.article) == ("cycle.publish_call", "第二十条")


def test_a_call_that_is_not_ready_is_refused_with_every_gap(draft, head, now):
    with pytest.raises(Refused) as refused:
        services.publish_call(cycle=draft, actor=head, now=now)
    assert set(refused.value.codes) == {"milestone_missing", "number_missing", "text_missing"}
    assert refused.value.codes.count("milestone_missing") == 7


def test_a_deadline_gone_by_is_refused(prepared, head, rows):
    with pytest.raises(Refused) as refused:
        services.publish_call(cycle=prepared, actor=head, now=rows["application"][1])
    assert refused.value.codes == ("deadline_past",)


def test_an_edition_that_has_lapsed_meanwhile_is_refused(prepared, head, now):
    with pytest.raises(Refused) as refused:
        services.publish_call(cycle=prepared, actor=head, now=now.replace(year=2028, month=11, day=1))
    assert refused.value.code == "edition_lapsed"


@pytest.mark.parametrize("grant", ["office_clerk:park", "office_head:city", "authority:park", "supervisor"])
def test_only_the_head_publishes(prepared, user_with, now, grant):
    with pytest.raises(PermissionDenied):
        services.publish_call(cycle=prepared, actor=user_with(grant), now=now)
    prepared.refresh_from_db()
    assert prepared.state == "draft"


def test_a_call_is_published_once(called, head, now):
    with pytest.raises(Refused) as refused:
        services.publish_call(cycle=called, actor=head, now=now)
    assert refused.value.code == "wrong_state"


def test_a_published_call_is_not_rewritten(called, clerk, now):
    with pytest.raises(Refused) as refused:
        services.write_call(cycle=called, number="改〔2026〕1号", text="改", actor=clerk, now=now)
    assert refused.value.code == "call_published"


def test_a_call_needs_a_number_of_its_own_and_a_text(called, clerk, now):
    other = services.open_cycle(scheme_code="park", edition_code="park-2023", year=2027, actor=clerk, now=now)
    for number, text, code in (
        (" ", "正文", "number_missing"),
        (called.call_number, "正文", "number_taken"),
        ("新〔2027〕1号", " ", "text_missing"),
    ):
        with pytest.raises(Refused) as refused:
            services.write_call(cycle=other, number=number, text=text, actor=clerk, now=now)
        assert refused.value.codes == (code,)


def test_cancelling_needs_a_reason_and_closes_the_duties(called, head, now):
    with pytest.raises(Refused) as refused:
        services.cancel_cycle(cycle=called, reason="  ", actor=head, now=now)
    assert refused.value.code == "reason_missing"
    services.cancel_cycle(cycle=called, reason="办法修订", actor=head, now=now)
    assert (called.state, open_duties()) == ("cancelled", {})
    assert entries_of(called).last().content["details"]["reason"] == "办法修订"


def test_a_clerk_cancels_nothing(called, clerk, now):
    with pytest.raises(PermissionDenied):
        services.cancel_cycle(cycle=called, reason="办法修订", actor=clerk, now=now)


def test_a_cycle_is_not_cancelled_once_applications_have_closed(called, head, rows):
    late = rows["application"][1] + SECOND
    services.sweep_cycles(now=late)
    with pytest.raises(Refused) as refused:
        services.cancel_cycle(cycle=called, reason="办法修订", actor=head, now=late)
    assert refused.value.code == "wrong_state"


def test_applications_close_when_the_last_second_has_passed(called, rows):
    due = rows["application"][1]
    assert services.sweep_cycles(now=due) == 0
    called.refresh_from_db()
    assert called.state == "open"
    assert services.sweep_cycles(now=due + SECOND) == 1
    called.refresh_from_db()
    assert called.state == "checking"
    entry = entries_of(called).last()
    assert (entry.action, entry.actor_label) == ("cycle.close_applications", SYSTEM.ledger_label)


def test_a_portal_that_was_down_catches_up_once(called, called_for, rows):
    other = called_for("city", 2026)
    with clock.frozen(rows["application"][1] + timedelta(days=3)):
        assert close_due_cycles() == 2
        assert close_due_cycles() == 0
    assert set(Cycle.objects.values_list("state", flat=True)) == {"checking"}
    for cycle in (called, other):
        assert entries_of(cycle).filter(action="cycle.close_applications").count() == 1


def test_a_cycle_in_preparation_is_not_swept(prepared, rows):
    assert services.sweep_cycles(now=rows["application"][1] + SECOND) == 0
    prepared.refresh_from_db()
    assert prepared.state == "draft"


def test_duties_that_the_state_has_left_behind_are_closed(called, clerk, rows):
    late = rows["application"][1] + SECOND
    services.sweep_cycles(now=late)
    called.refresh_from_db()
    move(called, "start_material", actor=clerk, now=late)
    assert "cycle.eligibility" in open_duties()
    services.sweep_cycles(now=late)
    assert open_duties() == {"cycle.deliberation": "office_clerk"}
