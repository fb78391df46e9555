"""A correction: what it opens, what it may ask, what happens when nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from applications import services
from awards.models import Cycle
from ground.errors import Refused
from notifications.queries import duties_for
from tests.applications import builders
from tests.applications.checking import LOSS, check_of

pytestmark = pytest.mark.django_db


def test_a_correction_opens_what_it_names_and_nothing_else(cycle: Cycle, head: User, now: datetime) -> None:
    user, application = builders.recommended(cycle, now, facts=LOSS)
    builders.confirm_all(application, head, now)
    due = now + timedelta(days=7)
    correction = services.request_correction(
        application=application, items=[("profit", "请核对净利润")], due_at=due, actor=head, now=now
    )
    assert (application.state, [duty.kind for duty in duties_for(user)]) == (
        "correcting",
        ["correction.answer"],
    )
    with pytest.raises(Refused) as refusal:
        services.save_facts(
            application=application, facts={"accidents": []}, version=application.version, actor=user, now=now
        )
    assert refusal.value.code == "not_editable"
    services.save_facts(
        application=application,
        facts={"net_profit": {"2023": "100", "2024": "5", "2025": "7"}},
        version=application.version,
        actor=user,
        now=now,
    )
    item = correction.items.get()
    with pytest.raises(Refused) as refusal:
        services.answer_correction(correction=correction, answers={item.pk: " "}, actor=user, now=now)
    assert refusal.value.code == "answer_required"
    services.answer_correction(correction=correction, answers={item.pk: "笔误，已更正"}, actor=user, now=now)
    application.refresh_from_db()
    assert (application.state, list(duties_for(user))) == ("recommended", [])
    assert (check_of(application, "profit").outcome, check_of(application, "profit").confirmed) == (
        "pass",
        "",
    )
    assert check_of(application, "credit").confirmed == "pass"


def test_unanswered_corrections_expire_once(cycle: Cycle, head: User, now: datetime) -> None:
    user, application = builders.recommended(cycle, now)
    due = now + timedelta(days=7)
    correction = services.request_correction(
        application=application, items=[("report", "缺第 3 章")], due_at=due, actor=head, now=now
    )
    assert services.sweep_corrections(now=due) == 0
    late = due + timedelta(seconds=1)
    with pytest.raises(Refused) as refusal:
        services.answer_correction(
            correction=correction, answers={correction.items.get().pk: "好"}, actor=user, now=late
        )
    assert refusal.value.code == "deadline_passed"
    assert services.sweep_corrections(now=late) == 1
    assert services.sweep_corrections(now=late) == 0
    application.refresh_from_db()
    correction.refresh_from_db()
    assert (application.state, correction.state, list(duties_for(user))) == ("recommended", "expired", [])


@pytest.mark.parametrize(
    ("items", "days", "code"),
    [
        ([], 7, "items_required"),
        ([("nonsense", "什么")], 7, "unknown_condition"),
        ([("profit", " ")], 7, "request_required"),
        ([("ban", "请说明")], 7, "unknown_condition"),
        ([("profit", "补")], -1, "due_in_past"),
    ],
)
def test_a_correction_request_makes_sense(
    cycle: Cycle, head: User, now: datetime, items: list[tuple[str, str]], days: int, code: str
) -> None:
    _, application = builders.recommended(cycle, now)
    with pytest.raises(Refused) as refusal:
        services.request_correction(
            application=application, items=items, due_at=now + timedelta(days=days), actor=head, now=now
        )
    assert refusal.value.code == code


def test_a_withdrawn_file_does_not_stop_the_sweep(cycle: Cycle, head: User, now: datetime) -> None:
    due = now + timedelta(days=7)
    files = [builders.recommended(cycle, now) for _ in range(2)]
    for _, application in files:
        services.request_correction(
            application=application, items=[("report", "缺第 3 章")], due_at=due, actor=head, now=now
        )
    user, withdrawn = files[0]
    services.withdraw_application(application=withdrawn, reason="改组", actor=user, now=now)
    assert list(duties_for(user)) == []
    assert withdrawn.corrections.get().state == "closed"
    assert services.sweep_corrections(now=due + timedelta(seconds=1)) == 1
    assert withdrawn.corrections.get().state == "closed"
    for (_, application), state in zip(files, ("withdrawn", "recommended"), strict=True):
        application.refresh_from_db()
        assert application.state == state
