"""评审组的页面：谁看得到、还缺什么、下一步、规则逐条指出而所选不丢、报告签署前没有评分."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awards.models import Milestone
from scoring import services
from scoring.models import Consolidation
from tests.factories import make_user
from tests.scoring.builders import (
    House,
    declare_all,
    fill,
    make_house,
    seal,
    seal_all,
    settle_all,
    sheets_of,
    sign,
)
from tests.scoring.office import Login, page, standing

MOST = 15
GRANTS = (
    "office_clerk:park",
    "office_head:park",
    "supervisor",
    "office_clerk:city",
    "office_head:city",
    "committee:park",
    "authority:park",
    "finance:park",
    "administrator",
    "reviewer",
)
OFFICE = {"office_clerk:park", "office_head:park"}


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize(
    ("name", "readers"),
    [("panels", OFFICE | {"supervisor"}), ("form_panel", OFFICE), ("start_material_review", OFFICE)],
)
def test_pages_of_the_cycle_for_every_role(
    house: House, client_of: Login, name: str, readers: set[str]
) -> None:
    found = {
        grant: client_of(make_user(grant)).get(page(name, house.cycle.pk)).status_code for grant in GRANTS
    }
    assert found == {
        grant: 200 if grant in readers else 403 if grant == "supervisor" else 404 for grant in GRANTS
    }


@pytest.mark.parametrize("name", ["panel", "change_panel", "start_panel", "seat_substitute", "change_lead"])
def test_pages_of_a_panel_for_every_role(house: House, client_of: Login, name: str) -> None:
    panel = house.form(house.bench())
    found = {grant: client_of(make_user(grant)).get(page(name, panel.pk)).status_code for grant in GRANTS}
    assert found == {
        grant: 200 if grant in OFFICE or (grant, name) == ("supervisor", "panel") else 403 if grant == "supervisor" else 404
        for grant in GRANTS
    }  # fmt: skip


def test_visitors_log_in_first(house: House, client: Client) -> None:
    answer = client.get(page("panels", house.cycle.pk))
    assert (answer.status_code, answer.url) == (
        302,
        f"/accounts/login/?next=/cycles/{house.cycle.pk}/panels/",
    )


@pytest.mark.parametrize("name", ["start_panel", "change_panel", "seat_substitute", "change_lead"])
def test_the_supervisor_changes_nothing(house: House, client_of: Login, name: str) -> None:
    panel = house.form(house.bench())
    answer = client_of(make_user("supervisor")).post(page(name, panel.pk), {"reason": "x"})
    assert answer.status_code == 403
    panel.refresh_from_db()
    assert panel.state == "forming"


def test_a_member_sees_seats_and_applicants_but_those_they_are_recused_from(
    house: House, client_of: Login, now: datetime
) -> None:
    panel = house.panel()
    first, second = house.applications
    member = house.pool[2]
    services.declare_recusal(
        reviewer=member, application=first, kind="family", reason="配偶任职", actor=member.user, now=now
    )
    text = client_of(member.user).get(page("panel", panel.pk)).content.decode()
    assert second.organisation.name in text
    assert first.organisation.name not in text
    assert "评分进度" not in text
    assert client_of(member.user).get(page("panels", house.cycle.pk)).status_code == 404


# ---------------------------------------------------------------- progress, what is missing, the next step


def test_from_the_check_to_the_shortlist_one_step_at_a_time(
    now: datetime, db: None, client_of: Login
) -> None:
    house = make_house(now, state="checking")
    undecided = house.applicant(state="recommended")
    client = client_of(house.clerk)
    assert standing(client, house).label == "办理资格审核"
    undecided.state = "accepted"
    undecided.save()
    assert standing(client, house).href == page("start_material_review", house.cycle.pk)
    assert client.post(page("start_material_review", house.cycle.pk)).status_code == 302
    assert standing(client, house).label == "组建材料评审组"
    panel = house.form(house.bench())
    assert standing(client, house).href == page("start_panel", panel.pk)
    assert client.post(page("start_panel", panel.pk)).status_code == 302
    state = standing(client, house)
    assert (state.label, state.href) == ("", "")
    assert sum("没有申报有无利害关系" in gap.text for gap in state.gaps) == 3
    declare_all(panel, now)
    consolidation = seal_all(panel, undecided, [50, 50, 50], now)
    assert [gap.text for gap in standing(client, house).gaps] == [f"{panel}还有 1 份评审报告没有签署。"]
    settle_all(consolidation, 50, now)
    sign(consolidation, now)
    assert standing(client, house).href == page("shortlist", house.cycle.pk)


def test_the_material_review_waits_for_every_decision(now: datetime, db: None, client_of: Login) -> None:
    house = make_house(now, state="checking")
    house.applicant()
    house.applicant(state="correcting", name="苏州未决有限公司")
    answer = client_of(house.clerk).post(page("start_material_review", house.cycle.pk))
    assert answer.status_code == 422
    assert "苏州未决有限公司还没有资格审核结论" in answer.content.decode()
    house.cycle.refresh_from_db()
    assert house.cycle.state == "checking"


def test_a_missing_date_and_a_vacancy_are_named(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel()
    member = house.pool[2]
    services.declare_recusal(
        reviewer=member,
        application=house.applications[0],
        kind="family",
        reason="x",
        actor=member.user,
        now=now,
    )
    Milestone.objects.filter(cycle=house.cycle).delete()
    client = client_of(house.clerk)
    state = standing(client, house)
    assert state.href == page("seat_substitute", panel.pk)
    assert state.gaps[0].text == "工作安排里还没有材料评审的时间，评审组不能启动。"


def test_the_matrix_shows_progress_and_no_score_before_the_signature(
    house: House, client_of: Login, now: datetime
) -> None:
    panel = house.panel()
    first, second = house.applications
    one, two, three = sheets_of(panel, first)
    seal(one, 35, now)
    services.save_item(
        sheet=two, item="4.1.2", percent=65, strengths="", opportunities="", actor=two.reviewer.user, now=now
    )
    services.declare_recusal(
        reviewer=three.reviewer,
        application=second,
        kind="family",
        reason="x",
        actor=three.reviewer.user,
        now=now,
    )
    for viewer in (house.head, house.clerk, make_user("supervisor")):
        for address in (page("panels", house.cycle.pk), page("panel", panel.pk)):
            text = client_of(viewer).get(address).content.decode()
            assert "已封存" in text
            assert "1 / 23 项" in text
            assert "回避" in text
            assert "350.00" not in text
    fill(two, 35, now)
    services.seal_sheet(sheet=two, actor=two.reviewer.user, now=now)
    seal(three, 35, now)
    consolidation = Consolidation.objects.get(application=first)
    settle_all(consolidation, 40, now)
    assert "400.00" not in client_of(house.head).get(page("panel", panel.pk)).content.decode()
    sign(consolidation, now)
    text = client_of(house.head).get(page("panel", panel.pk)).content.decode()
    assert "400.00 分" in text
    assert "350.00 分" in text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "name", ["panels", "form_panel", "panel", "change_panel", "start_panel", "seat_substitute"]
)
def test_queries(
    now: datetime, db: None, client_of: Login, count: int, name: str, record_property: Any
) -> None:
    house = make_house(now)
    for _ in range(count):
        house.applicant()
    panel = house.form(house.bench(2 + count))
    if name in ("panels", "panel", "seat_substitute"):
        services.start_panel(panel=panel, actor=house.clerk, now=now)
    client = client_of(house.clerk)
    of_cycle = name in ("panels", "form_panel")
    address = page(name, house.cycle.pk if of_cycle else panel.pk)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    shown = [query["sql"] for query in caught]
    assert len(shown) <= MOST, "\n".join(shown)
    NUMBERS.setdefault(name, len(shown))
    assert NUMBERS[name] == len(shown), "\n".join(shown)


NUMBERS: dict[str, int] = {}


def test_many_panels_and_files_come_page_by_page(
    house: House, client_of: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PANELS_A_PAGE", "LINES_IN_SIGHT", "LINES_A_PAGE"):
        monkeypatch.setattr(f"scoring.views.panels.{name}", 1)
    panel = house.panel()
    first, second = (application.organisation.name for application in house.applications[:2])
    client = client_of(house.clerk)
    overview = client.get(page("panels", house.cycle.pk)).content.decode()
    assert (first in overview, second in overview) == (True, False)
    assert "的全部 2 行" in overview
    pages = [client.get(f"{page('panel', panel.pk)}?page={number}").content.decode() for number in (1, 2)]
    matrix = [shown[shown.index("的评分进度</caption>") :] for shown in pages]
    assert [(first in shown, second in shown) for shown in matrix] == [(True, False), (False, True)]


def test_what_another_page_shows_still_counts_in_what_is_missing(
    house: House, client_of: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of panels on other pages only the files with a report to sign are read."""
    one, other = house.applications[:2]
    first = house.panel(name="甲组", applications=[one])
    second = house.panel(name="乙组", applications=[other])
    row = seal_all(first, one, [50, 50, 50], house.now)
    client = client_of(house.clerk)
    whole = client.get(page("panels", house.cycle.pk)).context["state"].gaps
    settle_all(row, 50, house.now)
    sign(row, house.now)
    monkeypatch.setattr("scoring.views.panels.PANELS_A_PAGE", 1)
    gaps = [
        client.get(f"{page('panels', house.cycle.pk)}?page={number}").context["state"].gaps
        for number in (1, 2)
    ]
    assert gaps[0] == gaps[1] == [gap for gap in whole if str(first) not in gap.text]
    assert [gap.text for gap in gaps[0] if "封存" in gap.text] == [f"{second}还有 3 份评分表没有封存。"]
