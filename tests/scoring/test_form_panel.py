"""办法第二十四条：评审组三人以上、有行业专家、由组长组织；有利害关系的不得评审."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actors import SYSTEM
from accounts.services import grant_role
from applications.models import Application, Organisation
from audit.queries import entries_of
from awards.models import Cycle, Milestone
from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Consolidation, Panel, Recusal, Sheet
from scoring.queries.benches import doubly_seated
from scoring.services import Seat
from tests.factories import make_user
from tests.scoring.builders import House, committee, make_application, make_house, make_recommender


def test_a_lawful_panel_is_formed(house: House) -> None:
    panel = house.form(house.bench())
    assert panel.state == "forming"
    assert panel.members.count() == 3
    assert panel.members.get(lead=True).reviewer == house.pool[0]
    assert set(panel.applications.all()) == set(house.applications)
    assert not Sheet.objects.exists()


def test_every_broken_rule_is_reported_with_its_article(house: House) -> None:
    one, two = house.reviewer(), house.reviewer(industries="")
    with pytest.raises(Refused) as refused:
        house.form([Seat(one), Seat(two)])
    faults = {fault.code: fault.article for fault in refused.value.faults}
    assert faults == {
        "too_few_reviewers": "第二十四条",
        "no_lead": "第二十四条",
        "no_industry_expert": "第二十四条",
    }
    assert not Panel.objects.exists()


def test_the_citys_panel_rests_on_article_22(now: datetime, db: None) -> None:
    city = make_house(now, scheme="city")
    city.applicant()
    with pytest.raises(Refused) as refused:
        city.form([Seat(city.reviewer(), lead=True)])
    assert {fault.article for fault in refused.value.faults} == {"第二十二条"}


@pytest.mark.parametrize(
    ("seats", "code"),
    [
        (
            lambda a, b, c: [Seat(a, lead=True), Seat(b, lead=True), Seat(c, industry_expert=True)],
            "several_leads",
        ),
        (
            lambda a, b, c: [Seat(a, lead=True), Seat(a), Seat(b, industry_expert=True), Seat(c)],
            "seated_twice",
        ),
        (lambda a, b, c: [Seat(a, lead=True), Seat(b, industry_expert=True), Seat(b)], "too_few_reviewers"),
    ],
)
def test_seats_that_make_no_panel(house: House, seats, code: str) -> None:
    three = [house.reviewer() for _ in range(3)]
    with pytest.raises(Refused) as refused:
        house.form(seats(*three))
    assert code in refused.value.codes


@pytest.mark.parametrize(
    "entry", [{"kind": "reviewer", "industries": "C"}, {"kind": "expert", "industries": "A"}]
)
def test_an_industry_expert_is_registered_as_one_for_a_trade_of_the_panel(
    house: House, entry: dict[str, str]
) -> None:
    seats = [Seat(house.reviewer(**entry), industry_expert=True), Seat(house.reviewer(), lead=True)]
    seats.append(Seat(house.reviewer()))
    for given in ({}, {"actor": house.head}, {"override": "没有别人"}):
        with pytest.raises(Refused) as refused:
            house.form(seats, **given)
        assert refused.value.codes[0] == "not_an_expert"
        assert refused.value.faults[0].article == "第二十四条"
    panel = house.form(seats, actor=house.head, override="库里没有这个行业的专家")
    assert entries_of(panel)[0].content["details"]["reason"] == "库里没有这个行业的专家"


def test_an_expert_who_stays_is_asked_again_only_when_the_files_are_others(house: House) -> None:
    seats, able = house.bench(), house.reviewer(kind="expert", industries="I")
    seats[1] = Seat(able, industry_expert=True)
    first, second = house.applications
    Organisation.objects.filter(pk=second.organisation_id).update(industry="I")
    panel = house.form(seats, list(Application.objects.select_related("organisation")))
    change = {"panel": panel, "name": "改名", "seats": seats, "actor": house.clerk, "now": house.now}
    services.change_panel(applications=[first, second], **change)
    with pytest.raises(Refused) as refused:
        services.change_panel(applications=[first], **change)
    assert refused.value.codes == ("not_an_expert",)


def test_who_works_for_the_applicant_is_not_seated(house: House) -> None:
    seats = house.bench()
    insider = house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    with pytest.raises(Refused) as refused:
        house.form([*seats, Seat(insider)])
    assert refused.value.codes == ("conflict_of_interest",)
    assert house.form([*seats, Seat(insider)], [house.applications[1]]).members.count() == 4


def test_members_of_applicant_or_recommender_are_not_seated(house: House, now: datetime) -> None:
    recommender = make_recommender()
    house.applications[0].recommender = recommender
    house.applications[0].save()
    colleague, officer = house.reviewer(), house.reviewer()
    grant_role(
        user=colleague.user,
        role="applicant_viewer",
        scope_key=str(house.applications[0].organisation_id),
        actor=SYSTEM,
        now=now,
    )
    grant_role(user=officer.user, role="recommender", scope_key=str(recommender.pk), actor=SYSTEM, now=now)
    with pytest.raises(Refused) as refused:
        house.form([*house.bench(), Seat(colleague), Seat(officer)])
    assert refused.value.codes == ("conflict_of_interest", "conflict_of_interest")
    services.detect_recusals(cycle=house.cycle, now=now)
    kinds = Recusal.objects.order_by("kind").values_list("kind", "source")
    assert list(kinds) == [("employment", "detected"), ("recommender", "detected")]
    assert services.detect_recusals(cycle=house.cycle, now=now) == []


def test_one_panel_of_a_kind_for_each_applicant(house: House) -> None:
    house.form(house.bench(), [house.applications[0]])
    with pytest.raises(Refused) as refused:
        house.form(house.bench(), house.applications)
    assert refused.value.codes == ("already_assigned",)


def test_only_accepted_applications_of_this_cycle(house: House, now: datetime) -> None:
    refused_one = house.applicant(state="refused")
    other = make_house(now, scheme="city")
    foreign = make_application(other.cycle, other.clerk, now)
    with pytest.raises(Refused) as refused:
        house.form(house.bench(), [refused_one, foreign])
    assert refused.value.codes == ("application_not_ready", "application_not_ready")


def test_the_site_panel_takes_the_shortlisted(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.form(house.bench(), kind="site")
    assert set(refused.value.codes) == {"application_not_ready"}


def test_the_same_person_in_both_panels_is_warned_of(house: House) -> None:
    seats = house.bench()
    house.form(seats, [house.applications[0]])
    house.applications[0].state = "shortlisted"
    house.applications[0].save()
    site = house.form([seats[0], *house.bench()[1:]], [house.applications[0]], kind="site")
    assert [member.reviewer for member in doubly_seated(site)] == [seats[0].reviewer]


def test_a_name_once_a_cycle_and_kind(house: House) -> None:
    house.form(house.bench(), [house.applications[0]], name="一组")
    with pytest.raises(Refused) as refused:
        house.form(house.bench(), [house.applications[1]], name=" 一组 ")
    assert refused.value.codes == ("name_taken",)


def test_a_panel_may_change_until_it_starts(house: House, now: datetime) -> None:
    panel = house.form(house.bench())
    fresh = house.bench(4)
    services.change_panel(
        panel=panel,
        name="新一组",
        seats=fresh,
        applications=[house.applications[1]],
        actor=house.clerk,
        now=now,
    )
    assert {member.reviewer for member in panel.members.all()} == {seat.reviewer for seat in fresh}
    assert list(panel.applications.all()) == [house.applications[1]]
    services.start_panel(panel=panel, actor=house.clerk, now=now)
    with pytest.raises(Refused) as refused:
        services.change_panel(
            panel=panel, name="x", seats=fresh, applications=house.applications, actor=house.clerk, now=now
        )
    assert refused.value.code == "panel_started"


def test_who_is_recused_from_a_file_cannot_drop_it_from_a_panel_unseen(house: House, now: datetime) -> None:
    """An official who is on the pool as well never sees the file, so the form they post cannot name it."""
    first, second = house.applications
    panel = house.form(house.bench())
    official = house.official("office_clerk")
    services.declare_recusal(
        reviewer=official, application=first, kind="family", reason="配偶任职", actor=official.user, now=now
    )
    given = {"panel": panel, "name": "新一组", "seats": house.bench(4), "now": now}
    services.change_panel(**given, applications=[second], actor=official.user)
    assert set(panel.applications.all()) == {first, second}
    services.change_panel(**given, applications=[], actor=official.user)
    assert set(panel.applications.all()) == {first}
    services.change_panel(**given, applications=[second], actor=house.clerk)
    assert set(panel.applications.all()) == {second}


def test_starting_hands_out_sheets_and_duties(house: House, now: datetime) -> None:
    panel = house.form(house.bench())
    services.start_panel(panel=panel, actor=house.clerk, now=now)
    assert panel.state == "working"
    assert Sheet.objects.filter(stage="material").count() == 6
    assert set(Consolidation.objects.values_list("state", "stage")) == {("waiting", "material")}
    due = Milestone.objects.get(cycle=house.cycle, kind="material").due_at
    duties = duties_for(house.pool[0].user).filter(kind="scoring.score")
    assert [duty.due_at for duty in duties] == [due, due]


def test_the_site_panel_scores_presentation_and_site(house: House, now: datetime) -> None:
    Cycle.objects.filter(pk=house.cycle.pk).update(state="site")
    house.cycle.refresh_from_db()
    for application in house.applications:
        application.state = "shortlisted"
        application.save()
    panel = house.panel(kind="site")
    assert set(panel.sheets.values_list("stage", flat=True)) == {"presentation", "site"}
    assert panel.sheets.count() == 2 * 2 * 3
    assert panel.consolidations.count() == 4


def test_a_conflict_that_came_up_stops_the_start(house: House, now: datetime) -> None:
    seats = house.bench()
    panel = house.form(seats)
    services.declare_recusal(
        reviewer=seats[2].reviewer,
        application=house.applications[0],
        kind="family",
        reason="配偶任职",
        actor=seats[2].reviewer.user,
        now=now,
    )
    with pytest.raises(Refused) as refused:
        services.start_panel(panel=panel, actor=house.clerk, now=now)
    assert refused.value.codes == ("conflict_of_interest",)
    assert panel.state == "forming"


def test_a_panel_starts_in_its_stage_only(now: datetime, db: None) -> None:
    house = make_house(now, state="checking")
    house.applicant()
    panel = house.form(house.bench())
    with pytest.raises(Refused) as refused:
        services.start_panel(panel=panel, actor=house.clerk, now=now)
    assert refused.value.codes == ("wrong_stage",)


def test_panels_are_the_offices_work(house: House, now: datetime) -> None:
    seats = house.bench()
    for stranger in (
        make_user("office_clerk:city"),
        make_user("supervisor"),
        make_user("administrator"),
        house.pool[0].user,
    ):
        with pytest.raises(PermissionDenied):
            house.form(seats, actor=stranger)


def test_a_disqualified_reviewer_gets_no_seat(house: House, now: datetime) -> None:
    seats = house.bench(4)
    services.disqualify_reviewer(
        reviewer=seats[3].reviewer, reason="泄露评审信息，评定委〔2026〕5号", actor=committee(), now=now
    )
    with pytest.raises(Refused) as refused:
        house.form(seats)
    assert refused.value.codes == ("reviewer_disqualified",)
    assert refused.value.faults[0].article == "第三十五条"
