"""Plain reads of the ledger. Who may see what is decided by the app that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import QuerySet

from audit.models import AccessLog, Batch, Entry
from audit.rules import GENESIS


def entries() -> QuerySet[Entry]:
    """All entries, newest first, each with its seal (place in the chain) if it has one."""
    return Entry.objects.select_related("seal").order_by("-at", "-id")


def entries_of(subject: models.Model) -> QuerySet[Entry]:
    """The history of one object, oldest first."""
    return entries_about(subject._meta.label_lower, [subject.pk])


def entries_about(subject_type: str, subject_ids: Iterable[object]) -> QuerySet[Entry]:
    """The history of several objects of one type ("applications.application"), oldest first."""
    keys = [str(key) for key in subject_ids]
    return entries().filter(subject_type=subject_type, subject_id__in=keys).order_by("at", "id")


def entries_by(actor_id: object) -> QuerySet[Entry]:
    """What one person did, newest first."""
    return entries().filter(actor_id=str(actor_id))


def subjects_of(action: str, model: type[models.Model]) -> set[str]:
    """The keys of all objects of `model` on which `action` was done."""
    rows = Entry.objects.filter(action=action, subject_type=model._meta.label_lower)
    return set(rows.values_list("subject_id", flat=True))


def access_of(subject: models.Model) -> QuerySet[AccessLog]:
    """Who read one object, newest first."""
    return AccessLog.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


def current_head() -> str:
    """The head digest of the chain as it stands."""
    newest = Batch.objects.order_by("-number").values_list("head", flat=True).first()
    return newest or GENESIS
