"""Posting letters, and reading them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from notifications.models import InboxItem, OutboxMessage
from notifications.services import texts

Channel = OutboxMessage.Channel


@transaction.atomic
def post(
    *,
    to: Iterable[User],
    kind: str,
    subject: str,
    body: str,
    link: str,
    key: str,
    now: datetime,
    pressing: bool = False,
) -> None:
    """Put a letter into the inbox of everybody in `to`, and a copy by mail into the outbox.

    Plain text; `link` is a path of this portal ("/applications/3/"). `key` names the occasion: the same key
    reaches the same person once, however often this is called. Whoever is inactive or has no address gets
    no mail. `pressing`: its subject is texted as well, to whoever has a mobile number, if there is a gateway.
    """
    people = {user.pk: user for user in to}.values()
    letter = {
        "key": key,
        "kind": kind,
        "subject": " ".join(subject.split())[:200],
        "body": body,
        "link": link,
        "created_at": now,
    }
    InboxItem.objects.bulk_create([InboxItem(user=user, **letter) for user in people], ignore_conflicts=True)
    reached = {Channel.MAIL: [user for user in people if user.is_active and user.email]}
    if pressing and texts.configured():
        reached[Channel.SMS] = [user for user in people if user.is_active and texts.mobile_of(user.phone)]
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(user=user, channel=channel, try_at=now, **letter)
            for channel, users in reached.items()
            for user in users
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def post_to_address(
    *, address: str, kind: str, subject: str, body: str, link: str, key: str, now: datetime
) -> None:
    """Put a letter to somebody who has no account yet into the outbox. `key` as in `post`: once for each address."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                address=address,
                channel=Channel.MAIL,
                key=key,
                kind=kind,
                subject=" ".join(subject.split())[:200],
                body=body,
                link=link,
                created_at=now,
                try_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def mark_read(*, item: InboxItem, actor: User, now: datetime) -> None:
    """Note that the owner has read a letter; the first time counts."""
    InboxItem.objects.filter(pk=item.pk, user_id=actor.pk, read_at=None).update(read_at=now)


def mark_all_read(*, actor: User, now: datetime) -> int:
    """Note that `actor` has read all their letters; return how many were new."""
    return InboxItem.objects.filter(user_id=actor.pk, read_at=None).update(read_at=now)
