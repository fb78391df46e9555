"""What the office and the answer to a correction type wrong (bad_input_office.yaml), as in test_bad_input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from applications import services
from ground.clock import SHANGHAI
from tests.applications import builders
from tests.applications.checking import LOSS
from tests.applications.watching import everything
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FORMS = {
    row["form"]: row
    for row in yaml.safe_load((Path(__file__).parent / "bad_input_office.yaml").read_text(encoding="utf-8"))
}
CASES = [(form, change, wrong) for form, row in FORMS.items() for change, wrong in row["cases"]]


@dataclass
class World:
    """The form's address, its user, and what stands for OWN."""

    address: str
    user: User
    own: str
    now: datetime

    def data(self, given: dict[str, Any]) -> dict[str, str]:
        named = {self.name(key): self.value(value) for key, value in given.items() if value is not None}
        return {key: str(value) for key, value in named.items()}

    def name(self, key: str) -> str:
        return self.own if key == "OWN" else key

    def value(self, value: Any) -> str:
        if not isinstance(value, dict):
            return str(value)
        ((kind, amount),) = value.items()
        if kind == "long":
            return "长" * amount
        moment = (self.now + timedelta(days=amount)).astimezone(SHANGHAI)
        return moment.strftime("%Y-%m-%dT%H:%M" if kind == "due" else "%Y-%m-%d")


def world_of(form: str, now: datetime) -> World:
    owner, application = builders.recommended(builders.running_cycle(now), now, facts=LOSS)
    head = make_user("office_head:park")
    if form == "correction":
        correction = services.request_correction(
            application=application,
            items=[("profit", "请补充审计报告")],
            due_at=now + timedelta(days=5),
            actor=head,
            now=now,
        )
        own = f"answer_{correction.items.get().pk}"
        return World(reverse("applications:correction", args=[correction.pk]), owner, own, now)
    if form == "decide_eligibility":
        builders.confirm_all(application, head, now)
    subject = application.checks.get(condition="profit") if form == "confirm_check" else application
    return World(reverse(f"applications:{form}", args=[subject.pk]), head, "", now)


def browser_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(("form", "change", "wrong"), CASES, ids=lambda part: str(part)[:40])
def test_it_is_said_and_kept_and_nothing_changes(
    form: str, change: dict[str, Any], wrong: str, now: datetime
) -> None:
    world = world_of(form, now)
    client = browser_of(world.user)
    before = everything()
    data = world.data({**FORMS[form]["good"], **change})
    page = client.post(world.address, data)
    assert page.status_code == 422, page.status_code
    assert world.name(wrong) in fields(page), fields(page)
    for key, value in data.items():
        chosen = key.endswith(("condition", "outcome", "accepted", "_FORMS"))
        if value.strip() and not chosen:
            assert escape(value) in page.content.decode(), key
    assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_the_good_one_is_taken(form: str, now: datetime) -> None:
    world = world_of(form, now)
    assert browser_of(world.user).post(world.address, world.data(FORMS[form]["good"])).status_code == 302


def fields(page: Any) -> set[str]:
    """Names of the fields with a message; "" is one on top."""
    forms = [page.context["form"]] if page.context.get("form") is not None else []
    forms += [row["form"] for row in page.context.get("rows") or [] if row["form"] is not None]
    forms += list(page.context.get("items") or []) if "items-TOTAL_FORMS" in page.content.decode() else []
    return {
        "" if name == "__all__" else form.add_prefix(name)
        for form in forms
        if form.is_bound
        for name in form.errors
    }
