"""Builds self-assessments for tests, through the services."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from applications import services
from applications.models import Application
from tests.factories import make_user

_shade = count(1)


def online(application: Application, user: User, now: datetime) -> None:
    services.choose_assessment_mode(application=application, mode="online", actor=user, now=now)


def codes_of(application: Application) -> list[str]:
    return [item.code for item in application.cycle.criteria.items]


def write_all(application: Application, user: User, now: datetime, text: str = "") -> None:
    """A text for every item."""
    for code in codes_of(application):
        services.save_item_text(
            application=application,
            code=code,
            text=text or f"{code} 的自评。",
            version=99,
            actor=user,
            now=now,
        )


def colleague(application: Application, role: str = "applicant_editor", name: str = "") -> User:
    return make_user(f"{role}:{application.organisation_id}", name=name)


def picture(width: int = 60, height: int = 40) -> SimpleUploadedFile:
    """A small sound PNG unlike any other."""
    content = BytesIO()
    Image.new("RGB", (width, height), (next(_shade) % 256, 90, 140)).save(content, "PNG")
    return SimpleUploadedFile("流程图.png", content.getvalue(), content_type="image/png")
