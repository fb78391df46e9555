"""Where evidence is kept, and where uploads are gathered: private folders without any public address."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """A folder without addresses: a file leaves it only through a view that has checked who asks."""

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("evidence has no public address")


def upload_path(token: str) -> Path:
    """Where the pieces of an upload are gathered; `token` is the portal's own word and never a name from outside."""
    return Path(settings.FILES_ROOT) / "uploads" / token
