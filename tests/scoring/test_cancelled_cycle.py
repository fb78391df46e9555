"""取消评定年度：各方收到一次通知，待办结束，内容只能查看."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from applications import services as applications
from applications.models import Application, Recommendation
from awards.models import Cycle
from awards.services import cancel_cycle
from ground.errors import Refused
from notifications.models import Duty, InboxItem, OutboxMessage
from scoring import services
from scoring.models import Panel, PanelMember
from tests.applications import builders
from tests.factories import make_user
from tests.scoring.builders import make_reviewer

pytestmark = pytest.mark.django_db


def letters() -> set[tuple[str, str]]:
    rows = InboxItem.objects.filter(kind="cycle.cancelled")
    return set(rows.values_list("user__username", "subject"))


def cancel(cycle: Cycle, now: datetime) -> None:
    cancel_cycle(cycle=cycle, reason="办法正在修订", actor=make_user("office_head:park"), now=now)


def test_everybody_with_work_in_the_year_is_told_once_and_has_nothing_left_to_do(now: datetime) -> None:
    cycle, other = builders.running_cycle(now), builders.running_cycle(now, year=2027)
    writer, draft = builders.draft(cycle, now)
    _, gone = builders.submitted(cycle, now)
    signer, body = builders.recommender_of(cycle)
    owner, _ = builders.submitted(cycle, now, recommender=body)
    elsewhere, _ = builders.draft(other, now)
    applications.withdraw_application(application=gone, reason="改在明年申报", actor=gone.created_by, now=now)
    reviewer = make_reviewer(make_user("office_clerk:park"), now)
    panel = Panel.objects.create(cycle=cycle, kind="material", name="一组", created_at=now)
    PanelMember.objects.create(panel=panel, reviewer=reviewer)
    cancel(cycle, now)
    assert services.sweep_cancelled(now=now) == 1
    assert letters() == {
        (writer.username, f"{cycle}已取消"),
        (owner.username, f"{cycle}已取消"),
        (signer.username, f"{cycle}已取消，不必再签署推荐意见"),
        (reviewer.user.username, f"{cycle}已取消，评审任务终止"),
    }
    assert "办法正在修订" in InboxItem.objects.filter(kind="cycle.cancelled", user=owner).get().body
    mailed = OutboxMessage.objects.filter(kind="cycle.cancelled").values_list("user_id", flat=True)
    assert sorted(mailed) == sorted(user.pk for user in (writer, owner, signer, reviewer.user) if user.email)
    left = set(Duty.objects.filter(closed_at=None).values_list("subject_type", "subject_id"))
    assert left == {
        ("awards.cycle", str(other.pk)),
        ("applications.application", str(Application.objects.get(cycle=other).pk)),
    }
    # a day later, with one more person in the organisation: nobody is told again
    make_user(f"applicant_editor:{draft.organisation_id}")
    before = InboxItem.objects.count()
    assert services.sweep_cancelled(now=now + timedelta(days=1)) == 0
    assert InboxItem.objects.count() == before
    assert elsewhere.username not in {name for name, _ in letters()}


def test_a_running_year_tells_nobody(now: datetime) -> None:
    builders.draft(builders.running_cycle(now), now)
    assert services.sweep_cancelled(now=now) == 0
    assert letters() == set()


def test_a_cancelled_year_is_read_only(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    writer, draft = builders.draft(cycle, now)
    _, sent = builders.submitted(cycle, now)
    cancel(cycle, now)
    with pytest.raises(Refused) as refused:
        applications.save_profile(
            application=draft, text="概述", version=draft.version, actor=writer, now=now
        )
    assert refused.value.codes == ("cycle_cancelled",)
    waiting = Recommendation.objects.get(application=sent, state="waiting")
    with pytest.raises(Refused) as refused:
        applications.sign_recommendation(
            recommendation=waiting,
            opinion="同意推荐",
            signatory="张示例",
            actor=make_user(f"recommender:{sent.recommender_id}"),
            now=now,
        )
    assert refused.value.codes == ("cycle_cancelled",)
