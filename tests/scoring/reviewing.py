"""What tests of the reviewer's pages share: seats, sheets, and a field sent as the page sends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from applications.models import Application, Evidence
from scoring import services
from scoring.models import Panel, PanelMember, Sheet
from tests.scoring.builders import House, report

Browser = Callable[[User], Client]
MOST = 15


def member(panel: Panel, place: int) -> PanelMember:
    """The seats in the order of seating; the first leads."""
    return list(panel.members.select_related("reviewer__user").order_by("id"))[place]


def user(panel: Panel, place: int) -> User:
    return User.objects.get(pk=member(panel, place).reviewer.user_id)


def sheet_of(panel: Panel, place: int, application: Application, stage: str = "material") -> Sheet:
    return Sheet.objects.select_related(
        "reviewer__user",
        "panel",
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
    ).get(
        reviewer=member(panel, place).reviewer,
        application=application,
        stage=stage,
        state__in=("draft", "sealed"),
    )


def customs_paper(house: House, application: Application) -> Evidence:
    """A piece of evidence beside the report."""
    return Evidence.objects.create(
        application=application,
        condition="exports",
        file=report(house.clerk, house.now, "customs"),
        name="海关证明.pdf",
        uploaded_by=house.clerk,
        uploaded_at=house.now,
    )


def started(house: House, size: int = 3) -> Panel:
    """A started panel in which nobody has declared anything yet."""
    panel = house.form(house.bench(size))
    services.start_panel(panel=panel, actor=house.clerk, now=house.now)
    return panel


def send(client: Client, sheet: Sheet, field: str, value: object, version: int) -> tuple[int, dict[str, Any]]:
    answer = client.post(
        f"/scoring/sheets/{sheet.pk}/field/",
        json.dumps({"field": field, "value": value, "version": version}),
        content_type="application/json",
    )
    return answer.status_code, answer.json()


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert client.get(address).status_code == 200
    return len(taken)
