"""The office's pages as a browser asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from scoring.services import Seat
from tests.scoring.builders import House

Login = Callable[[User], Client]


def page(name: str, *args: Any) -> str:
    return reverse(f"scoring:{name}", args=args)


def picks(panel_seats: list[Seat], house: House, **changes: Any) -> dict[str, Any]:
    """What the form sends."""
    return {
        "kind": "material",
        "name": "一组",
        "applications": [row.pk for row in house.applications],
        "seats": [seat.reviewer.pk for seat in panel_seats],
        "lead": [seat.reviewer.pk for seat in panel_seats if seat.lead],
        "experts": [seat.reviewer.pk for seat in panel_seats if seat.industry_expert],
    } | changes


def standing(client: Client, house: House) -> Any:
    return client.get(page("panels", house.cycle.pk)).context["state"]
