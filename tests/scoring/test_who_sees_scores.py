"""谁在什么时候看得到评分：封存自己的之前看不到别人的；报告签署之前评定办只看进度."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.models import User
from awards.models import Cycle
from awards.states import CYCLE
from ground.errors import Refused
from scoring import services
from scoring.models import Consolidation, Panel, Sheet
from scoring.queries import consolidations_visible_to, panels_visible_to, sheets_visible_to
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, committee, make_house, seal, seal_all, settle_all, sheets_of, sign
from tests.scoring.reviewing import Browser


@kept
def panel(house: House) -> Panel:
    return house.panel()


def outsiders(house: House) -> dict[str, User]:
    roles = (
        "office_clerk:city",
        "office_head:city",
        "administrator",
        "committee:park",
        "authority:park",
        "finance:park",
    )
    people = {role: make_user(role) for role in roles}
    people["applicant"] = make_user(f"applicant_owner:{house.applications[0].organisation_id}")
    people["other reviewer"] = house.reviewer().user
    return people


def test_before_sealing_one_sees_only_the_own_sheet(house: House, panel: Panel, now: datetime) -> None:
    first, second, third = sheets_of(panel, house.applications[0])
    seal(first, 40, now)
    seal(second, 60, now)
    mine = third.reviewer.user
    visible = sheets_visible_to(mine).filter(application=house.applications[0])
    assert list(visible) == [third]
    assert not consolidations_visible_to(mine).exists()


def test_one_sees_what_colleagues_have_sealed_when_all_are_and_no_draft(
    house: House, panel: Panel, now: datetime
) -> None:
    first, second, third = sheets_of(panel, house.applications[0])
    other_applicants = sheets_of(panel, house.applications[1])
    seal(first, 40, now)
    seal(second, 60, now)
    seal(other_applicants[1], 95, now)
    visible = sheets_visible_to(first.reviewer.user)
    assert set(visible.filter(application=house.applications[0])) == {first}
    seal(third, 70, now)
    assert set(visible.filter(application=house.applications[0])) == {first, second, third}
    assert set(visible.filter(application=house.applications[1])) == {other_applicants[0]}


def test_sealing_the_presentation_does_not_show_the_site_scores(house: House, now: datetime) -> None:
    house.cycle.__class__.objects.filter(pk=house.cycle.pk).update(state="site")
    house.cycle.refresh_from_db()
    for application in house.applications:
        application.state = "shortlisted"
        application.save()
    panel = house.panel(kind="site")
    first = house.applications[0]
    hears, looks = sheets_of(panel, first, "presentation"), sheets_of(panel, first, "site")
    seal(hears[0], 40, now)
    seal(hears[1], 50, now)
    seal(hears[2], 60, now)
    seal(looks[1], 90, now)
    visible = set(sheets_visible_to(hears[0].reviewer.user).filter(application=first))
    assert visible == {*hears, looks[0]}


def test_who_scores_anew_has_not_read_the_others(house: House, panel: Panel, now: datetime) -> None:
    first, second, third = sheets_of(panel, house.applications[0])
    user = first.reviewer.user
    mine = sheets_visible_to(user).filter(application=house.applications[0])
    seal(first, 40, now)
    seal(second, 50, now)
    assert set(mine.all()) == {first}
    fresh = services.reopen_sheet(sheet=first, reason="漏看附件", actor=house.head, now=now)
    assert set(mine.all()) == {first, fresh}
    seal(third, 60, now)
    seal(fresh, 45, now)
    assert set(mine.all()) == {first, fresh, second, third}
    with pytest.raises(Refused) as refused:
        services.reopen_sheet(sheet=fresh, reason="又漏", actor=house.head, now=now)
    assert refused.value.code == "consolidating"


def test_the_office_sees_no_score_before_the_signature_and_all_after(
    house: House, panel: Panel, now: datetime
) -> None:
    row = seal_all(panel, house.applications[0], [40, 50, 60], now)
    for user in (house.clerk, house.head):
        assert not sheets_visible_to(user).exists()
        assert not consolidations_visible_to(user).exists()
        assert list(panels_visible_to(user)) == [panel]
    settle_all(row, 50, now)
    sign(row, now)
    for user in (house.clerk, house.head):
        assert set(sheets_visible_to(user)) == set(sheets_of(panel, house.applications[0]))
        assert list(consolidations_visible_to(user)) == [row]


def test_the_supervisor_reads_what_is_sealed(house: House, panel: Panel, now: datetime) -> None:
    supervisor = make_user("supervisor")
    first, second, third = sheets_of(panel, house.applications[0])
    assert not sheets_visible_to(supervisor).exists()
    seal(first, 40, now)
    assert list(sheets_visible_to(supervisor)) == [first]
    fresh = services.reopen_sheet(sheet=first, reason="漏看附件", actor=house.head, now=now)
    assert list(sheets_visible_to(supervisor)) == [first]
    seal(second, 50, now)
    seal(fresh, 50, now)
    assert not consolidations_visible_to(supervisor).exists()
    seal(third, 50, now)
    assert consolidations_visible_to(supervisor).get().state == "open"
    assert set(sheets_visible_to(supervisor)) == {first, second, third, fresh}


def test_nobody_else_sees_sheets_or_panels_at_any_time(house: House, panel: Panel, now: datetime) -> None:
    row = seal_all(panel, house.applications[0], [40, 50, 60], now)
    settle_all(row, 50, now)
    sign(row, now)
    foreign = make_house(now, scheme="city")
    for name, user in outsiders(house).items() | {("foreign clerk", foreign.clerk)}:
        assert not sheets_visible_to(user).exists(), name
        assert not panels_visible_to(user).exists(), name


READING = ("ranked", "deliberated", "approved", "publicity", "publicity_closed", "announced")


def test_who_reads_a_signed_report_in_which_state_of_the_cycle(
    house: House, panel: Panel, now: datetime, client_of: Browser
) -> None:
    """Committee and authority read nothing of the scores before the ranking; the office needs them for the shortlist."""
    row = seal_all(panel, house.applications[0], [40, 50, 60], now)
    deciders = {name: make_user(f"{name}:park") for name in ("committee", "authority")}
    strangers = {
        name: make_user(name)
        for name in ("committee:city", "authority:city", "office_head:city", "administrator", "finance:park")
    }
    assert not any(consolidations_visible_to(user).exists() for user in deciders.values())
    settle_all(row, 50, now)
    sign(row, now)
    always = {
        "clerk": house.clerk,
        "head": house.head,
        "supervisor": make_user("supervisor"),
        "member": panel.members.all()[2].reviewer.user,
    }
    clients = {name: client_of(user) for name, user in (always | deciders | strangers).items()}
    asked: dict[str, set[bool]] = {name: set() for name in clients}
    for state in (state.code for state in CYCLE.states):
        Cycle.objects.filter(pk=house.cycle.pk).update(state=state)
        readers = always | (deciders if state in READING else {})
        for name, user in (always | deciders | strangers).items():
            reads = name in readers
            assert list(consolidations_visible_to(user)) == ([row] if reads else []), (state, name)
            # The pages go by that list: each is asked for once where it shows something to somebody and once where not.
            pages = ["", *(() if reads in asked[name] else ("report/", "differences/", "report.pdf"))]
            asked[name].add(reads)
            for page in pages:
                answer = clients[name].get(f"{row.get_absolute_url()}{page}", follow=True).status_code
                assert (answer == 404) is not reads, (state, name, page, answer)
    assert {name for name, answers in asked.items() if answers == {False, True}} == set(deciders)


def test_a_disqualified_reviewer_sees_nothing_more(house: House, panel: Panel, now: datetime) -> None:
    sheet = sheets_of(panel, house.applications[0])[2]
    services.disqualify_reviewer(
        reviewer=sheet.reviewer, reason="泄密，评定委〔2026〕5号", actor=committee(), now=now
    )
    user = User.objects.get(pk=sheet.reviewer.user_id)
    assert not sheets_visible_to(user).exists()
    assert not panels_visible_to(user).exists()
    assert not Consolidation.objects.filter(pk__in=consolidations_visible_to(user)).exists()
    assert Sheet.objects.filter(reviewer=sheet.reviewer).exists()
