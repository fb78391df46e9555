"""The bank of past work: load against the limit, sheets and hours, evenness for the head alone, nothing of one's own conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from scoring import services
from scoring.models import DeclinedFile, Reviewer
from scoring.rules.fairness import FEWEST_PAIRS
from tests.factories import make_user
from tests.scoring.builders import House, seal, sheets_of

Login = Callable[[User], Client]


def work(client: Client, reviewer: Reviewer) -> Any:
    return client.get(reverse("scoring:reviewer_work", args=[reviewer.pk]))


def test_load_sheets_and_hours(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel()
    first, second = house.applications
    own = sheets_of(panel, first)[0]
    services.save_items(sheet=own, items={}, hours=Decimal("6.5"), actor=own.reviewer.user, now=now)
    seal(own, 50, now)
    Reviewer.objects.filter(pk=own.reviewer_id).update(load_limit=2)
    shown = work(client_of(house.clerk), own.reviewer)
    seat = shown.context["page"][0]
    assert (seat.open_sheets, seat.sealed_sheets, seat.hours) == (1, 1, Decimal("6.5"))
    assert [(row.cycle, row.load) for row in shown.context["loads"]] == [(house.cycle, 2)]
    assert "已达上限" in shown.content.decode()
    DeclinedFile.objects.create(
        reviewer=own.reviewer, application=second, panel=panel, reason="x", declined_at=now
    )
    assert work(client_of(house.clerk), own.reviewer).context["loads"][0].load == 1


def test_how_even_the_scoring_was_is_for_the_head_after_sealing(
    house: House, client_of: Login, now: datetime
) -> None:
    panel = house.panel()
    mild = house.pool[0]
    sheets = [sheet for application in house.applications for sheet in sheets_of(panel, application)]
    for sheet in sheets[:-1]:
        seal(sheet, 60 if sheet.reviewer == mild else 50, now)
    assert work(client_of(house.head), mild).context["figures"] == (house.cycle, [])
    seal(sheets[-1], 50, now)
    cycle, rows = work(client_of(house.head), mild).context["figures"]
    assert cycle == house.cycle
    assert [(stage, row.files, row.leniency) for stage, row in rows] == [("material", 2, 10.0)]
    assert rows[0][1].pairs >= FEWEST_PAIRS
    assert work(client_of(make_user("supervisor")), mild).context["figures"][0] == house.cycle
    for user in (house.clerk, make_user("office_head:city")):
        page = work(client_of(user), mild)
        assert page.context["figures"] is None
        assert "评分宽严" not in page.content.decode()


def test_who_is_in_conflict_learns_nothing_of_that_file(
    house: House, client_of: Login, now: datetime
) -> None:
    """评定办人员同时在评审员库、与甲有利害关系：看不到甲的评审组、评分表和别人对甲的回避。"""
    first, _second = house.applications
    insider = house.official("office_head", employer_uscc=first.organisation.uscc)
    panel = house.form(house.bench(4), [first])
    services.start_panel(panel=panel, actor=house.clerk, now=now)
    services.declare_recusal(
        reviewer=house.pool[4],
        application=first,
        kind="family",
        reason="x",
        actor=house.pool[4].user,
        now=now,
    )
    shown = work(client_of(insider.user), house.pool[4])
    assert list(shown.context["page"]) == []
    assert shown.context["loads"][0].load == 0
    assert first.organisation.name not in shown.content.decode()
    assert panel.name not in shown.content.decode()
    assert work(client_of(house.clerk), house.pool[4]).context["page"][0].panel == panel
