"""A recommender who declines after the application deadline: everybody is told that nothing can be put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications.queries.track import DECLINED_IN_TIME, DECLINED_LATE
from ground import clock
from notifications.models import InboxItem
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
