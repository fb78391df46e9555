"""Taking in what a form's UploadField gives: a file that came with the form, or one uploaded in pieces before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias

from django.core.files.base import File
from django.db import transaction

from accounts.actors import Actor
from documents import rules
from documents.models import StoredFile
from documents.services.files import store_file
from documents.services.uploads import take_upload
from ground.errors import Fault, Refused

# A file, or the token of a finished upload.
Upload: TypeAlias = "File[bytes] | str"


@transaction.atomic
def receive_upload(
    *,
    upload: Upload,
    purpose: str,
    key: str,
    kinds: Collection[str],
    actor: Actor,
    now: datetime,
    field: str = "upload",
    max_bytes: int | None = None,
) -> tuple[StoredFile, str]:
    """Keep what was uploaded, and the name it came under, fit to be shown. Faults of the file go to the form's `field`.

    Refused: upload_* (take_upload), file_* (store_file).
    """
    try:
        if isinstance(upload, str):
            upload = take_upload(token=upload, purpose=purpose, key=key, actor=actor, now=now)
        stored = store_file(upload, actor=actor, now=now, allowed=kinds, max_bytes=max_bytes)
    except Refused as refusal:
        raise Refused.many([Fault(f.code, f.message, field, f.article) for f in refusal.faults]) from refusal
    return stored, rules.file_name(str(upload.name or ""))
