"""Letters, mails and duties that name what their reader may no longer know of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from notifications.models import Duty, InboxItem, OutboxMessage, WithheldLetter

SUBJECT: Final = "这条消息已隐去"
BODY: Final = "这条消息涉及您须回避的申报组织，不再显示其名称和内容。如与事实不符，请联系评定办核实。"
WHY_NOT_SENT: Final = "收件人须回避，不再发送"


# First part of a kind ("scoring" stands for "scoring.settle" too) → key of what is kept from somebody → its names.
Words = Mapping[str, Mapping[str, Collection[str]]]


@transaction.atomic
def withhold(*, user: User, words: Words, now: datetime) -> int:
    """Put out of the sight of `user` whatever holds one of `words`; return how many letters that were.

    `words`: all that is to be kept from this user. A letter keeps the keys it was withheld for and is given back once
    none of them is among `words` and it names nothing else there, whatever the names have become meanwhile.

    1. Letters in the inbox: their text is kept aside. 2. Mails and texts that have not gone out: given up. 3. Duties.
    """
    letters = list(
        InboxItem.objects.select_for_update(of=("self",)).filter(
            _holding(words, "subject", "body"), user=user, withheld=None
        )
    )
    WithheldLetter.objects.bulk_create(
        WithheldLetter(
            item=letter,
            subject=letter.subject,
            body=letter.body,
            link=letter.link,
            read_at=letter.read_at,
            withheld_at=now,
            about=sorted(_named(words, letter.kind, letter.subject, letter.body)),
        )
        for letter in letters
    )
    InboxItem.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        subject=SUBJECT, body=BODY, link="", read_at=now
    )
    _give_back(user, words)
    waiting = OutboxMessage.objects.filter(user=user, sent_at=None, given_up_at=None)
    waiting.filter(_holding(words, "subject", "body")).update(given_up_at=now, last_error=WHY_NOT_SENT)
    _withhold_duties(user, words)
    return len(letters)


def _give_back(user: User, words: Words) -> None:
    for row in WithheldLetter.objects.filter(item__user=user).select_related("item"):
        letter = row.item
        barred = {key for part, keys in words.items() if _is_of(letter.kind, part) for key in keys}
        about = sorted(barred.intersection(row.about) | _named(words, letter.kind, row.subject, row.body))
        if about:
            if about != row.about:
                row.about = about
                row.save(update_fields=["about"])
            continue
        letter.subject, letter.body, letter.link, letter.read_at = (
            row.subject,
            row.body,
            row.link,
            row.read_at,
        )
        letter.save(update_fields=["subject", "body", "link", "read_at"])
        row.delete()


def _withhold_duties(user: User, words: Words) -> None:
    named = Duty.objects.filter(_holding(words, "title"), closed_at=None)
    hidden = Duty.withheld_from.through
    hidden.objects.filter(user_id=user.pk).exclude(duty__in=named).delete()
    hidden.objects.bulk_create(
        [hidden(duty_id=pk, user_id=user.pk) for pk in named.values_list("pk", flat=True)],
        ignore_conflicts=True,
    )


def _holding(words: Words, *fields: str) -> Q:
    """Rows of a kind with one of its words in one of `fields`."""
    found = Q(pk__in=[])
    for kind, keys in words.items():
        alike = Q(kind=kind) | Q(kind__startswith=f"{kind}.")
        for word in {word for ones in keys.values() for word in ones}:
            for name in fields:
                found |= alike & Q(**{f"{name}__contains": word})
    return found


def _named(words: Words, kind: str, *texts: str) -> set[str]:
    """The keys whose names a letter of that kind holds."""
    return {
        key
        for part, keys in words.items()
        if _is_of(kind, part)
        for key, ones in keys.items()
        if any(word in text for word in ones for text in texts)
    }


def _is_of(kind: str, part: str) -> bool:
    return kind == part or kind.startswith(f"{part}.")
