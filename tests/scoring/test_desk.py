"""The reviewer's first page: one next step, what is open by due date, what is sealed."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from scoring import services
from scoring.models import Consolidation
from tests.factories import make_user
from tests.scoring.builders import House, fill, pledge, seal, seal_all, settle_all, sign
from tests.scoring.reviewing import MOST, Browser, member, queries, read, sheet_of, started, user

DESK = "/scoring/desk/"


def test_it_belongs_to_reviewers(house: House, client_of: Browser) -> None:
    for role in ("office_head:park", "committee:park", "supervisor", "administrator", "applicant_owner:1"):
        assert client_of(make_user(role)).get(DESK).status_code == 403, role
    assert client_of(house.clerk).get(DESK).status_code == 403


def test_somebody_without_work_learns_what_will_come(
    house: House, client_of: Browser, user_with: Callable[..., User]
) -> None:
    assert "您还不在评审员库中" in read(client_of(user_with("reviewer")), DESK)
    assert "还没有分配给您的评分表" in read(client_of(house.reviewer().user), DESK)


def test_the_declaration_comes_first(house: House, client_of: Browser) -> None:
    panel = started(house)
    client = client_of(user(panel, 1))
    page = read(client, DESK)
    assert "下一步：作出保密承诺" in page
    assert f'href="/scoring/confidentiality/{house.cycle.pk}/"' in page
    pledge(member(panel, 1).reviewer, house.cycle, house.now)
    page = read(client, DESK)
    assert "下一步：申报回避情况" in page
    assert "还有 2 家组织没有申报" in page
    for sheet in (sheet_of(panel, 1, application) for application in house.applications):
        assert f'href="/scoring/sheets/{sheet.pk}/"' not in page
    services.declare_recusal(
        reviewer=member(panel, 1).reviewer,
        application=house.applications[0],
        kind="none",
        reason="",
        actor=user(panel, 1),
        now=house.now,
    )
    page = read(client, DESK)
    assert f'href="/scoring/recusal/{house.applications[1].pk}/"' in page
    assert f'href="/scoring/sheets/{sheet_of(panel, 1, house.applications[0]).pk}/"' in page


def test_then_the_most_urgent_sheet_with_its_progress(house: House, client_of: Browser) -> None:
    panel = house.panel()
    first = house.applications[0]
    sheet = sheet_of(panel, 2, first)
    services.save_item(
        sheet=sheet,
        item="4.1.2",
        percent=50,
        strengths="",
        opportunities="",
        actor=user(panel, 2),
        now=house.now,
    )
    page = read(client_of(user(panel, 2)), DESK)
    assert "下一步：继续评分" in page
    assert "已评 1 / 23 项" in page
    assert "还剩 30 天 8 小时" in page
    fill(sheet, 55, house.now)
    page = read(client_of(user(panel, 2)), DESK)
    assert "下一步：核对并封存" in page
    assert f'href="/scoring/sheets/{sheet.pk}/seal/"' in page


def test_the_lead_learns_when_all_is_sealed(house: House, client_of: Browser) -> None:
    panel = house.panel()
    first, second = house.applications
    client = client_of(user(panel, 0))
    seal(sheet_of(panel, 0, first), 55, house.now)
    page = read(client, DESK)
    assert "已封存 1 / 3" in page
    assert "待合议签署" not in page
    for place in (1, 2):
        seal(sheet_of(panel, place, first), 55, house.now)
    seal(sheet_of(panel, 0, second), 55, house.now)
    page = read(client, DESK)
    assert "下一步：主持合议" in page
    assert "待合议签署" in page
    assert "评审组合议" not in read(client_of(user(panel, 1)), DESK)
    report = Consolidation.objects.get(application=first)
    settle_all(report, 55, house.now)
    sign(report, house.now)
    page = read(client, DESK)
    assert f'href="/scoring/consolidations/{report.pk}/report/"' in page
    assert "待合议签署" not in page


def test_a_withdrawn_application_leaves_the_queue(house: House, client_of: Browser) -> None:
    panel = house.panel()
    gone, stays = house.applications
    type(gone).objects.filter(pk=gone.pk).update(state="withdrawn")
    page = read(client_of(user(panel, 0)), DESK)
    assert gone.organisation.name not in page
    assert stays.organisation.name in page


def test_who_is_disqualified_finds_an_empty_desk(house: House, client_of: Browser) -> None:
    panel = house.panel()
    reviewer = member(panel, 1).reviewer
    type(reviewer).objects.filter(pk=reviewer.pk).update(disqualified_at=house.now)
    page = read(client_of(user(panel, 1)), DESK)
    assert "评审资格已于 2026年8月3日 取消" in page
    for application in house.applications:
        assert application.organisation.name not in page


def test_it_costs_the_same_with_one_row_and_with_three(house: House, client_of: Browser) -> None:
    panel = house.panel(applications=house.applications[:1])
    seal_all(panel, house.applications[0], (50, 55, 60), house.now)
    lead = user(panel, 0)
    more = [house.applications[1], house.applicant(), house.applicant(), house.applicant()]
    seats = [
        services.Seat(seat.reviewer, lead=seat.lead, industry_expert=seat.industry_expert)
        for seat in panel.members.select_related("reviewer__user")
    ]

    def another(applications: list) -> None:
        added = house.form(seats, applications)
        services.start_panel(panel=added, actor=house.clerk, now=house.now)
        for seat in seats:
            for application in applications:
                services.declare_recusal(
                    reviewer=seat.reviewer,
                    application=application,
                    kind="none",
                    reason="",
                    actor=seat.reviewer.user,
                    now=house.now,
                )

    another(more[:1])
    one = queries(client_of(lead), DESK)
    another(more[1:])
    assert queries(client_of(lead), DESK) == one <= MOST
