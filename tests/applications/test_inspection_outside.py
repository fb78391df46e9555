"""A file is looked into once, while no transaction waits: looking into an intricate PDF may take seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from documents import inspection
from tests.applications import builders

pytestmark = pytest.mark.django_db(transaction=True)

Login = Callable[[User], Client]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each time that a file is looked into: whether a transaction was open."""
    found: list[bool] = []
    real = inspection.inspect

    def watched(file: BinaryIO, **more: object) -> inspection.Found:
        found.append(connection.in_atomic_block)
        return real(file, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(inspection, "inspect", watched)
    return found


def test_a_file_that_comes_with_the_form(now: datetime, client_of: Login, seen: list[bool]) -> None:
    user, application = builders.draft(builders.running_cycle(now), now)
    address = reverse("applications:add_evidence", args=[application.pk, "profit"])
    given = {"condition": "profit", "upload": [builders.pdf("one"), builders.pdf("two")]}
    assert client_of(user).post(address, given).status_code == 302
    assert seen == [False, False]
    assert application.evidence.count() == 2


def test_a_file_uploaded_in_pieces(now: datetime, client_of: Login, seen: list[bool]) -> None:
    user, application = builders.draft(builders.running_cycle(now), now)
    client, content = client_of(user), builders.pdf("report").read()
    begun = {
        "name": "自评报告.pdf", "size": len(content), "kinds": ["pdf"], "purpose": "applications.report",
        "key": str(application.pk),
    }  # fmt: skip
    upload = client.post(
        reverse("documents:uploads"), json.dumps(begun), content_type="application/json"
    ).json()
    last = client.patch(
        upload["url"],
        content,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )
    assert last.json()["stage"] == "finished"
    address = reverse("applications:report", args=[application.pk])
    assert client.post(address, {"upload_token": upload["token"]}).status_code == 302
    assert seen == [False]
    application.refresh_from_db()
    assert application.report is not None
    assert application.report.pages == 1
