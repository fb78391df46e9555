"""Taking in files for an application: sent with the form, or uploaded in pieces beforehand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeAlias

from django.core.files.base import File

from accounts.actors import Actor
from applications.models import Application
from documents import rules
from documents.models import StoredFile
from documents.services import store_file, take_upload
from ground.errors import Fault, Refused

REPORT_UPLOAD: Final = "applications.report"
EVIDENCE_UPLOAD: Final = "applications.evidence"

# A file, or the token of a finished upload with one of the purposes above and the application as its key.
Upload: TypeAlias = "File[bytes] | str"


def receive(
    upload: Upload,
    *,
    application: Application,
    purpose: str,
    kinds: Collection[str],
    actor: Actor,
    now: datetime,
) -> tuple[StoredFile, str]:
    """Keep what was uploaded, and the name it came under; faults of the file go to the form's field "upload"."""
    try:
        if isinstance(upload, str):
            key = str(application.pk)
            upload = take_upload(token=upload, purpose=purpose, key=key, actor=actor, now=now)
        return store_file(upload, actor=actor, now=now, allowed=kinds), file_name(upload)
    except Refused as refusal:
        raise Refused.many(
            [Fault(f.code, f.message, "upload", f.article) for f in refusal.faults]
        ) from refusal


def file_name(upload: File[bytes]) -> str:
    """The name an upload came under, fit to be shown and kept."""
    return rules.file_name(str(upload.name or ""))
