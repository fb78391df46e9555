"""回避情况的页面，和封存后的评分表退回重评."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from scoring import services
from scoring.models import Recusal, Sheet
from scoring.queries.conflicts import conflicted
from tests.factories import make_user
from tests.kept import kept
from tests.pages import words_of
from tests.scoring.builders import House, make_house, seal, seal_all, settle_all, sheets_of, sign

Login = Callable[[User], Client]
MOST = 15
OFFICE = ("office_clerk:park", "office_head:park")
OTHERS = ("office_head:city", "committee:park", "authority:park", "finance:park", "administrator", "reviewer")


@kept
def detected(house: House, now: datetime) -> Recusal:
    house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    return Recusal.objects.get(source="detected")


def listed(house: House) -> str:
    return reverse("scoring:recusals", args=[house.cycle.pk])


def dismissal(recusal: Recusal) -> str:
    return reverse("scoring:dismiss_recusal", args=[recusal.pk])


@pytest.mark.parametrize("grant", [*OFFICE, "supervisor", *OTHERS])
def test_the_pages_for_every_role(house: House, detected: Recusal, client_of: Login, grant: str) -> None:
    client = client_of(make_user(grant))
    sight = 200 if grant in (*OFFICE, "supervisor") else 404
    assert client.get(listed(house)).status_code == sight
    head = grant == "office_head:park"
    refused = 403 if sight == 200 else 404
    assert client.get(dismissal(detected)).status_code == (200 if head else refused)
    assert client.post(dismissal(detected), {"reason": "x"}).status_code == (302 if head else refused)
    compare = reverse("scoring:detect_recusals", args=[house.cycle.pk])
    assert client.post(compare).status_code == (302 if grant in OFFICE else refused)
    assert client.get(compare).status_code == 405


def test_declared_and_detected_with_filters(
    house: House, detected: Recusal, client_of: Login, now: datetime
) -> None:
    other = house.reviewer(name="李一")
    services.declare_recusal(
        reviewer=other,
        application=house.applications[1],
        kind="family",
        reason="配偶任职",
        actor=other.user,
        now=now,
    )
    city = make_house(now, scheme="city")
    city.applicant(organisation=house.applications[0].organisation)
    services.detect_recusals(cycle=city.cycle, now=now)
    client = client_of(house.clerk)

    def found(**query: str) -> set[int]:
        return {row.pk for row in client.get(listed(house), query).context["page"]}

    declared = Recusal.objects.get(source="declared")
    assert found() == {detected.pk, declared.pk}
    assert found(source="declared") == {declared.pk}
    assert found(q="李一") == {declared.pk}
    services.dismiss_recusal(recusal=detected, reason="已离职", actor=house.head, now=now)
    assert found(standing="dismissed") == {detected.pk}
    assert "已离职" in client.get(listed(house)).content.decode()


def test_a_dismissal_needs_its_reason_and_is_remembered(
    house: House, detected: Recusal, client_of: Login
) -> None:
    client = client_of(house.head)
    assert client.post(dismissal(detected), {"reason": ""}).status_code == 422
    assert conflicted(detected.reviewer, house.applications[0])
    assert client.post(dismissal(detected), {"reason": "去年已离职，社保为证"}).status_code == 302
    detected.refresh_from_db()
    assert (detected.live, detected.dismissed_reason) == (False, "去年已离职，社保为证")
    assert not conflicted(detected.reviewer, house.applications[0])
    client.post(reverse("scoring:detect_recusals", args=[house.cycle.pk]))
    detected.refresh_from_db()
    assert not detected.live
    assert "已于" in client.get(dismissal(detected)).content.decode()


def test_queries(house: House, client_of: Login, now: datetime) -> None:
    client, counts = client_of(house.head), []
    for _ in range(2):
        house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
        client.get(listed(house))
        with CaptureQueriesContext(connection) as caught:
            client.get(listed(house))
        counts.append(len(caught))
        house.reviewer(employer_uscc=house.applications[1].organisation.uscc)
    assert counts[0] <= MOST
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- sent back


@kept
def sealed(house: House, now: datetime) -> Sheet:
    panel = house.panel()
    return seal(sheets_of(panel, house.applications[0])[0], 35, now)


def back(sheet: Sheet) -> str:
    return reverse("scoring:reopen_sheet", args=[sheet.pk])


@pytest.mark.parametrize("grant", [*OFFICE, "supervisor", *OTHERS])
def test_only_the_head_sends_a_sheet_back(house: House, sealed: Sheet, client_of: Login, grant: str) -> None:
    client = client_of(make_user(grant))
    expected = (
        (200, 302)
        if grant == "office_head:park"
        else (403, 403)
        if grant in (*OFFICE, "supervisor")
        else (404, 404)
    )
    found = (
        client.get(back(sealed)).status_code,
        client.post(back(sealed), {"reason": "页码错误"}).status_code,
    )
    assert found == expected
    sealed.refresh_from_db()
    assert sealed.state == ("superseded" if expected[0] == 200 else "sealed")


def test_the_page_shows_no_score_and_a_new_version_follows(
    house: House, sealed: Sheet, client_of: Login
) -> None:
    client = client_of(house.head)
    assert "350" not in words_of(client.get(back(sealed))).replace(sealed.digest, "")
    assert client.post(back(sealed), {"reason": ""}).status_code == 422
    answer = client.post(back(sealed), {"reason": "评分依据写错了组织"})
    assert answer.url == reverse("scoring:panel", args=[sealed.panel_id])
    fresh = Sheet.objects.get(reviewer=sealed.reviewer, application=sealed.application, state="draft")
    assert (fresh.version, fresh.items.count()) == (2, 23)
    assert "不能再退回" in client.get(back(sealed)).content.decode()


def test_after_the_signature_it_is_refused_and_said(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel()
    consolidation = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(consolidation, 50, now)
    sign(consolidation, now)
    sheet = sheets_of(panel, house.applications[0])[0]
    client = client_of(house.head)
    assert "不能再退回" in client.get(back(sheet)).content.decode()
    assert client.post(back(sheet), {"reason": "x"}).status_code == 422
    sheet.refresh_from_db()
    assert sheet.state == "sealed"


def test_a_draft_is_nothing_to_send_back(house: House, client_of: Login) -> None:
    panel = house.panel()
    draft: Any = sheets_of(panel, house.applications[0])[0]
    assert client_of(house.head).get(back(draft)).status_code == 404
