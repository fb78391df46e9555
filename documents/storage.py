"""Where evidence is kept: a private folder without any public address."""

from __future__ import annotations

from typing import NoReturn

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """A folder without addresses: a file leaves it only through a view that has checked who asks."""

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("evidence has no public address")
