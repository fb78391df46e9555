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


@transaction.atomic
def withhold(*, user: User, words: Mapping[str, Collection[str]], now: datetime) -> int:
    """Put out of the sight of `user` whatever holds one of `words`; return how many letters that were.

    `words`: first part of a kind ("scoring" stands for "scoring.settle" too) → all words that are to be kept from this
    user in it. What was withheld before and holds none of them is given back.

    1. Letters in the inbox: their text is kept aside. 2. Mails and texts that have not gone out: given up. 3. Duties.
    """
    letters = list(
        InboxItem.objects.select_for_update(of=("self",)).filter(
            _holding(words, "", "subject", "body"), user=user, withheld=None
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
        )
        for letter in letters
    )
    InboxItem.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        subject=SUBJECT, body=BODY, link="", read_at=now
    )
    _give_back(user, words)
    waiting = OutboxMessage.objects.filter(user=user, sent_at=None, given_up_at=None)
    waiting.filter(_holding(words, "", "subject", "body")).update(given_up_at=now, last_error=WHY_NOT_SENT)
    _withhold_duties(user, words)
    return len(letters)


def _give_back(user: User, words: Mapping[str, Collection[str]]) -> None:
    kept = WithheldLetter.objects.filter(item__user=user).select_related("item")
    still = kept.filter(_holding(words, "item__", "subject", "body")).values("pk")
    for row in kept.exclude(pk__in=still):
        letter = row.item
        letter.subject, letter.body, letter.link, letter.read_at = (
            row.subject,
            row.body,
            row.link,
            row.read_at,
        )
        letter.save(update_fields=["subject", "body", "link", "read_at"])
        row.delete()


def _withhold_duties(user: User, words: Mapping[str, Collection[str]]) -> None:
    named = Duty.objects.filter(_holding(words, "", "title"), closed_at=None)
    hidden = Duty.withheld_from.through
    hidden.objects.filter(user_id=user.pk).exclude(duty__in=named).delete()
    hidden.objects.bulk_create(
        [hidden(duty_id=pk, user_id=user.pk) for pk in named.values_list("pk", flat=True)],
        ignore_conflicts=True,
    )


def _holding(words: Mapping[str, Collection[str]], of_letter: str, *fields: str) -> Q:
    """Rows of a kind with one of its words in one of `fields`. `of_letter`: the way to the row with the kind."""
    found = Q(pk__in=[])
    for kind, ones in words.items():
        alike = Q(**{f"{of_letter}kind": kind}) | Q(**{f"{of_letter}kind__startswith": f"{kind}."})
        for word in ones:
            for name in fields:
                found |= alike & Q(**{f"{name}__contains": word})
    return found
