"""Evidence replaced in a correction: items that stay locked follow to the new file, and the receipt says no more than that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Correction, Evidence
from applications.queries.correcting import FOLLOWED
from applications.queries.receipt import receipt_of
from documents.models import StoredFile
from ground import clock
from ground.errors import Refused
from tests.applications import builders
from tests.applications.assessments import online, write_all
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
ITEM, CONDITION = "4.1.2", "certified_system"


@kept
def file(now: datetime) -> tuple[User, Application]:
    """The owner and a recommended file, written online, one item of which points to the evidence of CONDITION."""
    owner, application = builders.filled(builders.running_cycle(now), now)
    online(application, owner, now)
    write_all(application, owner, now)
    services.link_evidence(
        application=application,
        code=ITEM,
        evidence=piece_of(application),
        note="第 2 页",
        actor=owner,
        now=now,
    )
    services.submit_application(application=application, actor=owner, now=now)
    builders.sign(application, make_user(f"recommender:{application.recommender_id}"), now)
    return owner, Application.objects.get(pk=application.pk)


def piece_of(application: Application) -> Evidence:
    return application.evidence.get(condition=CONDITION, removed_at=None)


def ask(application: Application, *codes: str, now: datetime) -> Correction:
    return services.request_correction(
        application=application,
        items=[(code, "请更换") for code in codes],
        due_at=now + timedelta(days=5),
        actor=make_user("office_clerk:park"),
        now=now,
    )


def upload(application: Application, owner: User, now: datetime, name: str = "new") -> Evidence:
    return services.add_evidence(
        application=application, condition=CONDITION, upload=builders.pdf(name), actor=owner, now=now
    )


def linked(application: Application) -> list[tuple[int, str]]:
    links = application.assessment_items.get(code=ITEM).evidence_links.filter(evidence__removed_at=None)
    return list(links.values_list("evidence_id", "note"))


def answer(correction: Correction, owner: User, now: datetime) -> None:
    answers = {item.pk: "已更换" for item in correction.items.all()}
    services.answer_correction(correction=correction, answers=answers, actor=owner, now=now)


def test_it_is_not_taken_off_before_there_is_another(
    file: tuple[User, Application], now: datetime, client_of: Login
) -> None:
    owner, application = file
    correction = ask(application, CONDITION, now=now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    old = piece_of(application)
    with pytest.raises(Refused) as refusal:
        services.remove_evidence(evidence=old, actor=owner, now=later)
    assert refusal.value.codes == ("evidence_linked",)
    address = reverse("applications:remove_evidence", args=[old.pk])
    client = client_of(owner)
    with clock.frozen(later):
        page = client.post(address)
    assert page.status_code == 422
    assert f"自评 {ITEM} 链接着这份材料" in page.content.decode()
    old.refresh_from_db()
    assert old.removed_at is None
    fresh = upload(application, owner, later)
    with clock.frozen(later):
        assert client.post(address).status_code == 302
    assert linked(application) == [(fresh.pk, "第 2 页")]
    answer(correction, owner, later)
    receipt = receipt_of(application, 2)
    assert receipt is not None
    label = f"自评 {ITEM} {application.cycle.criteria.item(ITEM).title}"
    told = dict(receipt.changed)
    assert told.pop(label) == FOLLOWED
    assert set(told.values()) == {"新增", "移除"}
    assert not any(name.startswith("自评") for name in told)


def test_an_infected_file_takes_over_nothing(file: tuple[User, Application], now: datetime) -> None:
    owner, application = file
    ask(application, CONDITION, now=now)
    old, sick = piece_of(application), upload(application, owner, now)
    StoredFile.objects.filter(pk=sick.file_id).update(scan="infected")
    with pytest.raises(Refused) as refusal:
        services.remove_evidence(evidence=old, actor=owner, now=now)
    assert refusal.value.codes == ("evidence_linked",)
    services.remove_evidence(evidence=sick, actor=owner, now=now)
    fresh = upload(application, owner, now, "clean")
    services.remove_evidence(evidence=old, actor=owner, now=now)
    assert linked(application) == [(fresh.pk, "第 2 页")]


def test_an_item_that_is_open_is_left_to_its_writer(file: tuple[User, Application], now: datetime) -> None:
    owner, application = file
    correction = ask(application, CONDITION, f"item-{ITEM}", now=now)
    services.remove_evidence(evidence=piece_of(application), actor=owner, now=now)
    assert linked(application) == []
    upload(application, owner, now)
    answer(correction, owner, now)
    receipt = receipt_of(application, 2)
    assert receipt is not None
    assert FOLLOWED not in dict(receipt.changed).values()
