"""Taking the row that a step is about, locked, with what its pages and letters need of the rest."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet

from awards.models import Cycle
from publicity.models import Honour, Incident, Notice, Payment, RevocationCase

OfHonour = TypeVar("OfHonour", Incident, Payment, RevocationCase)


def lock_cycle(pk: int) -> Cycle:
    rows = Cycle.objects.select_for_update(of=("self",)).select_related("scheme", "edition_record")
    return rows.get(pk=pk)


def lock_notices(notices: QuerySet[Notice], *, skip_locked: bool = False) -> QuerySet[Notice]:
    """The row of a notice is the lock of everything that hangs on its window: objections, holds, announcement."""
    return (
        notices.select_for_update(of=("self",), skip_locked=skip_locked)
        .select_related("scheme", "cycle__scheme", "cycle__edition_record", "approval")
        .order_by("pk")
    )


def lock_notice(pk: int) -> Notice:
    return lock_notices(Notice.objects.filter(pk=pk)).get()


def lock_honour(honour: Honour) -> Honour:
    return (
        Honour.objects.select_for_update(of=("self",))
        .select_related("scheme", "organisation", "cycle__scheme", "cycle__edition_record")
        .get(pk=honour.pk)
    )


def lock_of_honour(row: OfHonour) -> OfHonour:
    """A payment, an incident or a revocation case, with its honour and the honour's cycle."""
    return (
        type(row)
        ._default_manager.select_for_update(of=("self",))
        .select_related(
            "honour__scheme", "honour__organisation", "honour__cycle__scheme", "honour__cycle__edition_record"
        )
        .get(pk=row.pk)
    )
