"""Submitting: the deadline to the second, nothing missing, numbers without gaps, one submission from two tabs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from applications import services
from applications.models import Application
from audit.models import Entry
from ground.errors import Refused
from notifications.queries import duties_for
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def submit(application: Application, user: object, now: datetime) -> None:
    services.submit_application(application=application, actor=user, now=now)


def test_one_second_before_the_deadline_is_in_and_one_after_is_out(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    due = cycle.timetable["application"].due_at
    early, in_time = builders.filled(cycle, now)
    last, at_the_second = builders.filled(cycle, now)
    late, too_late = builders.filled(cycle, now)
    submit(in_time, early, due - timedelta(seconds=1))
    submit(at_the_second, last, due + timedelta(milliseconds=900))
    with pytest.raises(Refused) as refusal:
        submit(too_late, late, due + timedelta(seconds=1))
    assert refusal.value.codes == ("deadline_passed",)
    too_late.refresh_from_db()
    assert (in_time.state, at_the_second.state, too_late.state) == ("submitted", "submitted", "draft")
    assert too_late.profile_text.startswith("组织概述")


def test_numbers_run_in_order_of_submission_without_gaps(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    drafts = [builders.filled(cycle, now) for _ in range(3)]
    late, unsigned = builders.draft(cycle, now)
    with pytest.raises(Refused):
        submit(unsigned, late, now)
    for user, application in reversed(drafts):
        submit(application, user, now)
    assert [application.number for _, application in drafts] == [
        "PARK-2026-0003",
        "PARK-2026-0002",
        "PARK-2026-0001",
    ]


def test_everything_missing_is_told_at_once(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    with pytest.raises(Refused) as refusal:
        services.submit_application(application=application, actor=user, now=now)
    sections = {code.removeprefix("incomplete/") for code in refusal.value.codes}
    assert sections == {
        "registration", "certified_system", "licences", "spot_checks", "safety_level", "exports", "profit", "credit",
        "accidents", "excellence_model", "honours", "figures", "profile", "report", "recommender", "commitments",
    }  # fmt: skip


def test_the_receipt_digests_every_part_and_the_ledger_has_them(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    _, application = builders.submitted(cycle, now)
    codes = [part["code"] for part in application.submitted_parts]
    assert codes[:8] == [
        "facts",
        "notes",
        "profile",
        "recommender",
        "pledge",
        "register",
        "figures",
        "report",
    ]
    assert codes[8:-1] == [f"evidence-{piece.pk}" for piece in application.evidence.all()]
    assert codes[-1] == "commitments-sheet"
    assert all(len(part["digest"]) == 64 for part in application.submitted_parts)
    entry = Entry.objects.get(action="application.submit", subject_id=str(application.pk))
    assert entry.content["details"]["digest"] == application.submitted_digest
    assert entry.article == "第二十一条"


def test_submission_closes_the_duty_and_take_back_opens_it_again(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    assert [duty.kind for duty in duties_for(user)] == ["application.submit"]
    submit(application, user, now)
    signer = make_user(f"recommender:{application.recommender_id}")
    assert list(duties_for(user)) == []
    assert [duty.kind for duty in duties_for(signer)] == ["recommendation.sign"]
    services.take_back_application(application=application, actor=user, now=now)
    assert (application.state, application.submitted_at, application.number) == (
        "draft",
        None,
        "PARK-2026-0001",
    )
    assert [duty.kind for duty in duties_for(user)] == ["application.submit"]
    assert list(duties_for(signer)) == []
    builders.commit(application, user, now)
    submit(application, user, now)
    assert application.number == "PARK-2026-0001"
    assert application.recommendations.filter(state="waiting").count() == 1


def test_no_take_back_after_the_deadline(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    with pytest.raises(Refused) as refusal:
        services.take_back_application(
            application=application,
            actor=user,
            now=cycle.timetable["application"].due_at + timedelta(seconds=1),
        )
    assert refusal.value.code == "deadline_passed"


def test_withdrawing_needs_a_reason_and_the_owner(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    editor = make_user(f"applicant_editor:{application.organisation_id}")
    with pytest.raises(PermissionDenied):
        services.withdraw_application(application=application, reason="改组", actor=editor, now=now)
    with pytest.raises(Refused) as refusal:
        services.withdraw_application(application=application, reason=" ", actor=user, now=now)
    assert refusal.value.code == "reason_required"
    services.withdraw_application(application=application, reason="改组", actor=user, now=now)
    assert application.state == "withdrawn"
    assert application.recommendations.get().state == "recalled"
    again = services.start_application(
        cycle=cycle, organisation=application.organisation, actor=user, now=now
    )
    assert again.state == "draft"


def test_strangers_and_viewers_submit_nothing(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    _, application = builders.filled(cycle, now)
    other, _ = builders.applicant(now)
    viewer = make_user(f"applicant_viewer:{application.organisation_id}")
    for user in (other, viewer, make_user("office_head:park")):
        with pytest.raises(PermissionDenied):
            submit(application, user, now)


def test_one_application_a_cycle(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.draft(cycle, now)
    with pytest.raises(Refused) as refusal:
        services.start_application(cycle=cycle, organisation=application.organisation, actor=user, now=now)
    assert refusal.value.code == "application_exists"


@pytest.mark.parametrize("days", [-1, 31])
def test_no_start_outside_the_window(now: datetime, days: int) -> None:
    cycle = builders.running_cycle(now)
    user, organisation = builders.applicant(now)
    with pytest.raises(Refused) as refusal:
        services.start_application(
            cycle=cycle, organisation=organisation, actor=user, now=now + timedelta(days=days)
        )
    assert refusal.value.code == ("not_started" if days < 0 else "deadline_passed")


def test_what_was_submitted_can_not_be_changed(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    attempts = [
        lambda: services.save_facts(
            application=application,
            facts={"exporter": True},
            version=application.version,
            actor=user,
            now=now,
        ),
        lambda: services.save_profile(
            application=application, text="别的", version=application.version, actor=user, now=now
        ),
        lambda: services.attach_report(
            application=application, upload=builders.pdf("new"), actor=user, now=now
        ),
        lambda: services.add_evidence(
            application=application, condition="profit", upload=builders.pdf("new"), actor=user, now=now
        ),
        lambda: services.remove_evidence(evidence=application.evidence.first(), actor=user, now=now),
        lambda: services.choose_recommender(
            application=application, recommender=application.recommender, actor=user, now=now
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "not_editable"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_submit_once(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)

    def from_a_tab() -> str:
        try:
            submit(Application.objects.get(pk=application.pk), user, now)
            return "done"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(future.result() for future in [pool.submit(from_a_tab) for _ in range(4)])
    assert answers == ["done", "wrong_state", "wrong_state", "wrong_state"]
    application.refresh_from_db()
    assert application.number == "PARK-2026-0001"
    assert application.recommendations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_start_once(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, organisation = builders.applicant(now)

    def from_a_tab() -> str:
        try:
            services.start_application(cycle=cycle, organisation=organisation, actor=user, now=now)
            return "done"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(future.result() for future in [pool.submit(from_a_tab) for _ in range(3)])
    assert answers == ["application_exists", "application_exists", "done"]
