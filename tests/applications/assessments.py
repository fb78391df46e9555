"""Builds self-assessments for tests, through the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentItem
from tests.applications import builders
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


@dataclass
class World:
    """A draft with everything in its self-assessment, and a submitted application of somebody else."""

    now: datetime
    owner: User
    draft: Application
    submitter: User
    submitted: Application


def furnish(application: Application, user: User, now: datetime) -> None:
    online(application, user, now)
    write_all(application, user, now)
    image = services.add_assessment_image(
        application=application, code="4.1.2", upload=picture(), actor=user, now=now
    )
    text = f"## 方法\n我们**系统地**管理。\n\n![流程图]({image.number})"
    given = {"application": application, "code": "4.1.2", "actor": user, "now": now}
    services.save_item_text(text=text, version=99, **given)
    services.save_self_percent(percent=55, version=99, **given)
    rows = [
        {"label": "合格率", "unit": "%", "first": "97", "second": "98", "third": "99", "benchmark": "98.5"}
    ]
    services.save_figures(rows=rows, version=99, **given)
    services.link_evidence(evidence=application.evidence.first(), note="第 2 页", **given)


def make_world(now: datetime) -> World:
    cycle = builders.running_cycle(now)
    owner, draft = builders.filled(cycle, now)
    furnish(draft, owner, now)
    submitter, submitted = builders.filled(cycle, now)
    furnish(submitted, submitter, now)
    services.submit_application(application=submitted, actor=submitter, now=now)
    return World(now, owner, draft, submitter, submitted)


def address(name: str, application: Application, *more: object) -> str:
    return reverse(f"applications:{name}", args=[application.pk, *more])


def drafted(now: datetime) -> tuple[User, Application]:
    """A file that is filled in but for its self-assessment, which is written online."""
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    online(application, user, now)
    return user, application


def save(
    application: Application, text: str, *, by: User, at: datetime, code: str = "4.1.2", version: int = 99
) -> AssessmentItem:
    return services.save_item_text(
        application=application, code=code, text=text, version=version, actor=by, now=at
    )
