"""Opening, moving and closing what somebody has to do by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Greatest

from accounts.models import User
from accounts.roles import Scope
from notifications import rules
from notifications.models import Duty


@transaction.atomic
def open_duty(
    *,
    kind: str,
    subject: models.Model,
    title: str,
    link: str,
    due_at: datetime,
    now: datetime,
    user: User | None = None,
    role: str = "",
    scope_kind: str = "",
    scope_key: str = "",
) -> Duty:
    """Open a duty of `user`, or of whoever holds `role` in the scope; `link` is the page where it is done.

    One duty is open for each kind, subject and bearer: opening it again brings title, link and due time up
    to date.
    """
    if (user is None) == (not role):
        raise ValueError("a duty belongs to a user or to a role, not to both or neither")
    title = title[:200]
    duty, created = Duty.objects.select_for_update().get_or_create(
        kind=kind,
        **_subject(subject),
        user=user,
        role=role,
        scope_kind=(scope_kind or Scope.PORTAL) if role else "",
        scope_key=scope_key,
        closed_at=None,
        defaults={
            "title": title,
            "link": link,
            "due_at": due_at,
            "opened_at": now,
            "next_reminder_at": _first_look(due_at),
        },
    )
    if created:
        return duty
    if duty.due_at != due_at:
        duty.due_at, duty.next_reminder_at = due_at, _first_look(due_at)
    duty.title, duty.link = title, link
    duty.save(update_fields=["title", "link", "due_at", "next_reminder_at"])
    return duty


@transaction.atomic
def close_duties(*, kind: str, subject: models.Model, now: datetime, user: User | None = None) -> int:
    """Close the open duties of this kind on `subject`, or those of `user` alone; return how many."""
    duties = _open(kind, subject)
    if user is not None:
        duties = duties.filter(user=user)
    return duties.update(closed_at=_after_opening(now), next_reminder_at=None)


@transaction.atomic
def close_duties_on(*, subjects: Iterable[models.Model], now: datetime) -> int:
    """Close the open duties of every kind on `subjects`, all of one model; return how many."""
    named = [_subject(subject) for subject in subjects]
    return Duty.objects.filter(
        closed_at=None,
        subject_type__in={name["subject_type"] for name in named},
        subject_id__in=[name["subject_id"] for name in named],
    ).update(closed_at=_after_opening(now), next_reminder_at=None)


@transaction.atomic
def reschedule_duties(*, kind: str, subject: models.Model, due_at: datetime) -> int:
    """Give the open duties of this kind on `subject` a new due time. Reminders start afresh for it."""
    return (
        _open(kind, subject)
        .exclude(due_at=due_at)
        .update(due_at=due_at, next_reminder_at=_first_look(due_at))
    )


def _after_opening(now: datetime) -> Func:
    """The moment of closing: now, but never before the duty was opened, should the clock have been set back."""
    return Greatest(Value(now), F("opened_at"))


def _open(kind: str, subject: models.Model) -> QuerySet[Duty]:
    return Duty.objects.filter(kind=kind, closed_at=None, **_subject(subject))


def _subject(subject: models.Model) -> dict[str, Any]:
    return {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}


def _first_look(due_at: datetime) -> datetime:
    return rules.first_look(due_at=due_at, offsets=settings.REMINDER_OFFSETS)
