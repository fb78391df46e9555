"""A recommender who declines after the application deadline: everybody is told that nothing can be put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.queries.track import DECLINED_IN_TIME, DECLINED_LATE
from applications.services.declined import DECLINED_DUTY
from applications.services.starting import APPLY_DUTY
from awards.models import Cycle, Milestone
from ground import clock
from notifications.models import Duty, InboxItem
from notifications.queries import duties_for
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


@pytest.mark.parametrize(
    ("days", "said", "unsaid", "chosen"),
    [(30, DECLINED_IN_TIME, DECLINED_LATE, 302), (31, DECLINED_LATE, DECLINED_IN_TIME, 422)],
)
def test_page_letter_and_next_step_say_what_the_applicant_may_still_do(
    now: datetime, client_of: Login, days: int, said: str, unsaid: str, chosen: int
) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    signer = client_of(make_user(f"recommender:{application.recommender_id}"))
    asked = reverse(
        "applications:decline_recommendation", args=[application.recommendations.get(state="waiting").pk]
    )
    _, another = builders.recommender_of(cycle)
    owner = client_of(user)
    choose = reverse("applications:choose_recommender", args=[application.pk])
    with clock.frozen(now + timedelta(days=days)):
        warned = signer.get(asked).content.decode()
        assert said in warned
        assert ("没有机会修改" in warned) == (chosen == 422)
        assert signer.post(asked, {"reason": "材料不实", "signatory": "张示例"}).status_code == 302
        letter = InboxItem.objects.get(user=user, kind="recommendation.declined").body
        tasks = owner.get(reverse("applications:tasks", args=[application.pk])).content.decode()
        for text in (warned, letter, tasks):
            assert said in text
            assert unsaid not in text
        own = owner.get(application.get_absolute_url())
        assert own.context["step"].title == ("修改后重新提交" if chosen == 302 else "等待评定办处理")
        assert ('<button class="button">选定' in owner.get(choose).content.decode()) == (chosen == 302)
        answer = owner.post(choose, {"recommender": another.pk})
    assert answer.status_code == chosen
    application.refresh_from_db()
    assert (application.recommender_id == another.pk) == (chosen == 302)
    assert application.state == "declined"
    if chosen == 422:
        assert "不能再选择或改选推荐单位" in answer.content.decode()


def declined(cycle: Cycle, now: datetime, days: int):
    user, application = builders.submitted(cycle, now)
    services.decline_recommendation(
        recommendation=application.recommendations.get(state="waiting"),
        reason="材料不实",
        signatory="张示例",
        actor=make_user(f"recommender:{application.recommender_id}"),
        now=now + timedelta(days=days),
    )
    return user, type(application).objects.get(pk=application.pk)


def open_duties() -> set[tuple[str, str]]:
    kinds = (DECLINED_DUTY, APPLY_DUTY)
    return set(Duty.objects.filter(closed_at=None, kind__in=kinds).values_list("kind", "subject_id"))


def test_a_late_decline_is_for_the_office_until_it_has_decided(now: datetime, client_of: Login) -> None:
    head, clerk = make_user("office_head:park"), make_user("office_clerk:park")
    elsewhere = make_user("office_head:city")
    _, application = declined(builders.running_cycle(now), now, 31)
    (duty,) = duties_for(head).filter(kind=DECLINED_DUTY)
    assert duty.due_at == Milestone.objects.get(cycle=application.cycle, kind="eligibility").due_at
    assert not duties_for(elsewhere).filter(kind=DECLINED_DUTY).exists()
    for official in (head, clerk):
        letter = InboxItem.objects.get(user=official, kind="application.declined_late")
        assert "材料不实" in letter.body
    client = client_of(head)
    with clock.frozen(now + timedelta(days=32)):
        assert duty.link in client.get(reverse("awards:office")).content.decode()
        page = client.get(duty.link).content.decode()
        assert "材料不实" in page
        assert "以后，由主任作出不通过的结论" in page
        services.sweep_deadlines(now=now + timedelta(days=32))
    assert open_duties() == {(DECLINED_DUTY, str(application.pk))}
    later = now + timedelta(days=41)
    with clock.frozen(later):
        assert "请作出不通过的结论" in client.get(duty.link).content.decode()
    services.decide_eligibility(
        application=application, accepted=False, reason="未获推荐", actor=head, now=later
    )
    assert open_duties() == set()


def test_a_late_decline_ends_with_the_file(now: datetime) -> None:
    owner, application = declined(builders.running_cycle(now), now, 31)
    services.withdraw_application(
        application=application, reason="不再申报", actor=owner, now=now + timedelta(days=32)
    )
    assert open_duties() == set()


def test_a_deadline_put_off_gives_the_file_back_and_moves_the_duty(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    _, application = declined(cycle, now, 31)
    own = {(DECLINED_DUTY, str(application.pk))}
    late = now + timedelta(days=32)
    put_off = now + timedelta(days=60)
    Milestone.objects.filter(cycle=cycle, kind="eligibility").update(due_at=put_off)
    assert services.sweep_deadlines(now=late) == 1
    assert (open_duties(), Duty.objects.get(kind=DECLINED_DUTY).due_at) == (own, put_off)
    Milestone.objects.filter(cycle=cycle, kind="application").update(due_at=now + timedelta(days=33))
    assert services.sweep_deadlines(now=late) == 1
    assert open_duties() == {(APPLY_DUTY, str(application.pk))}
    assert services.sweep_deadlines(now=late) == 0


def test_declined_in_time_and_not_handed_in_again_it_comes_to_the_office(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    head = make_user("office_head:park")
    _, application = declined(cycle, now, 29)
    assert open_duties() == {(APPLY_DUTY, str(application.pk))}
    type(cycle).objects.filter(pk=cycle.pk).update(state="checking")
    for _ in range(2):
        services.sweep_deadlines(now=now + timedelta(days=31))
        assert open_duties() == {(DECLINED_DUTY, str(application.pk))}
    assert InboxItem.objects.filter(user=head, kind="application.declined_late").count() == 1
