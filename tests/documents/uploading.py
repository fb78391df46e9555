"""Sends a file in pieces, as the page's script does, and takes it as the app that owns it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from documents import services
from ground.errors import Refused
from tests.documents.builders import padded_pdf

CONTENT = padded_pdf(5000)
CREATE = "/files/uploads/"


def begin(browser: Client, content: bytes = CONTENT, name: str = "自评报告.pdf", **more: Any) -> Any:
    given = {"name": name, "size": len(content), "kinds": ["pdf", "docx"], "purpose": "test", "key": "1"}
    return browser.post(CREATE, json.dumps(given | more), content_type="application/json")


def send(browser: Client, url: str, offset: int, piece: bytes) -> Any:
    return browser.patch(
        url,
        piece,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def uploaded(browser: Client, content: bytes = CONTENT, **more: Any) -> dict[str, Any]:
    """The answer to the last piece."""
    url = begin(browser, content, **more).json()["url"]
    return dict(send(browser, url, 0, content).json())


def take(token: str, actor: User, now: datetime, purpose: str = "test", key: str = "1") -> bytes:
    with transaction.atomic():
        file = services.take_upload(token=token, purpose=purpose, key=key, actor=actor, now=now)
        return bytes(file.read())


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code
