"""Sending what the outbox holds."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime
from enum import Enum, auto
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from accounts.models import User
from notifications import rules
from notifications.models import OutboxMessage
from notifications.services import texts

log = logging.getLogger(__name__)

# Answers about one letter, from a server that is up. Every other OSError means that the server is out of
# reach.
REFUSED_BY_SERVER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)


class Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    SERVER_DOWN = auto()
    NOTHING_DUE = auto()


def sweep_outbox(now: datetime, *, limit: int = 500) -> int:
    """Send the letters that are due; return how many went out.

    Each letter is one transaction that holds its row while it is sent: two sweeps at once never send one
    letter twice. Should the machine die between the server's "accepted" and the commit, the letter is sent
    again under the same Message-ID, by which mail servers drop the copy. A server that is out of reach ends
    the sweep of its channel, not of the other.
    """
    connection = get_connection()
    try:
        return sum(_send_channel(channel, now, connection, limit) for channel in OutboxMessage.Channel)
    finally:
        connection.close()


def _send_channel(channel: OutboxMessage.Channel, now: datetime, connection: Any, limit: int) -> int:
    sent = 0
    for _ in range(limit):
        outcome = _send_next(channel, now, connection)
        sent += outcome is Outcome.SENT
        if outcome in {Outcome.NOTHING_DUE, Outcome.SERVER_DOWN}:
            break
    return sent


@transaction.atomic
def _send_next(channel: OutboxMessage.Channel, now: datetime, connection: Any) -> Outcome:
    message = (
        OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(channel=channel, sent_at=None, given_up_at=None, try_at__lte=now)
        .order_by("try_at", "id")
        .first()
    )
    if message is None:
        return Outcome.NOTHING_DUE
    outcome = _deliver(message, now, connection)
    message.save(update_fields=["sent_at", "given_up_at", "try_at", "attempts", "last_error"])
    return outcome


def _deliver(message: OutboxMessage, now: datetime, connection: Any) -> Outcome:
    """Send one letter and note on it what came of that."""
    by_text = message.channel == OutboxMessage.Channel.SMS
    if message.user is not None and not (message.user.is_active and _address_of(message.user, by_text)):
        message.given_up_at, message.last_error = now, f"账号已停用或没有{'手机号' if by_text else '邮箱'}"
        return Outcome.REFUSED
    try:
        if by_text:
            texts.send_text(message)
        else:
            _mail(message, connection).send()
    except OSError as error:
        if not isinstance(error, REFUSED_BY_SERVER):
            log.warning("%s server out of reach: %s", message.channel, error)
            message.try_at, message.last_error = now + rules.SERVER_DOWN_PAUSE, _in_short(error)
            return Outcome.SERVER_DOWN
        _note_refusal(message, error, now)
        return Outcome.REFUSED
    except texts.RefusedByGateway as error:
        _note_refusal(message, error, now)
        return Outcome.REFUSED
    except Exception as error:  # a letter that can't be sent must not hold up the others
        log.exception("letter %s can't be sent", message.pk)
        _note_refusal(message, error, now)
        return Outcome.REFUSED
    message.sent_at, message.last_error = now, ""
    message.attempts += 1
    return Outcome.SENT


def _address_of(user: User, by_text: bool) -> str:
    return texts.mobile_of(user.phone) if by_text else user.email


def _note_refusal(message: OutboxMessage, error: Exception, now: datetime) -> None:
    message.attempts += 1
    message.last_error = _in_short(error)
    if message.attempts >= rules.GIVE_UP_AFTER:
        message.given_up_at = now
    else:
        message.try_at = now + rules.pause_after(message.attempts)


def _mail(message: OutboxMessage, connection: Any) -> EmailMessage:
    body = message.body
    if message.link:
        body += f"\n\n办理页面：{urljoin(settings.PORTAL_URL, message.link)}"
    return EmailMessage(
        subject=message.subject,
        body=f"{body}\n\n{settings.PORTAL_NAME}\n此邮件由系统发出，请勿直接回复。\n",
        to=[message.user.email if message.user else message.address],
        headers={
            "Message-ID": f"<outbox-{message.pk}@{urlsplit(settings.PORTAL_URL).hostname or 'localhost'}>"
        },
        connection=connection,
    )


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
