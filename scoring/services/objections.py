"""What the rooms above report of objections, for the search for conflicts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from applications.models import Organisation
from scoring.models import EarlierObjection
from scoring.rules.objectors import objector_marks


@transaction.atomic
def note_objection(
    *, organisation: Organisation, contact: str, account: int | None, source_key: str, now: datetime
) -> EarlierObjection:
    """Remember that somebody objected to `organisation`; a reviewer reached the same way stays out of its files.

    The sweep finds the reviewer. Noting the same `source_key` twice changes nothing.
    """
    noted, _ = EarlierObjection.objects.get_or_create(
        source_key=source_key,
        defaults={
            "organisation": organisation,
            "marks": sorted(objector_marks(contact, account)),
            "filed_on": localtime(now).date(),
        },
    )
    return noted
