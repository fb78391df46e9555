"""A reviewer's device, and what it asks of the portal."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from scoring import services
from scoring.models import OfflineDevice, Sheet
from tests.scoring.builders import House


def add(sheet: Sheet, house: House, name: str = "平板") -> OfflineDevice:
    return services.add_device(reviewer=sheet.reviewer, name=name, actor=sheet.reviewer.user, now=house.now)


def ask(client: Client, address: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/scoring/devices/{address}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def sync(client: Client, device: OfflineDevice, sheet: Sheet, **body: Any) -> tuple[int, dict[str, Any]]:
    return ask(client, f"{device.pk}/sheets/{sheet.pk}/", **body)
