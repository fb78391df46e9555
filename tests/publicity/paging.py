"""Addresses of publicity's pages, what they cost, and small steps that their tests take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from publicity import services
from publicity.models import Honour, Incident, RevocationCase
from tests.publicity.factories import (
    CLOSES,
    House,
    owner_of,
)

ClientOf = Callable[[User], Client]
OBJECTION = {
    "objector_kind": "person",
    "objector_name": "王异议",
    "contact": "13900001234",
    "statement": "该组织去年有一次产品抽查不合格，材料没有说明。",
}


def page(name: str, *args: object, **query: object) -> str:
    return reverse(f"publicity:{name}", args=args) + (f"?{urlencode(query)}" if query else "")


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return len(captured)


def open_case(house: House, honour: Honour) -> RevocationCase:
    return services.open_revocation_case(
        honour=honour, ground="fraud", summary="举报", incident=None, actor=house.clerk, now=CLOSES
    )


def report(honour: Honour) -> Incident:
    return services.report_incident(
        honour=honour,
        event="failed_check",
        confirmed_on=date(2026, 10, 9),
        description="抽查不合格",
        upload=None,
        actor=owner_of(honour.organisation),
        now=CLOSES,
    )
