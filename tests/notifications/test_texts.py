"""Text messages: pressing reminders alone, through a gateway that may be down, refuse, or lose its answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from accounts.models import User
from notifications import services
from notifications.models import OutboxMessage
from notifications.services.texts import mobile_of
from tests.factories import make_user
from tests.notifications.conftest import DUE

PHONE = "138 0000 1234"


class Gateway(BaseHTTPRequestHandler):
    status = 200
    seen: ClassVar[list[tuple[dict[str, str], dict[str, Any]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Gateway.seen.append((dict(self.headers), json.loads(body)))
        self.send_response(Gateway.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[type[Gateway]]:
    Gateway.status, Gateway.seen = 200, []
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.SMS_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_WEBHOOK_TOKEN = "secret"
    yield Gateway
    server.shutdown()
    server.server_close()


def with_phone(phone: str) -> User:
    user = make_user("reviewer", name="王评审")
    user.phone = phone
    user.save(update_fields=["phone"])
    return user


@pytest.fixture
def person(db: None) -> User:
    return with_phone(PHONE)


def post(*people: User, key: str = "one", pressing: bool = True) -> None:
    services.post(
        to=people, kind="reminder", subject="还剩 2 小时：封存评分", body="正文", link="/scoring/", key=key, now=DUE,
        pressing=pressing,
    )  # fmt: skip


def texts() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(channel="sms"))


def test_a_pressing_letter_is_texted_once(person: User, gateway: type[Gateway]) -> None:
    post(person)
    post(person)
    assert services.sweep_outbox(DUE) == 2  # the mail and the text
    assert services.sweep_outbox(DUE) == 0
    ((headers, body),) = gateway.seen
    assert body["to"] == "13800001234"
    assert "还剩 2 小时：封存评分" in body["text"]
    assert body["text"].endswith("/scoring/")
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer secret", body["id"])


def test_nobody_is_texted_without_need_number_or_gateway(
    person: User, gateway: type[Gateway], settings: Any
) -> None:
    post(person, key="calm", pressing=False)
    post(with_phone("0512-60000000"), key="desk")
    settings.SMS_WEBHOOK_URL = ""
    post(person, key="none")
    assert texts() == []


def test_reminders_of_the_last_day_are_pressing(person: User, gateway: type[Gateway]) -> None:
    services.open_duty(
        kind="test.do", subject=person, title="封存评分", link="/x/", due_at=DUE, now=DUE - timedelta(days=9), user=person
    )  # fmt: skip
    for before, count in ((3, 0), (1, 1), (0, 2)):
        services.sweep_reminders(DUE - timedelta(days=before))
        assert len(texts()) == count, before


def test_a_gateway_that_is_down_costs_no_attempt_and_holds_up_no_mail(
    person: User, gateway: type[Gateway]
) -> None:
    gateway.status = 503
    post(person)
    assert services.sweep_outbox(DUE) == 1
    (waiting,) = texts()
    assert (waiting.sent_at, waiting.attempts, waiting.given_up_at) == (None, 0, None)
    gateway.status = 200
    assert services.sweep_outbox(DUE + timedelta(minutes=2)) == 1
    assert len({body["id"] for _, body in gateway.seen}) == 1


def test_a_refused_text_is_tried_later_and_given_up_in_the_end(person: User, gateway: type[Gateway]) -> None:
    gateway.status = 422
    post(person)
    later = DUE
    for _ in range(8):
        services.sweep_outbox(later)
        later += timedelta(hours=7)
    (left,) = texts()
    assert (left.attempts, left.sent_at) == (8, None)
    assert left.given_up_at is not None


@pytest.mark.parametrize(
    ("phone", "found"),
    [
        (PHONE, "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("0512-60000000", ""),
        ("12800001234", ""),
        ("", ""),
    ],
)
def test_mobile_numbers(phone: str, found: str) -> None:
    assert mobile_of(phone) == found
