"""Next year's file starts from last year's: what goes along, what has to be looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from applications.queries import gaps
from applications.queries.carrying import last_report
from audit.queries import entries_of
from ground.errors import Refused
from tests.applications import assessments, builders

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def test_next_year_starts_from_last_year(now: datetime, client_of: Login) -> None:
    old_cycle = builders.running_cycle(now, year=2025)
    owner, old = builders.filled(old_cycle, now)
    assessments.online(old, owner, now)
    code = assessments.codes_of(old)[0]
    text = "方法。\n\n![流程](1)"
    services.save_item_text(application=old, code=code, text=text, version=0, actor=owner, now=now)
    cycle = builders.running_cycle(now)
    address, client = reverse("applications:start_application", args=[cycle.pk]), client_of(owner)
    assert "从2025年度的申报开始" in client.get(address).content.decode()

    assert client.post(address, {"organisation": old.organisation_id, "start": "last"}).status_code == 302

    made = Application.objects.get(cycle=cycle)
    assert made.carried_from == old
    assert made.profile_text == old.profile_text != ""
    assert made.notes == {"licences": "本行业无许可要求"}
    left = {"spot_checks", "export_incidents", "dishonesty_records", "accidents"}
    assert made.facts == {key: value for key, value in old.facts.items() if key not in left}
    assert made.facts.keys() & left == set() != old.facts.keys() & left
    assert made.self_assessment.mode == "online"
    assert made.assessment_items.get(code=code).text == "方法。\n\n（图片：流程）"
    assert (made.recommender, made.evidence.count()) == (None, 0)
    pieces = client.get(reverse("applications:tasks", args=[made.pk])).context["old_pieces"]
    assert sorted(piece.name for piece in pieces) == sorted(piece.name for piece in old.evidence.all())
    assert pieces != []
    assert client.get(reverse("applications:file", args=[old.pk, pieces[0].file_id])).status_code == 200


def test_blank_stays_a_choice_and_nothing_can_be_carried_from_nowhere(
    now: datetime, client_of: Login
) -> None:
    owner, old = builders.filled(builders.running_cycle(now, year=2025), now)
    cycle = builders.running_cycle(now)
    address = reverse("applications:start_application", args=[cycle.pk])
    client_of(owner).post(address, {"organisation": old.organisation_id, "start": "blank"})
    made = Application.objects.get(cycle=cycle)
    assert (made.carried_from, made.facts, made.profile_text) == (None, {}, "")
    newcomer, organisation = builders.applicant(now)
    client = client_of(newcomer)
    assert "从空白开始" not in client.get(address).content.decode()
    assert client.post(address, {"organisation": organisation.pk, "start": "last"}).status_code in (409, 422)
    assert not Application.objects.filter(organisation=organisation).exists()


def test_last_years_report_is_offered_taken_by_a_press_and_marked_until_confirmed(
    now: datetime, client_of: Login
) -> None:
    owner, old = builders.filled(builders.running_cycle(now, year=2025), now)
    code = assessments.codes_of(old)[0]
    services.save_page_index(application=old, pages={code: (1, 1)}, actor=owner, now=now)
    cycle = builders.running_cycle(now)
    made = services.start_from_last(cycle=cycle, organisation=old.organisation, actor=owner, now=now)
    assert (made.report, made.page_index.count()) == (None, 0)
    client = client_of(owner)
    page, press = (reverse(f"applications:{name}", args=[made.pk]) for name in ("assessment", "last_report"))
    tasks = reverse("applications:tasks", args=[made.pk])
    for address in (page, tasks):
        assert old.report_name in client.get(address).content.decode()
    viewer = client_of(assessments.colleague(made, "applicant_viewer"))
    assert viewer.post(press, {"do": "take"}).status_code == 403
    assert client.post(press, {"do": "take"}).status_code == 302
    made.refresh_from_db()
    assert (made.report, made.report_name) == (old.report, old.report_name)
    assert list(made.page_index.values_list("code", "first_page", "last_page")) == [(code, 1, 1)]
    assert client.get(page).content.decode().count("往年的，待确认") == 2
    marked = [gap for gap in gaps(made, now) if gap.field == "last-report"]
    assert [gap.code for gap in marked] == ["incomplete/report"]
    assert client.get(tasks).context["last_report"] is None
    assert client.post(press, {"do": "confirm"}).status_code == 302
    made.refresh_from_db()
    assert "往年的，待确认" not in client.get(page).content.decode()
    assert not [gap for gap in gaps(made, now) if gap.field == "last-report"]
    told = [entry.action for entry in entries_of(made)]
    assert told.count("application.take_last_report") == told.count("application.confirm_last_report") == 1


def test_what_replaces_last_years_report_needs_no_word(now: datetime) -> None:
    owner, old = builders.filled(builders.running_cycle(now, year=2025), now)
    code = assessments.codes_of(old)[0]
    services.save_page_index(application=old, pages={code: (1, 1)}, actor=owner, now=now)
    cycle = builders.running_cycle(now)
    given = {"actor": owner, "now": now}
    made = services.start_from_last(cycle=cycle, organisation=old.organisation, **given)
    services.take_last_report(application=made, **given)
    services.attach_report(application=made, upload=builders.pdf("2026"), **given)
    assert (made.report_carried, made.pages_carried) == (False, True)
    services.save_page_index(application=made, pages={code: (1, 1)}, **given)
    assert (made.report_carried, made.pages_carried) == (False, False)
    with pytest.raises(Refused) as refused:
        services.take_last_report(application=made, **given)
    assert refused.value.codes == ("nothing_to_carry",)
    services.remove_report(application=made, **given)
    services.take_last_report(application=made, **given)
    services.choose_assessment_mode(application=made, mode="online", **given)
    assert [gap.field for gap in gaps(made, now) if gap.field == "last-report"] == ["last-report"]
    services.remove_report(application=made, **given)
    assert last_report(made) is None
