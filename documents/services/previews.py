"""Small pictures of the first page, made in the background from files that may be opened."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from documents.models import StoredFile

log = logging.getLogger(__name__)

PROGRAM: Final = Path(__file__).resolve().parents[1] / "first_page.py"
SECONDS: Final = 40
MOST: Final = 20
PNG: Final = b"\x89PNG\r\n\x1a\n"
MAY_BE_OPENED: Final = (StoredFile.Scan.CLEAN, StoredFile.Scan.OWN, StoredFile.Scan.NOT_CONFIGURED)


def sweep_previews(*, now: datetime) -> int:
    """Draw what waits for its picture; return how many were drawn. Each file in a transaction of its own."""
    drawn = 0
    for _ in range(MOST):
        made = _draw_next()
        if made is None:
            break
        drawn += made
    return drawn


@transaction.atomic
def _draw_next() -> bool | None:
    rows = StoredFile.objects.select_for_update(skip_locked=True, no_key=True)
    file = rows.filter(preview=StoredFile.Preview.WAITING, scan__in=MAY_BE_OPENED).order_by("pk").first()
    if file is None:
        return None
    picture = _drawn(file)
    if picture:
        storage = storages["evidence"]
        storage.delete(file.preview_path)
        storage.save(file.preview_path, ContentFile(picture))
    file.preview = StoredFile.Preview.MADE if picture else StoredFile.Preview.NONE
    file.save(update_fields=["preview"])
    return bool(picture)


def _drawn(file: StoredFile) -> bytes:
    """The picture as PNG; empty when it can't be drawn. The drawing is done by another process (first_page.py)."""
    try:
        with storages["evidence"].open(file.path) as stored, TemporaryFile() as content:
            shutil.copyfileobj(stored, content)
            content.seek(0)
            done = subprocess.run(
                [sys.executable, "-I", str(PROGRAM), file.kind],
                stdin=content,
                capture_output=True,
                timeout=SECONDS,
                check=True,
            )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("no picture of %s: %s", file, getattr(error, "stderr", b"") or error)
        return b""
    return done.stdout if done.stdout.startswith(PNG) else b""
