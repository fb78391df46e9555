"""The eligibility check: findings kept, conclusions, waivers, bans and awards on record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from applications import services
from awards.models import Cycle
from ground.errors import Refused
from notifications.models import InboxItem
from notifications.queries import duties_for
from tests.applications import builders
from tests.applications.checking import LOSS, check_of, decide
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_good_file_is_accepted_once_each_condition_is_confirmed(
    cycle: Cycle, head: User, now: datetime
) -> None:
    user, application = builders.recommended(cycle, now)
    assert [check.condition for check in application.checks.all()] == [
        row.code for row in cycle.edition.conditions
    ]
    with pytest.raises(Refused) as refusal:
        decide(application, head, now, accepted=True)
    assert set(refusal.value.codes) == {"check_unconfirmed"}
    assert len(refusal.value.codes) == len(cycle.edition.conditions)
    builders.confirm_all(application, head, now)
    decision = decide(application, head, now, accepted=True)
    assert application.state == "accepted"
    assert decision.articles[0] == "第十一条(一)"
    assert InboxItem.objects.filter(user=user, kind="application.decided").count() == 1


def test_a_loss_is_no_way_to_acceptance(cycle: Cycle, head: User, now: datetime) -> None:
    _, application = builders.recommended(cycle, now, facts=LOSS)
    check = check_of(application, "profit")
    assert (check.outcome, check.article) == ("fail", "第十一条(六)")
    with pytest.raises(Refused) as refusal:
        services.confirm_check(check=check, outcome="pass", note="看着还行", actor=head, now=now)
    assert refusal.value.code == "outcome_not_open"
    builders.confirm_all(application, head, now)
    with pytest.raises(Refused) as refusal:
        decide(application, head, now, accepted=True)
    assert refusal.value.codes == ("condition_failed",)
    assert decide(application, head, now, accepted=False).articles == ["第十一条(六)"]
    assert application.state == "refused"


def test_a_waiver_turns_the_fail_and_asks_for_a_new_conclusion(
    cycle: Cycle, head: User, now: datetime
) -> None:
    _, application = builders.recommended(cycle, now, facts=LOSS)
    builders.confirm_all(application, head, now)
    given = {
        "application": application,
        "reason": "首年投产",
        "resolved_on": now.date(),
        "actor": head,
        "now": now,
    }
    with pytest.raises(Refused) as refusal:
        services.record_waiver(condition="profit", resolution=" ", **given)
    assert refusal.value.code == "resolution_required"
    with pytest.raises(Refused) as refusal:
        services.record_waiver(condition="higher_award", resolution="评定委〔2026〕3号", **given)
    assert refusal.value.code == "not_waivable"
    services.record_waiver(condition="profit", resolution="评定委〔2026〕3号", **given)
    with pytest.raises(Refused) as refusal:
        services.record_waiver(condition="profit", resolution="评定委〔2026〕3号", **given)
    assert refusal.value.code == "waiver_exists"
    check = check_of(application, "profit")
    assert (check.outcome, check.confirmed) == ("waived", "")
    assert check_of(application, "credit").confirmed == "pass"
    services.confirm_check(check=check, outcome="waived", note="", actor=head, now=now)
    assert decide(application, head, now, accepted=True).accepted


def test_a_conclusion_other_than_the_rules_needs_a_note(cycle: Cycle, head: User, now: datetime) -> None:
    _, application = builders.recommended(cycle, now)
    check = check_of(application, "credit")
    with pytest.raises(Refused) as refusal:
        services.confirm_check(check=check, outcome="fail", note="", actor=head, now=now)
    assert refusal.value.code == "note_required"
    services.confirm_check(check=check, outcome="fail", note="信用中国查到记录", actor=head, now=now)
    assert check_of(application, "credit").confirmed == "fail"


def test_refusal_needs_a_ground_and_a_reason(cycle: Cycle, head: User, now: datetime) -> None:
    _, application = builders.recommended(cycle, now)
    with pytest.raises(Refused) as refusal:
        decide(application, head, now, accepted=False)
    assert refusal.value.code == "no_ground"
    services.confirm_check(
        check=check_of(application, "credit"), outcome="fail", note="查到记录", actor=head, now=now
    )
    with pytest.raises(Refused) as refusal:
        decide(application, head, now, accepted=False, reason=" ")
    assert refusal.value.code == "reason_required"


def test_without_a_recommendation_by_its_deadline_the_file_is_refused(
    cycle: Cycle, head: User, now: datetime
) -> None:
    _, application = builders.submitted(cycle, now)
    with pytest.raises(Refused) as refusal:
        decide(application, head, now, accepted=True)
    assert refusal.value.code == "wrong_state"
    with pytest.raises(Refused) as refusal:
        decide(application, head, now, accepted=False)
    assert refusal.value.code == "no_ground"
    after = cycle.timetable["recommendation"].due_at + timedelta(seconds=1)
    assert decide(application, head, after, accepted=False).articles == ["第二十一条"]


def test_only_the_head_of_this_scheme_decides(cycle: Cycle, now: datetime) -> None:
    user, application = builders.recommended(cycle, now)
    for other in (
        make_user("office_clerk:park"),
        make_user("office_head:city"),
        user,
        make_user("supervisor"),
    ):
        with pytest.raises(PermissionDenied):
            decide(application, other, now, accepted=False)


def test_a_ban_is_told_at_the_start_at_the_check_and_at_submission(cycle: Cycle, now: datetime) -> None:
    user, application = builders.filled(cycle, now)
    other, organisation = builders.applicant(now)
    for uscc in (application.organisation.uscc, organisation.uscc):
        services.record_ban(
            uscc=uscc,
            scheme_code="park",
            on=date(2026, 3, 1),
            until=date(2031, 3, 1),
            article="第三十一条",
            source_key=f"case-{uscc}",
            actor=make_user("office_head:park"),
            now=now,
        )
    with pytest.raises(Refused) as start:
        services.start_application(cycle=cycle, organisation=organisation, actor=other, now=now)
    with pytest.raises(Refused) as submit:
        services.submit_application(application=application, actor=user, now=now)
    for refusal in (start, submit):
        assert refusal.value.code == "banned"
        assert refusal.value.faults[0].article == "第三十一条"
        assert "2031年3月1日" in str(refusal.value)
    city = builders.running_cycle(now, scheme="city", edition="city-2016")
    assert (
        services.start_application(cycle=city, organisation=organisation, actor=other, now=now).state
        == "draft"
    )


def test_a_ban_bars_until_its_day_and_not_on_it(cycle: Cycle, now: datetime) -> None:
    user, organisation = builders.applicant(now)
    services.record_ban(
        uscc=organisation.uscc,
        scheme_code="park",
        on=date(2021, 8, 4),
        until=date(2026, 8, 4),
        article="第三十条",
        source_key="case-1",
        actor=user,
        now=now,
    )
    with pytest.raises(Refused):
        services.start_application(cycle=cycle, organisation=organisation, actor=user, now=now)
    tomorrow = now + timedelta(days=1)
    assert services.start_application(cycle=cycle, organisation=organisation, actor=user, now=tomorrow)


def test_a_city_award_bars_the_park_application_at_once(cycle: Cycle, head: User, now: datetime) -> None:
    _, application = builders.recommended(cycle, now)
    builders.confirm_all(application, head, now)
    given: dict[str, Any] = {
        "uscc": application.organisation.uscc,
        "scheme_code": "city",
        "award": "suzhou_mayor_quality",
        "tier": "excellence",
        "on": (now + timedelta(days=5)).date(),
        "until": date(2029, 8, 7),
        "article": "第十四条",
        "source_key": "honour-7",
        "actor": head,
        "now": now + timedelta(days=5),
    }
    services.record_honour_won(**given)
    services.record_honour_won(**given)
    check = check_of(application, "higher_award")
    assert (check.outcome, check.article, check.confirmed) == ("fail", "第十二条", "")
    with pytest.raises(Refused):
        decide(application, head, now + timedelta(days=5), accepted=True)
    services.lift_standing(source_key="honour-7", actor=head, now=now + timedelta(days=6))
    assert check_of(application, "higher_award").outcome == "pass"


def test_after_acceptance_the_office_is_warned(cycle: Cycle, head: User, now: datetime) -> None:
    _, application = builders.recommended(cycle, now)
    builders.confirm_all(application, head, now)
    decide(application, head, now, accepted=True)
    services.record_ban(
        uscc=application.organisation.uscc,
        scheme_code="park",
        on=now.date(),
        until=date(2031, 8, 3),
        article="第三十条",
        source_key="case-9",
        actor=head,
        now=now,
    )
    check = check_of(application, "ban")
    assert (check.outcome, check.confirmed) == ("fail", "pass")
    assert InboxItem.objects.filter(user=head, kind="application.turned").count() == 1


def test_the_digest_of_the_edition_is_kept(cycle: Cycle, now: datetime) -> None:
    _, application = builders.recommended(cycle, now)
    assert {check.edition_digest for check in application.checks.all()} == {cycle.edition.digest}


def test_a_declined_file_may_be_submitted_again_before_the_deadline(cycle: Cycle, now: datetime) -> None:
    user, application = builders.submitted(cycle, now)
    signer = make_user(f"recommender:{application.recommender_id}")
    recommendation = application.recommendations.get()
    with pytest.raises(Refused) as refusal:
        services.decline_recommendation(
            recommendation=recommendation, reason="", signatory="", actor=signer, now=now
        )
    assert set(refusal.value.codes) == {"reason_required", "signatory_required"}
    services.decline_recommendation(
        recommendation=recommendation, reason="材料不实", signatory="张", actor=signer, now=now
    )
    application.refresh_from_db()
    assert application.state == "declined"
    assert [duty.kind for duty in duties_for(user)] == ["application.submit"]
    services.choose_recommender(
        application=application, recommender=builders.recommender_of(cycle)[1], actor=user, now=now
    )
    services.submit_application(application=application, actor=user, now=now)
    assert application.state == "submitted"


def test_recommenders_sign_their_own_in_time(cycle: Cycle, now: datetime) -> None:
    _, application = builders.submitted(cycle, now)
    recommendation = application.recommendations.get()
    stranger, _ = builders.recommender_of(cycle)
    with pytest.raises(PermissionDenied):
        services.sign_recommendation(
            recommendation=recommendation, opinion="同意", signatory="张", actor=stranger, now=now
        )
    signer = make_user(f"recommender:{application.recommender_id}")
    late = cycle.timetable["recommendation"].due_at + timedelta(seconds=1)
    with pytest.raises(Refused) as refusal:
        services.sign_recommendation(
            recommendation=recommendation, opinion="同意", signatory="张", actor=signer, now=late
        )
    assert refusal.value.code == "deadline_passed"
    builders.sign(application, signer, now)
    assert application.state == "recommended"
    with pytest.raises(Refused) as refusal:
        services.sign_recommendation(
            recommendation=recommendation, opinion="同意", signatory="张", actor=signer, now=now
        )
    assert refusal.value.code == "wrong_state"


def test_the_city_asks_its_own_conditions(now: datetime) -> None:
    cycle = builders.running_cycle(now, scheme="city", edition="city-2016")
    _, application = builders.recommended(cycle, now)
    found = {check.condition: check.outcome for check in application.checks.all()}
    assert list(found) == [row.code for row in cycle.edition.conditions]
    assert set(found.values()) <= {"pass", "not_applicable"}
