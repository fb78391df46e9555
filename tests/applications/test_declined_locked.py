"""A file that nobody recommended: to be reworked until the application deadline, to the second; locked from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from ground import clock
from ground.errors import Refused
from tests.applications import builders
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
DEADLINE = timedelta(days=30)
SECOND = timedelta(seconds=1)
REWORKED = "申报组织正在修改，尚未重新提交"


@kept
def declined(now: datetime) -> tuple[User, User, Application]:
    """The owner, the recommender's signer and the file."""
    owner, application = builders.submitted(builders.running_cycle(now), now)
    signer = make_user(f"recommender:{application.recommender_id}")
    services.decline_recommendation(
        recommendation=application.recommendations.get(state="waiting"),
        reason="材料不足",
        signatory="张示例",
        actor=signer,
        now=now,
    )
    return owner, signer, Application.objects.get(pk=application.pk)


def rewrite(application: Application, owner: User, at: datetime) -> None:
    services.save_profile(
        application=application, text="改过的概述。", version=application.version, actor=owner, now=at
    )


def test_it_may_be_reworked_until_the_last_second(
    declined: tuple[User, User, Application], now: datetime
) -> None:
    owner, _, application = declined
    rewrite(application, owner, now + DEADLINE)
    application.refresh_from_db()
    assert application.profile_text == "改过的概述。"


def test_after_the_deadline_nothing_of_it_changes(
    declined: tuple[User, User, Application], now: datetime, client_of: Login
) -> None:
    owner, _, application = declined
    late = now + DEADLINE + SECOND
    before = application.profile_text
    piece = application.evidence.filter(removed_at=None).first()
    assert piece is not None
    changes: list[Callable[[], object]] = [
        lambda: rewrite(application, owner, late),
        lambda: services.save_facts(
            application=application,
            facts={"accidents": []},
            version=application.version,
            actor=owner,
            now=late,
        ),
        lambda: services.attach_report(
            application=application, upload=builders.pdf("other"), actor=owner, now=late
        ),
        lambda: services.add_evidence(
            application=application, condition="other", upload=builders.pdf("more"), actor=owner, now=late
        ),
        lambda: services.remove_evidence(evidence=piece, actor=owner, now=late),
    ]
    for change in changes:
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.codes == ("not_editable",)
        assert "已经截止" in str(refusal.value)
    page = reverse("applications:profile", args=[application.pk])
    with clock.frozen(late):
        client = client_of(owner)
        assert '<button class="button">保存' not in client.get(page).content.decode()
        client.post(page, {"text": "改过的概述。", "version": application.version})
    application.refresh_from_db()
    piece.refresh_from_db()
    assert (application.profile_text, piece.removed_at) == (before, None)


def test_a_draft_never_handed_in_stays_with_its_owner(now: datetime) -> None:
    owner, application = builders.filled(builders.running_cycle(now), now)
    rewrite(application, owner, now + DEADLINE + SECOND)
    application.refresh_from_db()
    assert application.profile_text == "改过的概述。"


@pytest.mark.parametrize(("late", "said"), [(timedelta(0), True), (SECOND, False)])
def test_its_readers_are_told_that_it_is_reworked(
    declined: tuple[User, User, Application], now: datetime, client_of: Login, late: timedelta, said: bool
) -> None:
    _, signer, application = declined
    recommendation = reverse("applications:recommendation", args=[application.recommendations.get().pk])
    dossier = application.get_absolute_url()
    readers = {
        make_user("office_clerk:park"): dossier,
        make_user("supervisor"): dossier,
        signer: recommendation,
    }
    with clock.frozen(now + DEADLINE + late):
        for reader, address in readers.items():
            page = client_of(reader).get(address).content.decode()
            assert (REWORKED in page) == said
            assert ("没有重新提交。下面的" in page) == (not said)
            assert "可能与回执上的摘要不同" in page


def test_a_file_that_waits_for_its_recommender_says_nothing_of_it(now: datetime, client_of: Login) -> None:
    _, application = builders.submitted(builders.running_cycle(now), now)
    page = client_of(make_user("office_clerk:park")).get(application.get_absolute_url()).content.decode()
    assert "可能与回执上的摘要不同" not in page
