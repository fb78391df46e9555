"""评定委审议：委员表决，逐家形成决议；可以取消或暂缓，不能授予未达线的，不能超过名额."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Attendance, Meeting, Vote
from tests.factories import make_user
from tests.scoring.results.builders import Year, make_year, states_of


def duties(user: Any) -> list[str]:
    user.__dict__.pop("grants", None)
    return [duty.kind for duty in duties_for(user)]


# ---------------------------------------------------------------- calling


def test_every_member_of_this_scheme_gets_the_duty(year: Year) -> None:
    outsider = make_user("committee:city")
    year.enter("甲")
    year.freeze()
    meeting = year.call()
    assert set(Attendance.objects.filter(meeting=meeting).values_list("member_id", flat=True)) == {
        member.pk for member in year.members
    }
    for member in year.members:
        duty = duties_for(member).get()
        assert duty.kind == "meeting.vote"
        assert duty.due_at == year.cycle.timetable["deliberation"].due_at
    assert duties(outsider) == []
    assert duties(year.authority) == []


@pytest.mark.parametrize("state", ["site", "deliberated", "approved", "announced"])
def test_on_a_frozen_ranking_only(year: Year, state: str) -> None:
    year.set_state(state)
    with pytest.raises(Refused) as refused:
        year.call()
    assert refused.value.codes == ("wrong_stage",)


def test_what_a_call_needs(year: Year) -> None:
    year.enter("甲")
    year.freeze()
    for grant in [grant for member in year.members for grant in member.role_grants.all()]:
        grant.revoked_at = year.now
        grant.save()
    with pytest.raises(Refused) as refused:
        services.call_meeting(
            cycle=year.cycle, held_at=year.now, place=" ", chair="", actor=year.clerk, now=year.now
        )
    assert refused.value.codes == ("place_missing", "chair_missing", "no_members")


def test_one_meeting_a_year(year: Year, held: Meeting) -> None:
    with pytest.raises(Refused) as refused:
        year.call()
    assert refused.value.codes == ("meeting_called",)


@pytest.mark.parametrize("grant", ["committee:park", "authority:park", "office_head:city", "administrator"])
def test_the_office_calls(year: Year, grant: str) -> None:
    year.enter("甲")
    year.freeze()
    with pytest.raises(PermissionDenied):
        services.call_meeting(
            cycle=year.cycle, held_at=year.now, place="一", chair="二", actor=make_user(grant), now=year.now
        )


# ---------------------------------------------------------------- attendance


def attend(year: Year, meeting: Meeting, member: Any, present: bool, **changes: Any) -> None:
    given = {"meeting": meeting, "member": member, "present": present, "actor": year.clerk, "now": year.now}
    services.record_attendance(**given | changes)


def test_who_is_absent_does_not_vote(year: Year, held: Meeting) -> None:
    attend(year, held, year.first, False)
    with pytest.raises(Refused) as refused:
        year.vote(held, "甲", "for")
    assert refused.value.codes == ("absent",)
    attend(year, held, year.first, True)
    year.vote(held, "甲", "for")


def test_who_has_voted_is_not_absent(year: Year, held: Meeting) -> None:
    year.vote(held, "甲", "for")
    with pytest.raises(Refused) as refused:
        attend(year, held, year.first, False)
    assert refused.value.codes == ("has_voted",)


def test_attendance_is_of_members_and_noted_by_the_office(year: Year, held: Meeting) -> None:
    with pytest.raises(Refused) as refused:
        attend(year, held, make_user("committee:city"), True)
    assert refused.value.codes == ("not_a_member",)
    for actor in (year.first, year.authority, make_user("office_clerk:city")):
        with pytest.raises(PermissionDenied):
            attend(year, held, year.first, True, actor=actor)


# ---------------------------------------------------------------- voting


def test_nobody_votes_twice_the_second_vote_replaces(year: Year, held: Meeting) -> None:
    year.vote(held, "甲", "for")
    year.vote(held, "甲", "against")
    vote = Vote.objects.get(meeting=held, application=year.files["甲"])
    assert (vote.member, vote.choice) == (year.first, "against")
    assert Entry.objects.filter(action="meeting.vote").count() == 2


def test_the_duty_ends_with_the_last_vote(year: Year, held: Meeting) -> None:
    year.vote(held, "甲", "for")
    year.vote(held, "乙", "recused")
    assert duties(year.first) == ["meeting.vote"]
    year.vote(held, "丙", "abstain")
    assert duties(year.first) == []
    assert duties(year.second) == ["meeting.vote"]


@pytest.mark.parametrize("choice", ["against", "recused"])
def test_against_and_recused_say_why(year: Year, held: Meeting, choice: str) -> None:
    with pytest.raises(Refused) as refused:
        services.cast_vote(
            meeting=held,
            application=year.files["甲"],
            choice=choice,
            reason=" ",
            actor=year.first,
            now=year.now,
        )
    assert refused.value.codes == ("reason_missing",)
    assert not Vote.objects.exists()


def test_a_choice_there_is_not(year: Year, held: Meeting) -> None:
    with pytest.raises(Refused) as refused:
        year.vote(held, "甲", "maybe")
    assert refused.value.codes == ("choice_unknown",)


def test_only_candidates_are_voted_on(year: Year, held: Meeting) -> None:
    with pytest.raises(Refused) as refused:
        year.vote(held, "丁", "for")
    assert refused.value.codes == ("not_a_candidate",)


def test_after_the_resolution_the_votes_stand(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality")
    with pytest.raises(Refused) as refused:
        year.vote(held, "甲", "against")
    assert refused.value.codes == ("resolved",)


@pytest.mark.parametrize("grant", ["committee:city", "office_head:park", "authority:park", "administrator"])
def test_members_of_this_committee_vote(year: Year, held: Meeting, grant: str) -> None:
    with pytest.raises(PermissionDenied):
        services.cast_vote(
            meeting=held,
            application=year.files["甲"],
            choice="for",
            reason="",
            actor=make_user(grant),
            now=year.now,
        )


def test_a_member_who_came_late_was_not_called(year: Year, held: Meeting) -> None:
    late = make_user("committee:park")
    with pytest.raises(Refused) as refused:
        services.cast_vote(
            meeting=held, application=year.files["甲"], choice="for", reason="", actor=late, now=year.now
        )
    assert refused.value.codes == ("absent",)


# ---------------------------------------------------------------- closing


def test_unresolved_candidates_keep_it_open(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality", 乙="quality")
    with pytest.raises(Refused) as refused:
        year.close(held)
    assert refused.value.codes == ("unresolved",)
    year.cycle.refresh_from_db()
    assert year.cycle.state == "ranked"
    assert set(states_of("甲乙丙丁", year).values()) == {"shortlisted"}


def test_closing_hands_the_list_to_the_authority(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality", 丙="excellence")
    year.vote(held, "乙", "against", "against")
    year.resolve(held, "乙", "", outcome="strike", reason="弄虚作假")
    year.close(held)
    held.refresh_from_db()
    assert held.closed_at == year.now
    assert year.cycle.state == "deliberated"
    assert states_of("甲乙丙丁", year) == {
        "甲": "candidate",
        "乙": "not_selected",
        "丙": "candidate",
        "丁": "not_selected",
    }
    assert duties(year.authority) == ["list.approve"]
    assert [duties(member) for member in year.members] == [[], [], []]


def test_a_closed_meeting_changes_no_more(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality", 乙="quality", 丙="excellence")
    year.close(held)
    for act in (
        lambda: year.vote(held, "甲", "for"),
        lambda: year.resolve(held, "甲"),
        lambda: year.close(held),
        lambda: attend(year, held, year.first, True),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ("meeting_closed",)


def test_who_may_not_act_is_not_told_that_it_is_closed(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality", 乙="quality", 丙="excellence")
    year.close(held)
    for act in (
        lambda: services.close_meeting(meeting=held, actor=year.first, now=year.now),
        lambda: attend(year, held, year.first, True, actor=year.authority),
        lambda: year.resolve(held, "甲", actor=year.clerk),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_year_may_end_without_a_candidate(year: Year) -> None:
    year.enter("甲", 400)
    year.freeze()
    meeting = year.call()
    assert services.candidates_of(meeting) == []
    year.close(meeting)
    assert states_of("甲", year) == {"甲": "not_selected"}
    assert services.list_to_approve(year.cycle) == []


@pytest.mark.parametrize("name", ["clerk", "first", "authority"])
def test_the_head_closes(year: Year, held: Meeting, name: str) -> None:
    year.award(held, 甲="quality", 乙="quality", 丙="excellence")
    with pytest.raises(PermissionDenied):
        services.close_meeting(meeting=held, actor=year.people[name], now=year.now)


def test_the_duty_without_a_milestone_is_due_at_the_meeting(year: Year) -> None:
    year.cycle.milestones.all().delete()
    year.enter("甲")
    year.freeze()
    year.call()
    assert duties_for(year.first).get().due_at == year.now + timedelta(days=1)


def test_two_schemes_keep_apart(year: Year, held: Meeting) -> None:
    other = make_year(year.now, scheme="city")
    other.enter("外", 700)
    other.freeze()
    other.call()
    with pytest.raises(Refused) as refused:
        services.cast_vote(
            meeting=held,
            application=other.files["外"],
            choice="for",
            reason="",
            actor=year.first,
            now=year.now,
        )
    assert refused.value.codes == ("not_a_candidate",)
