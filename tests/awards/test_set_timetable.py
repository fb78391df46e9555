"""The timetable: every stage, to the second, in a sensible order; published dates people may rely on (R19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localtime

from accounts.actors import SYSTEM
from audit.queries import entries_of
from awards import services
from awards.models import Milestone
from awards.rules.timetable import LABELS
from ground.errors import Refused
from notifications.models import Duty

DAY = timedelta(days=1)


def refused_codes(cycle, rows, actor, now) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        services.set_timetable(cycle=cycle, rows=rows, actor=actor, now=now)
    return {(fault.code, fault.field) for fault in refused.value.faults}


def test_all_milestones_are_kept_to_the_second(draft, rows, clerk, now):
    start, due = rows["application"]
    rows["application"] = (start, due.replace(second=59, microsecond=7))
    services.set_timetable(cycle=draft, rows=rows, actor=clerk, now=now)
    assert {m.kind for m in draft.milestones.all()} == set(Milestone.Kind.values)
    assert draft.timetable["application"].due_at == due.replace(second=59)
    assert entries_of(draft).last().action == "cycle.timetable_set"


def test_the_kinds_of_the_model_are_those_of_the_rule():
    assert dict(Milestone.Kind.choices) == dict(LABELS)


@pytest.mark.parametrize("kind", Milestone.Kind.values)
def test_no_stage_may_be_left_out(draft, rows, clerk, now, kind):
    del rows[kind]
    assert refused_codes(draft, rows, clerk, now) == {("milestone_missing", f"{kind}_start")}
    assert not Milestone.objects.exists()


def test_a_deadline_comes_after_its_start(draft, rows, clerk, now):
    start, _ = rows["deliberation"]
    rows["deliberation"] = (start, start)
    assert ("due_before_start", "deliberation_due") in refused_codes(draft, rows, clerk, now)


def test_the_stages_follow_one_another(draft, rows, clerk, now):
    start, due = rows["material"]
    rows["material"] = (start - 25 * DAY, due)
    assert refused_codes(draft, rows, clerk, now) == {("order_wrong", "material_start")}


def test_all_faults_are_reported_together(draft, rows, clerk, now):
    rows["site"] = (rows["site"][0] - 60 * DAY, rows["site"][1] - 60 * DAY)
    del rows["eligibility"]
    found = refused_codes(draft, rows, clerk, now)
    assert found >= {
        ("milestone_missing", "eligibility_start"),
        ("order_wrong", "site_start"),
        ("order_wrong", "site_due"),
    }


def test_an_unknown_stage_is_refused(draft, rows, clerk, now):
    rows["party"] = rows["site"]
    assert refused_codes(draft, rows, clerk, now) == {("milestone_unknown", "")}


def test_a_published_deadline_is_put_off_never_brought_forward(called, rows, clerk, now):
    start, due = rows["application"]
    earlier = {**rows, "application": (start, due - DAY)}
    assert refused_codes(called, earlier, clerk, now) == {("deadline_earlier", "application_due")}
    other_start = {**rows, "application": (start - DAY / 2, due)}
    assert refused_codes(called, other_start, clerk, now) == {("start_published", "application_start")}
    services.set_timetable(
        cycle=called, rows={**rows, "application": (start, due + DAY)}, actor=clerk, now=now
    )
    assert called.timetable["application"].due_at == due + DAY


def test_the_deadline_does_not_come_back_to_life(called, rows, clerk):
    start, due = rows["application"]
    later = due + timedelta(seconds=1)
    services.sweep_cycles(now=later)
    called.refresh_from_db()
    found = refused_codes(called, {**rows, "application": (start, due + DAY)}, clerk, later)
    assert found == {("applications_closed", "application_due")}


def test_moving_a_stage_moves_the_office_duty(called, rows, clerk, now):
    start, due = rows["deliberation"]
    services.set_timetable(
        cycle=called, rows={**rows, "deliberation": (start, due + DAY)}, actor=clerk, now=now
    )
    assert Duty.objects.get(kind="cycle.deliberation").due_at == due + DAY


def test_nothing_is_scheduled_in_a_cancelled_cycle(draft, rows, clerk, head, now):
    services.cancel_cycle(cycle=draft, reason="办法修订", actor=head, now=now)
    assert refused_codes(draft, rows, clerk, now) == {("timetable_closed", "")}


@pytest.mark.parametrize("grant", ["office_head:city", "committee:park", "supervisor", "reviewer"])
def test_only_the_own_office_schedules(draft, rows, now, user_with, grant):
    with pytest.raises(PermissionDenied):
        services.set_timetable(cycle=draft, rows=rows, actor=user_with(grant), now=now)
    with pytest.raises(PermissionDenied):
        services.set_timetable(cycle=draft, rows=rows, actor=SYSTEM, now=now)


def as_typed(rows):
    typed = {}
    for kind, (start, due) in rows.items():
        typed[f"{kind}_start"] = localtime(start).strftime("%Y-%m-%dT%H:%M:%S")
        typed[f"{kind}_due"] = localtime(due).strftime("%Y-%m-%dT%H:%M:%S")
    return typed


def test_the_page_puts_faults_at_the_field_and_keeps_what_was_typed(draft, rows, clerk, client_of):
    typed = as_typed(rows)
    typed["material_start"], typed["site_due"] = typed["application_start"], "明年春天"
    client = client_of(clerk)
    answer = client.post(f"/cycles/{draft.pk}/timetable/", typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"site_due"}
    assert "明年春天" in answer.content.decode()
    typed["site_due"] = as_typed(rows)["site_due"]
    answer = client.post(f"/cycles/{draft.pk}/timetable/", typed)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"material_start"})
    assert typed["application_due"] in answer.content.decode()
    assert not Milestone.objects.exists()


def test_the_page_reads_times_as_shanghai_time(draft, rows, clerk, client_of):
    answer = client_of(clerk).post(f"/cycles/{draft.pk}/timetable/", as_typed(rows))
    assert answer.status_code == 302
    assert {m.kind: (m.starts_at, m.due_at) for m in draft.milestones.all()} == rows
    page = client_of(clerk).get(f"/cycles/{draft.pk}/timetable/").content.decode()
    assert as_typed(rows)["deliberation_due"] in page
