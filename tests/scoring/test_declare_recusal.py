"""回避：有利害关系的评审员看不到申报材料、评分、评审组和名次；已经分发的评分表作废."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actors import SYSTEM
from accounts.services import grant_role, revoke_role
from applications.models import Application
from ground.errors import Refused
from notifications.queries import duties_for, inbox_visible_to
from scoring import services
from scoring.models import NO_CONFLICT, Consolidation, Panel, Recusal, RecusalDeclaration, Reviewer, Sheet
from scoring.queries import blind, consolidations_visible_to, panels_visible_to, sheets_visible_to
from scoring.queries.visibility import assignments_of
from scoring.services import Seat
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import (
    House,
    lead,
    make_recommender,
    pledge,
    seal,
    seal_all,
    settle_all,
    sheets_of,
    sign,
)


@kept
def panel(house: House) -> Panel:
    return house.panel()


def declare(
    reviewer: Reviewer, application: Application, now: datetime, kind: str = "family"
) -> RecusalDeclaration:
    return services.declare_recusal(
        reviewer=reviewer,
        application=application,
        kind=kind,
        reason="" if kind == NO_CONFLICT else "配偶在该组织任职",
        actor=reviewer.user,
        now=now,
    )


def seat(panel: Panel, place: int) -> Reviewer:
    return list(panel.members.order_by("id"))[place].reviewer


def test_no_conflict_is_kept_too(house: House, now: datetime) -> None:
    reviewer = house.reviewer()
    declaration = declare(reviewer, house.applications[0], now, NO_CONFLICT)
    assert (declaration.conflict, declaration.declared_at) == (False, now)
    assert not Recusal.objects.exists()
    assert declare(reviewer, house.applications[0], now, NO_CONFLICT) == declaration


def test_a_conflict_needs_its_kind_and_reason(house: House, now: datetime) -> None:
    reviewer = house.reviewer()
    with pytest.raises(Refused) as refused:
        services.declare_recusal(
            reviewer=reviewer,
            application=house.applications[0],
            kind="friend",
            reason=" ",
            actor=reviewer.user,
            now=now,
        )
    assert refused.value.codes == ("kind_unknown", "reason_missing")
    assert not RecusalDeclaration.objects.exists()


def test_nobody_declares_for_another(house: House, now: datetime) -> None:
    reviewer = house.reviewer()
    for other in (house.head, house.reviewer().user, make_user("administrator")):
        with pytest.raises(PermissionDenied):
            services.declare_recusal(
                reviewer=reviewer,
                application=house.applications[0],
                kind=NO_CONFLICT,
                reason="",
                actor=other,
                now=now,
            )


def test_a_conflict_on_record_is_not_declared_away(house: House, now: datetime) -> None:
    insider = house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    declared = house.reviewer()
    declare(declared, house.applications[0], now)
    for reviewer in (insider, declared):
        with pytest.raises(Refused) as refused:
            declare(reviewer, house.applications[0], now, NO_CONFLICT)
        assert refused.value.code == "conflict_on_record"


def test_the_duty_ends_when_every_applicant_has_an_answer(house: House, now: datetime) -> None:
    panel = house.form(house.bench())
    reviewer = seat(panel, 0)
    duties = duties_for(reviewer.user).filter(kind="scoring.declare")
    assert duties.count() == 1
    declare(reviewer, house.applications[0], now, NO_CONFLICT)
    assert duties.count() == 1
    declare(reviewer, house.applications[1], now, NO_CONFLICT)
    assert duties.count() == 0


@pytest.mark.parametrize("sealed", [False, True])
def test_after_seating_the_sheet_is_void_and_the_office_told(
    house: House, panel: Panel, now: datetime, sealed: bool
) -> None:
    mine, _, _ = sheets_of(panel, house.applications[0])
    if sealed:
        seal(mine, 90, now)
    reviewer = mine.reviewer
    declare(reviewer, house.applications[0], now)
    mine.refresh_from_db()
    assert mine.state == "void"
    assert not duties_for(reviewer.user).filter(kind="scoring.score", subject_id=str(mine.pk)).exists()
    told = inbox_visible_to(house.clerk).get(subject__startswith="评审员须回避")
    assert house.applications[0].organisation.name in told.subject
    assert "scoring.mend_panel" in duties_for(house.clerk).values_list("kind", flat=True)
    other = sheets_of(panel, house.applications[1])[0]
    assert (other.reviewer, other.state) == (reviewer, "draft")


def test_a_void_sheet_does_not_count(house: House, now: datetime) -> None:
    panel = house.panel(4)
    first, second, third, fourth = sheets_of(panel, house.applications[0])
    for sheet in (second, third, fourth):
        seal(sheet, 50, now)
    declare(first.reviewer, house.applications[0], now)
    services.change_lead(
        panel=panel, reviewer=third.reviewer, reason="组长须回避", actor=house.clerk, now=now
    )
    row = Consolidation.objects.get(application=house.applications[0])
    assert row.state == "open"
    settle_all(row, 50, now)
    sign(row, now)
    assert str(row.score) == "500.00"


def test_too_few_reviewers_hold_the_consensus_until_a_substitute_has_sealed(
    house: House, panel: Panel, now: datetime
) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(row, 50, now)
    declare(seat(panel, 2), house.applications[0], now)
    row.refresh_from_db()
    assert row.state == "waiting"
    assert not row.items.exists()
    newcomer = house.reviewer()
    services.seat_substitute(panel=panel, seat=Seat(newcomer), actor=house.clerk, now=now)
    assert list(Sheet.objects.filter(reviewer=newcomer).values_list("application", flat=True)) == [
        house.applications[0].pk
    ]
    assert "scoring.mend_panel" not in duties_for(house.clerk).values_list("kind", flat=True)
    pledge(newcomer, house.cycle, now)
    declare(newcomer, house.applications[0], now, NO_CONFLICT)
    seal(sheets_of(panel, house.applications[0])[-1], 50, now)
    row.refresh_from_db()
    assert row.state == "open"


def test_a_substitute_needs_a_vacancy_and_a_clean_slate(house: House, panel: Panel, now: datetime) -> None:
    insider = house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    with pytest.raises(Refused) as refused:
        services.seat_substitute(panel=panel, seat=Seat(insider), actor=house.clerk, now=now)
    assert refused.value.code == "no_vacancy"
    declare(seat(panel, 2), house.applications[0], now)
    for reviewer, code in ((insider, "conflict_of_interest"), (seat(panel, 0), "seated_twice")):
        with pytest.raises(Refused) as refused:
            services.seat_substitute(panel=panel, seat=Seat(reviewer), actor=house.clerk, now=now)
        assert code in refused.value.codes


def test_a_signed_report_stands_and_the_office_looks_into_it(
    house: House, panel: Panel, now: datetime
) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(row, 50, now)
    sign(row, now)
    declare(seat(panel, 1), house.applications[0], now)
    row.refresh_from_db()
    assert row.state == "signed"
    assert "已经签署" in inbox_visible_to(house.head).get(subject__startswith="评审员须回避").body


def test_a_recused_lead_neither_settles_nor_signs(house: House, panel: Panel, now: datetime) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    user = lead(panel)
    grant_role(
        user=user,
        role="applicant_viewer",
        scope_key=str(house.applications[0].organisation_id),
        actor=SYSTEM,
        now=now,
    )
    with pytest.raises(Refused) as refused:
        services.settle_items(consolidation=row, items={"4.1.2": (50, "")}, actor=user, now=now)
    assert refused.value.code == "recused"


def test_a_recused_person_sees_nothing_of_the_applicant(house: House, panel: Panel, now: datetime) -> None:
    reviewer = seat(panel, 2)
    for application in house.applications:
        row = seal_all(panel, application, [50, 50, 50], now)
        settle_all(row, 50, now)
        sign(row, now)
    first, second = house.applications
    everything = Application.objects.filter(cycle=house.cycle)
    assert set(blind(everything, reviewer.user)) == {first, second}
    declare(reviewer, first, now)
    user = type(reviewer.user).objects.get(pk=reviewer.user_id)
    assert set(blind(everything, user)) == {second}
    assert set(assignments_of(user)) == {second}
    assert set(sheets_visible_to(user).values_list("application", flat=True)) == {second.pk}
    assert set(consolidations_visible_to(user).values_list("application", flat=True)) == {second.pk}
    assert set(panels_visible_to(user)) == {panel}
    declare(reviewer, second, now)
    assert not panels_visible_to(user).exists()


@pytest.mark.parametrize("role", ["applicant_viewer", "recommender"])
def test_a_fact_counts_at_once_even_before_it_is_recorded(
    house: House, panel: Panel, now: datetime, role: str
) -> None:
    first = house.applications[0]
    first.recommender = make_recommender()
    first.save()
    sheet = sheets_of(panel, first)[0]
    key = first.organisation_id if role == "applicant_viewer" else first.recommender_id
    grant = grant_role(user=sheet.reviewer.user, role=role, scope_key=str(key), actor=SYSTEM, now=now)
    user = type(sheet.reviewer.user).objects.get(pk=sheet.reviewer.user_id)
    assert not Recusal.objects.exists()
    assert not sheets_visible_to(user).filter(application=first).exists()
    with pytest.raises(Refused) as refused:
        services.save_item(
            sheet=sheet, item="4.1.2", percent=50, strengths="", opportunities="", actor=user, now=now
        )
    assert refused.value.code == "recused"
    assert services.sweep_recusals(now=now) == 1
    assert services.sweep_recusals(now=now) == 0
    sheet.refresh_from_db()
    assert sheet.state == "void"
    revoke_role(grant=grant, actor=SYSTEM, now=now)
    assert not sheets_visible_to(type(user).objects.get(pk=user.pk)).filter(application=first).exists()


def test_the_head_may_find_that_there_was_no_conflict(house: House, now: datetime) -> None:
    reviewer = house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    recusal = Recusal.objects.get(reviewer=reviewer)
    with pytest.raises(PermissionDenied):
        services.dismiss_recusal(recusal=recusal, reason="已调离", actor=house.clerk, now=now)
    with pytest.raises(Refused) as refused:
        services.dismiss_recusal(recusal=recusal, reason="", actor=house.head, now=now)
    assert refused.value.code == "reason_missing"
    services.dismiss_recusal(recusal=recusal, reason="已调离满三年，见证明", actor=house.head, now=now)
    assert set(blind(Application.objects.filter(cycle=house.cycle), reviewer.user)) == set(house.applications)
    assert services.detect_recusals(cycle=house.cycle, now=now) == []
    declare(reviewer, house.applications[0], now, NO_CONFLICT)
    with pytest.raises(Refused) as refused:
        services.dismiss_recusal(recusal=recusal, reason="再来", actor=house.head, now=now)
    assert refused.value.code == "already_dismissed"
