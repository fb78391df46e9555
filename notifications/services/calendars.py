"""A calendar to subscribe to: one's open duties as an iCalendar file behind a secret, revocable address."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from icalendar import Alarm, Calendar, Event

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import person
from audit.services import record
from ground.digest import sm3_hex
from notifications.models import CalendarLink, Duty

TOKEN_BYTES: Final = 32
# How long the block before a deadline is: calendars hide what has no length.
BLOCK: Final = timedelta(minutes=30)
ALARM: Final = timedelta(days=-1)
REFRESH: Final = timedelta(hours=1)


@transaction.atomic
def make_calendar_link(*, actor: Actor, now: datetime) -> str:
    """A new secret for the actor's own calendar; the one before ends. Only its digest is kept: it is told once."""
    owner = User.objects.select_for_update().get(pk=person(actor).pk)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link, _ = CalendarLink.objects.update_or_create(
        user=owner, defaults={"token_digest": digest_of(token), "made_at": now, "read_at": None}
    )
    record(actor=actor, action="calendar.make_link", subject=link, at=now)
    return token


@transaction.atomic
def revoke_calendar_link(*, actor: Actor, now: datetime) -> None:
    """End the actor's own link; whoever asks for the address gets nothing. Twice changes nothing."""
    for link in CalendarLink.objects.select_for_update().filter(user=person(actor)):
        record(actor=actor, action="calendar.revoke_link", subject=link, at=now)
        link.delete()


def note_reading(*, link: CalendarLink, now: datetime) -> None:
    """Keep when a calendar program last asked, so that its owner can see whether somebody does."""
    CalendarLink.objects.filter(pk=link.pk).update(read_at=now)


def digest_of(token: str) -> str:
    return sm3_hex(token.encode())


def calendar_of(duties: Iterable[Duty], *, now: datetime) -> bytes:
    """The duties as an iCalendar file: each a block that ends at its deadline, with its page and a reminder."""
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PORTAL_NAME}//zh-CN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "质量奖待办")
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for duty in duties:
        event = Event()
        event.add("uid", f"duty-{duty.pk}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", duty.due_at - BLOCK)
        event.add("dtend", duty.due_at)
        event.add("summary", f"截止：{duty.title}")
        event.add("url", urljoin(settings.PORTAL_URL, duty.link))
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", duty.title)
        alarm.add("trigger", ALARM)
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
