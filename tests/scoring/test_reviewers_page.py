"""评审员库的页面：检索、负荷、导出、列入、取消资格；各奖项的评定办只看到自己奖项的经历."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from ground.errors import Refused
from notifications.queries import duties_for, inbox_visible_to
from scoring import services
from scoring.models import Consolidation, Recusal, Reviewer, Sheet
from scoring.queries import blind
from scoring.queries.benches import bench_of
from scoring.queries.conflicts import conflicted, conflicts_among
from tests.factories import make_user
from tests.scoring.builders import House, committee, make_house, make_recommender, seal, sheets_of

Login = Callable[[User], Client]
MOST = 15
POOL = reverse("scoring:reviewers")
NEW = reverse("scoring:register_reviewer")
EXPORT = reverse("scoring:export_reviewers")
OFFICE = ("office_clerk:park", "office_head:park", "office_clerk:city", "office_head:city")
OTHERS = ("committee:park", "authority:park", "finance:park", "administrator", "reviewer")


def names(answer: Any) -> list[str]:
    return [row.user.name for row in answer.context["page"]]


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "username": "newcomer",
        "kind": "expert",
        "employer": "苏州机械研究院",
        "employer_uscc": "",
        "industries": ["C", "M"],
        "qualification": "高级工程师",
    } | changes


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize("grant", [*OFFICE, "supervisor", *OTHERS])
def test_the_pool_for_every_role(house: House, client_of: Login, grant: str) -> None:
    shown = reverse("scoring:reviewer", args=[house.reviewer().pk])
    client = client_of(make_user(grant))
    work = f"{shown}work/"
    found = {address: client.get(address).status_code for address in (POOL, EXPORT, shown, work, NEW)}
    reads = 200 if grant in (*OFFICE, "supervisor") else 403
    assert found == dict.fromkeys((POOL, EXPORT, shown, work), reads) | {NEW: 200 if grant in OFFICE else 403}


# ---------------------------------------------------------------- the list


def test_search_filter_and_order(house: House, client_of: Login) -> None:
    house.reviewer(name="李一", employer="华东质量研究院", industries="C")
    house.reviewer(
        name="王二", kind="expert", employer="苏州质量协会", industries="IM", languages="中文、日语"
    )
    gone = house.reviewer(name="张三", industries="C")
    services.disqualify_reviewer(reviewer=gone, reason="评定委〔2026〕5号", actor=committee(), now=house.now)
    client = client_of(house.clerk)
    assert set(names(client.get(POOL))) == {"李一", "王二"}
    assert names(client.get(POOL, {"q": "华东"})) == ["李一"]
    assert names(client.get(POOL, {"kind": "expert"})) == ["王二"]
    assert names(client.get(POOL, {"industry": "M"})) == ["王二"]
    assert names(client.get(POOL, {"language": "日语"})) == ["王二"]
    assert '<option value="日语">' in client.get(POOL).content.decode()
    assert names(client.get(POOL, {"standing": "disqualified"})) == ["张三"]
    assert names(client.get(POOL, {"standing": "all", "industry": "C", "sort": "-name"})) in (
        ["李一", "张三"],
        ["张三", "李一"],
    )
    assert names(client.get(POOL, {"kind": "nonsense", "sort": "password"})) != []


def test_the_load_is_what_waits_and_what_is_sealed(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel()
    seal(sheets_of(panel, house.applications[0])[0], 50, now)
    house.applications[1].state = "withdrawn"
    house.applications[1].save()
    rows = {row.pk: row for row in client_of(house.clerk).get(POOL).context["page"]}
    first, second = rows[house.pool[0].pk], rows[house.pool[1].pk]
    assert (first.open_sheets, first.sealed_sheets) == (0, 1)
    assert (second.open_sheets, second.sealed_sheets) == (1, 0)


def test_the_export_is_what_is_filtered_and_runs_no_formula(house: House, client_of: Login) -> None:
    house.reviewer(name="李一", employer="=HYPERLINK(1)", industries="C")
    house.reviewer(name="王二", industries="I")
    answer = client_of(house.clerk).get(EXPORT, {"industry": "C"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == ["李一"]
    assert (rows[0][3].value, rows[0][3].data_type) == ("=HYPERLINK(1)", "s")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["reviewers", "reviewer", "reviewer_work"])
def test_queries(house: House, client_of: Login, name: str, now: datetime) -> None:
    client, counts = client_of(house.head), []
    panel = house.panel()
    for application in house.applications:
        for sheet in sheets_of(panel, application):
            seal(sheet, 50, now)
    address = POOL if name == "reviewers" else reverse(f"scoring:{name}", args=[house.pool[0].pk])
    for _ in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        counts.append(len(caught))
        for _ in range(2):
            house.reviewer()
            house.applicant(state="refused")
        for application in house.applications[2:4]:
            services.declare_recusal(
                reviewer=house.pool[0], application=application, kind="family", reason="x",
                actor=house.pool[0].user, now=now,
            )  # fmt: skip
    assert counts[0] <= MOST
    assert counts[0] == counts[1], panel


# ---------------------------------------------------------------- entering somebody


def test_an_account_is_entered_and_gets_the_desk(house: House, client_of: Login) -> None:
    person = make_user(username="newcomer", name="周新")
    insider = entry(employer_uscc=house.applications[0].organisation.uscc.lower())
    answer = client_of(house.clerk).post(NEW, insider)
    reviewer = Reviewer.objects.get(user=person)
    assert answer.url == reverse("scoring:reviewer", args=[reviewer.pk])
    assert (reviewer.kind, reviewer.industries) == ("expert", "CM")
    assert person.role_grants.filter(role="reviewer", revoked_at=None).exists()
    assert [recusal.application for recusal in Recusal.objects.all()] == [house.applications[0]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "nobody"}, "username"),
        ({"employer": ""}, "employer"),
        ({"employer_uscc": "123"}, "employer_uscc"),
        ({"kind": ""}, "kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    house: House, client_of: Login, changes: dict[str, Any], field: str
) -> None:
    make_user(username="newcomer")
    answer = client_of(house.clerk).post(NEW, entry(qualification="写好的资格") | changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "写好的资格" in answer.content.decode()
    assert not Reviewer.objects.exists()


def test_nobody_is_entered_twice(house: House, client_of: Login) -> None:
    make_user(username="newcomer")
    client = client_of(house.clerk)
    client.post(NEW, entry())
    answer = client.post(NEW, entry())
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["username"]


# ---------------------------------------------------------------- one reviewer


def test_the_history_is_that_of_the_own_scheme(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel()
    city = make_house(now, scheme="city")
    address = reverse("scoring:reviewer_work", args=[house.pool[0].pk])
    assert str(panel) in client_of(house.clerk).get(address).content.decode()
    assert str(panel) not in client_of(city.clerk).get(address).content.decode()
    assert str(panel) in client_of(make_user("supervisor")).get(address).content.decode()


# ---------------------------------------------------------------- 第三十五条：取消评审资格


def test_the_office_does_not_disqualify(house: House, now: datetime) -> None:
    reviewer = house.reviewer()
    for actor in (house.clerk, house.head):
        with pytest.raises(PermissionDenied):
            services.disqualify_reviewer(reviewer=reviewer, reason="x", actor=actor, now=now)


def test_disqualification_needs_its_reason_and_happens_once(house: House, now: datetime) -> None:
    reviewer = house.reviewer()
    with pytest.raises(Refused) as refused:
        services.disqualify_reviewer(reviewer=reviewer, reason=" ", actor=committee(), now=now)
    assert refused.value.code == "reason_missing"
    services.disqualify_reviewer(reviewer=reviewer, reason="x", actor=committee(), now=now)
    with pytest.raises(Refused) as refused:
        services.disqualify_reviewer(reviewer=reviewer, reason="x", actor=committee(), now=now)
    assert refused.value.code == "already_disqualified"


def test_no_panel_waits_for_a_disqualified_reviewer(house: House, now: datetime) -> None:
    panel = house.panel(4)
    first, second = house.applications
    for sheet in sheets_of(panel, first)[:3]:
        seal(sheet, 50, now)
    services.disqualify_reviewer(reviewer=house.pool[3], reason="x", actor=committee(), now=now)
    assert set(Sheet.objects.filter(reviewer=house.pool[3]).values_list("state", flat=True)) == {"void"}
    assert Consolidation.objects.get(application=first).state == "open"
    assert bench_of(Consolidation.objects.get(application=second)).short is False
    assert inbox_visible_to(house.clerk).filter(subject__startswith="评审资格已取消").exists()


def test_where_too_few_are_left_the_office_seats_a_substitute(house: House, now: datetime) -> None:
    panel = house.panel()
    services.disqualify_reviewer(reviewer=house.pool[2], reason="x", actor=committee(), now=now)
    assert "scoring.mend_panel" in duties_for(house.clerk).values_list("kind", flat=True)
    fresh = house.reviewer()
    services.seat_substitute(panel=panel, seat=services.Seat(fresh), actor=house.clerk, now=now)
    assert Sheet.objects.filter(reviewer=fresh, state="draft").count() == 2


def test_a_disqualified_member_does_not_lead(house: House, now: datetime) -> None:
    panel = house.panel(4)
    services.disqualify_reviewer(reviewer=house.pool[2], reason="x", actor=committee(), now=now)
    with pytest.raises(Refused) as refused:
        services.change_lead(panel=panel, reviewer=house.pool[2], reason="x", actor=house.clerk, now=now)
    assert refused.value.codes == ("reviewer_disqualified",)


# ---------------------------------------------------------------- conflicts, many at once


def test_many_conflicts_at_once_are_the_same_as_one_by_one(house: House, now: datetime) -> None:
    first, second = house.applications
    recommender = make_recommender()
    second.recommender = recommender
    second.save()
    insider = house.reviewer(employer_uscc=first.organisation.uscc)
    officer = house.reviewer(user=make_user(f"recommender:{recommender.pk}"))
    member = house.reviewer(user=make_user(f"applicant_viewer:{second.organisation_id}"))
    declared, cleared, free = (
        house.reviewer(),
        house.reviewer(employer_uscc=second.organisation.uscc),
        house.reviewer(),
    )
    services.declare_recusal(
        reviewer=declared, application=first, kind="family", reason="x", actor=declared.user, now=now
    )
    services.detect_recusals(cycle=house.cycle, now=now)
    recusal = Recusal.objects.get(reviewer=cleared)
    services.dismiss_recusal(recusal=recusal, reason="已离职", actor=house.head, now=now)
    pool = [insider, officer, member, declared, cleared, free]
    at_once = conflicts_among(pool, house.applications)
    for reviewer in pool:
        one_by_one = {row.pk for row in house.applications if conflicted(reviewer, row)}
        assert at_once[reviewer.pk] == one_by_one
    assert [len(at_once[reviewer.pk]) for reviewer in pool] == [1, 1, 1, 1, 0, 0]
    assert blind(type(first).objects.filter(pk=first.pk), insider.user).exists() is False
