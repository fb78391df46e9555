"""Taking in files for an application: sent with the form, or uploaded in pieces beforehand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from accounts.actors import Actor
from applications.models import Application
from documents.models import StoredFile
from documents.services import Upload, receive_upload

REPORT_UPLOAD: Final = "applications.report"
EVIDENCE_UPLOAD: Final = "applications.evidence"
IMAGE_UPLOAD: Final = "applications.image"
SCAN_UPLOAD: Final = "applications.recommendation"
SHEET_UPLOAD: Final = "applications.commitments"


def receive(
    upload: Upload,
    *,
    application: Application,
    purpose: str,
    kinds: Collection[str],
    actor: Actor,
    now: datetime,
    max_bytes: int | None = None,
) -> tuple[StoredFile, str]:
    """Keep what was uploaded for `purpose` with the application as its key, and the name it came under."""
    return receive_upload(
        upload=upload,
        purpose=purpose,
        key=str(application.pk),
        kinds=kinds,
        actor=actor,
        now=now,
        max_bytes=max_bytes,
    )
