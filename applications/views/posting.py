"""What was posted, by whom it may be, and on top of which version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from applications.models import Application
from applications.permissions import is_writer
from applications.queries import opened


def renewed(form: Any, version: int | str) -> Any:
    """The form with what was typed, now on top of the version just shown: saving again is a choice made knowingly."""
    form.data = form.data.copy()
    form.data["version"] = str(version)
    return form


def writable(request: HttpRequest, application: Application, section: str) -> bool:
    """Whether the user may change anything of a section just now."""
    writer = is_writer(request.user, application.organisation_id)
    return writer and opened(application, request.now).section(section)
