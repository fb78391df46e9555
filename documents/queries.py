"""Reading uploads: everybody their own, and only while they last."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from documents.models import UploadSession
from documents.storage import upload_path


def uploads_visible_to(user: User, now: datetime) -> QuerySet[UploadSession]:
    return UploadSession.objects.filter(owner=user, expires_at__gt=now)


def true_offset(upload: UploadSession) -> int:
    """From where the sender goes on: what is on the disk and known to be. An interrupted piece counts for nothing."""
    if upload.stage != UploadSession.Stage.OPEN:
        return upload.received
    try:
        return min(upload.received, upload_path(upload.token).stat().st_size)
    except FileNotFoundError:
        return 0
