"""Keeping the words of a file as it is handed in."""

from __future__ import annotations

from datetime import datetime

from applications.models import Application, FiledCopy
from applications.queries.comparison import texts_of


def keep_copy(application: Application, digest: str, now: datetime) -> None:
    """Keep register entry and texts under the digest of the parts handed in, in the caller's transaction."""
    FiledCopy.objects.create(
        application=application,
        digest=digest,
        register=application.submitted_register,
        texts=texts_of(application),
        filed_at=now,
    )
