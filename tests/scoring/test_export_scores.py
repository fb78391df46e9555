"""全部评分的导出: sealed stages only, for the head and the supervisor, without the applicants they are recused from."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Organisation
from audit.models import AccessLog
from scoring import services
from scoring.models import Sheet
from scoring.queries.score_rows import HEAD
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, make_house, seal_all
from tests.scoring.office import Login, page

PERCENTS = ([60, 50, 40], [65, 55, 40])
MEMBERS, ITEMS = 3, 23


@kept
def sealed(now: datetime, db: None) -> House:
    house = make_house(now)
    for _ in PERCENTS:
        house.applicant()
    panel = house.panel()
    for application, percents in zip(house.applications, PERCENTS, strict=True):
        seal_all(panel, application, percents, now)
    return house


def lines(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_every_item_of_every_sealed_sheet(sealed: House, client_of: Login) -> None:
    head, *rows = lines(client_of(sealed.head).get(page("export_scores", sealed.cycle.pk)))
    assert tuple(head) == HEAD
    assert len(rows) == len(PERCENTS) * MEMBERS * ITEMS
    sheet = Sheet.objects.order_by("application__number", "pk")[0]
    first = dict(zip(head, rows[0], strict=True))
    assert first["申报编号"] == sheet.application.number
    assert first["评审员"] == sheet.reviewer.user.name
    assert (first["评分项"], first["百分比（%）"]) == ("4.1.2", "60")
    assert (first["评分表总分"], first["评分表摘要（SM3）"]) == (str(sheet.total), sheet.digest)
    assert first["封存时间"].endswith("+08:00")
    assert AccessLog.objects.filter(action="export", detail="scoring.scores").count() == 1


def test_an_open_stage_is_not_exported(sealed: House, client_of: Login) -> None:
    sealed.panel(applications=[sealed.applicant()])
    assert lines(client_of(sealed.head).get(page("export_scores", sealed.cycle.pk))) == [list(HEAD)]


def test_who_may_not_export(sealed: House, client_of: Login) -> None:
    address = page("export_scores", sealed.cycle.pk)
    others = {
        "clerk": sealed.clerk,
        "reviewer": sealed.pool[0].user,
        "committee": make_user("committee:park"),
        "city_head": make_user("office_head:city"),
    }
    statuses = {who: client_of(user).get(address).status_code for who, user in others.items()}
    assert statuses == {"clerk": 403, "reviewer": 404, "committee": 404, "city_head": 404}


def test_a_recused_head_gets_nothing_of_that_applicant(sealed: House, client_of: Login) -> None:
    gone, stays = sealed.applications[:2]
    both = sealed.official("office_head", employer_uscc=gone.organisation.uscc).user
    services.detect_recusals(cycle=sealed.cycle, now=sealed.now)
    _, *rows = lines(client_of(both).get(page("export_scores", sealed.cycle.pk)))
    assert {row[1] for row in rows} == {stays.number}


def test_a_name_does_not_run_as_a_formula(sealed: House, client_of: Login) -> None:
    Organisation.objects.filter(pk=sealed.applications[0].organisation_id).update(name="=1+1")
    _, *rows = lines(client_of(sealed.head).get(page("export_scores", sealed.cycle.pk)))
    assert {row[2] for row in rows} == {"'=1+1", sealed.applications[1].organisation.name}


@pytest.mark.parametrize("files", [1, 2])
def test_queries_do_not_grow_with_the_rows(now: datetime, db: None, client_of: Login, files: int) -> None:
    house = make_house(now)
    for _ in range(files):
        house.applicant()
    panel = house.panel()
    for application in house.applications:
        seal_all(panel, application, PERCENTS[0], now)
    client = client_of(house.head)
    client.get("/inbox/")
    with CaptureQueriesContext(connection) as taken:
        lines(client.get(page("export_scores", house.cycle.pk)))
    assert len(taken) <= 12
