"""Letters: once into the inbox, once by mail, whatever happens on the way."""

from __future__ import annotations

import smtplib
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import User
from notifications import services
from notifications.models import InboxItem, OutboxMessage
from notifications.tasks import send_outbox
from tests.factories import make_user
from tests.notifications.conftest import DUE, at_once


class Server(EmailBackend):
    """A mail server that the tests switch off, slow down, or make refuse addresses."""

    down = False
    slow = 0.0
    refuses: tuple[str, ...] = ()

    def send_messages(self, messages: Any) -> int:
        time.sleep(self.slow)
        if Server.down:
            raise ConnectionRefusedError("no mail server")
        for message in messages:
            if message.to[0] in Server.refuses:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return int(super().send_messages(messages))


@pytest.fixture(autouse=True)
def _server(settings: Any) -> Any:
    settings.EMAIL_BACKEND = "tests.notifications.test_outbox.Server"
    yield
    Server.down, Server.slow, Server.refuses = False, 0.0, ()


def post(*people: User, key: str = "call:1", **changes: Any) -> None:
    letter: dict[str, Any] = {
        "kind": "correction",
        "subject": "补正通知",
        "body": "请补充安全生产标准化证书。",
        "link": "/applications/3/",
        "now": DUE,
    }
    services.post(to=people, key=key, **(letter | changes))


def test_a_letter_reaches_inbox_and_mail(applicant: User, settings: Any) -> None:
    post(applicant)
    item = InboxItem.objects.get()
    assert (item.user, item.subject, item.link, item.read_at) == (
        applicant,
        "补正通知",
        "/applications/3/",
        None,
    )
    assert services.sweep_outbox(DUE) == 1
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("补正通知", [applicant.email])
    assert "请补充安全生产标准化证书。" in message.body
    assert f"{settings.PORTAL_URL}/applications/3/" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<outbox-{OutboxMessage.objects.get().pk}@")


def test_the_same_key_reaches_the_same_person_once(applicant: User) -> None:
    other = make_user(name="李申报")
    post(applicant, applicant)
    post(applicant, other)
    assert services.sweep_outbox(DUE) == 2
    post(applicant, other)
    assert services.sweep_outbox(DUE) == 0
    assert (InboxItem.objects.count(), len(mail.outbox)) == (2, 2)


def test_a_line_break_in_a_subject_is_no_header(applicant: User) -> None:
    post(applicant, subject="补正\nBcc: everybody@example.com")
    assert services.sweep_outbox(DUE) == 1
    assert mail.outbox[0].subject == "补正 Bcc: everybody@example.com"


def test_no_mail_without_address_or_to_a_closed_account(applicant: User) -> None:
    silent = make_user()
    User.objects.filter(pk=silent.pk).update(email="")
    silent.refresh_from_db()
    post(applicant, silent)
    assert OutboxMessage.objects.get().user == applicant
    User.objects.filter(pk=applicant.pk).update(is_active=False)
    assert services.sweep_outbox(DUE) == 0
    assert OutboxMessage.objects.get().given_up_at == DUE
    assert mail.outbox == []


def test_mail_down_then_up(applicant: User) -> None:
    post(applicant)
    Server.down = True
    assert services.sweep_outbox(DUE) == 0
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.sent_at, message.given_up_at) == (0, None, None)
    assert "ConnectionRefusedError" in message.last_error
    for hour in range(1, 72):
        services.sweep_outbox(DUE + timedelta(hours=hour))
    Server.down = False
    assert services.sweep_outbox(DUE + timedelta(days=3)) == 1
    assert services.sweep_outbox(DUE + timedelta(days=4)) == 0
    assert len(mail.outbox) == 1


def test_a_refused_letter_waits_longer_each_time_and_is_given_up(applicant: User) -> None:
    other = make_user()
    post(applicant, other)
    Server.refuses = (applicant.email,)
    assert services.sweep_outbox(DUE) == 1, "one refused letter must not hold up the next"
    message = OutboxMessage.objects.get(user=applicant)
    assert message.try_at == DUE + timedelta(minutes=1)
    assert services.sweep_outbox(DUE) == 0
    pauses = []
    for _ in range(7):
        now = message.try_at
        services.sweep_outbox(now)
        message.refresh_from_db()
        pauses.append(message.try_at - now)
    assert pauses[:4] == [
        timedelta(minutes=5),
        timedelta(minutes=25),
        timedelta(minutes=125),
        timedelta(hours=6),
    ]
    assert (message.attempts, message.given_up_at) == (8, now)
    assert services.sweep_outbox(now + timedelta(days=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_each_letter_once() -> None:
    people = [make_user() for _ in range(12)]
    post(*people)
    Server.slow = 0.02
    shares = at_once(lambda: services.sweep_outbox(DUE))
    assert sum(int(str(share)) for share in shares) == 12
    assert sorted(message.to[0] for message in mail.outbox) == sorted(user.email for user in people)
    assert all(int(str(share)) > 0 for share in shares), "both sweeps take part"


def test_the_task(applicant: User, now: Any) -> None:
    post(applicant, now=now)
    assert send_outbox() == 1
