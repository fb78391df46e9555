"""An answer to a correction is refused for what is missing in what the correction opened, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Correction
from applications.services.years import enter_year_figures
from documents.models import StoredFile
from ground import clock
from ground.errors import Refused
from notifications.models import InboxItem
from tests.applications import builders
from tests.applications.assessments import codes_of, online
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


@kept
def file(now: datetime) -> tuple[User, Application]:
    """The owner and a recommended file whose net profit agrees with its figures."""
    owner, application = builders.filled(builders.running_cycle(now), now)
    enter(application, owner, now, "900000.5")
    services.submit_application(application=application, actor=owner, now=now)
    builders.sign(application, make_user(f"recommender:{application.recommender_id}"), now)
    return owner, Application.objects.get(pk=application.pk)


def enter(application: Application, owner: User, now: datetime, profit: str) -> None:
    rows = {2024: {"net_profit": Decimal(profit)}}
    enter_year_figures(organisation=application.organisation, rows=rows, actor=owner, now=now)


def ask(application: Application, *codes: str, now: datetime) -> Correction:
    return services.request_correction(
        application=application,
        items=[(code, "请补正") for code in codes],
        due_at=now + timedelta(days=5),
        actor=make_user("office_clerk:park"),
        now=now,
    )


def answer(correction: Correction, owner: User, now: datetime) -> tuple[str, ...]:
    """The codes of the refusal; none where the answer was taken."""
    correction = Correction.objects.get(pk=correction.pk)
    answers = {item.pk: "已补正" for item in correction.items.all()}
    try:
        services.answer_correction(correction=correction, answers=answers, actor=owner, now=now)
    except Refused as refusal:
        assert Correction.objects.get(pk=correction.pk).state == "open"
        return refusal.codes
    return ()


def save(application: Application, owner: User, now: datetime, **facts: object) -> None:
    services.save_facts(application=application, facts=facts, version=99, actor=owner, now=now)


def test_a_report_switched_to_empty_texts_does_not_go_back(
    file: tuple[User, Application], now: datetime, client_of: Login
) -> None:
    owner, application = file
    correction = ask(application, "report", now=now)
    online(application, owner, now)
    expected = tuple(f"incomplete/item-{code}" for code in codes_of(application))
    assert answer(correction, owner, now) == expected
    client, address = client_of(owner), reverse("applications:correction", args=[correction.pk])
    with clock.frozen(now):
        sent = {f"answer_{correction.items.get().pk}": "已经改好"}
        refused = client.post(address, sent)
        with CaptureQueriesContext(connection) as taken:
            page = client.get(address).content.decode()
    assert refused.status_code == 422
    assert "已经改好" in refused.content.decode()
    item = reverse("applications:assessment_item", args=[application.pk, codes_of(application)[0]])
    for shown in (refused.content.decode(), page):
        assert f'href="{item}#id_text"' in shown
    assert len(taken) <= 15
    services.choose_assessment_mode(application=application, mode="report", actor=owner, now=now)
    assert answer(correction, owner, now) == ()


def test_an_answer_taken_back_does_not_go_back(file: tuple[User, Application], now: datetime) -> None:
    owner, application = file
    correction = ask(application, "accidents", now=now)
    save(application, owner, now, accidents=None)
    assert answer(correction, owner, now) == ("incomplete/accidents",)
    save(application, owner, now, accidents=[])
    assert answer(correction, owner, now) == ()


def test_evidence_taken_off_does_not_go_back(file: tuple[User, Application], now: datetime) -> None:
    owner, application = file
    correction = ask(application, "certified_system", now=now)
    piece = application.evidence.get(condition="certified_system", removed_at=None)
    services.remove_evidence(evidence=piece, actor=owner, now=now)
    assert answer(correction, owner, now) == ("incomplete/certified_system",)
    services.add_evidence(
        application=application,
        condition="certified_system",
        upload=builders.pdf("new"),
        actor=owner,
        now=now,
    )
    assert answer(correction, owner, now) == ()


def test_what_is_missing_in_a_locked_part_stops_nothing(
    file: tuple[User, Application], now: datetime
) -> None:
    owner, application = file
    sick = application.evidence.get(condition="certified_system", removed_at=None)
    StoredFile.objects.filter(pk=sick.file_id).update(scan="infected")
    Application.objects.filter(pk=application.pk).update(profile_text="")
    assert answer(ask(application, "accidents", now=now), owner, now) == ()
    application.refresh_from_db()
    correction = ask(application, "certified_system", now=now)
    assert set(answer(correction, owner, now)) == {"incomplete/certified_system"}


def test_profit_and_figures_both_asked_for_have_to_agree(
    file: tuple[User, Application], now: datetime
) -> None:
    owner, application = file
    correction = ask(application, "profit", "figures", now=now)
    enter(application, owner, now, "7")
    assert answer(correction, owner, now) == ("incomplete/profit",)
    save(application, owner, now, net_profit={"2023": "1200000", "2024": "7", "2025": "1500000"})
    assert answer(correction, owner, now) == ()


@pytest.mark.parametrize("asked", ["profit", "figures"])
def test_of_which_one_is_locked_they_may_differ_and_both_sides_are_told(
    file: tuple[User, Application], now: datetime, asked: str
) -> None:
    owner, application = file
    correction = ask(application, asked, now=now)
    clerk = make_user("office_clerk:park")
    if asked == "figures":
        enter(application, owner, now, "7")
    else:
        save(application, owner, now, net_profit={"2023": "1200000", "2024": "7", "2025": "1500000"})
    assert answer(correction, owner, now) == ()
    for user, kind in ((owner, "correction.received"), (clerk, "correction.answered")):
        assert (
            "2024 年度净利润与这份申报的近三年经营数据不一致"
            in InboxItem.objects.get(user=user, kind=kind).body
        )


def test_figures_taken_out_do_not_go_back(file: tuple[User, Application], now: datetime) -> None:
    owner, application = file
    correction = ask(application, "figures", now=now)
    application.organisation.years.filter(year=2023).delete()
    assert answer(correction, owner, now) == ("incomplete/figures",)
