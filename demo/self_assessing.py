"""Self-assessments of the demo that are written online, item by item, from `self_assessments/<organisation>.yaml`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from django.core.files.base import ContentFile

from accounts.models import User
from applications import services
from applications.forms.assessment import COLUMNS
from applications.models import Application, AssessmentItem
from applications.queries import years_of

FOLDER: Final = Path(__file__).with_name("self_assessments")
PICTURE: Final = "{picture}"
PAUSE: Final = timedelta(minutes=20)


def write_online(application: Application, key: str, owner: User, at: datetime) -> None:
    """Choose the online way, then write the items one after the other, from `at` on, as far as the file goes."""
    services.choose_assessment_mode(application=application, mode="online", actor=owner, now=at)
    evidence = {piece.condition: piece for piece in application.evidence.filter(removed_at=None)}
    words = {str(place): year for place, year in enumerate(years_of(application), start=1)}
    rows = yaml.safe_load((FOLDER / f"{key}.yaml").read_text(encoding="utf-8"))
    for number, row in enumerate(rows):
        now = at + number * PAUSE
        picture = _picture(application, row["code"], owner, now) if PICTURE in row["text"] else ""
        text = row["text"].strip().replace(PICTURE, picture)
        for place, year in words.items():
            text = text.replace(f"{{{place}}}", str(year))
        item = services.save_item_text(
            application=application, code=row["code"], text=text, version=0, actor=owner, now=now
        )
        _score_and_figures(application, item, row, owner, now)
        for condition, note in row.get("evidence", {}).items():
            services.link_evidence(
                application=application,
                code=item.code,
                evidence=evidence[condition],
                note=note,
                actor=owner,
                now=now,
            )


def _score_and_figures(
    application: Application, item: AssessmentItem, row: dict[str, Any], owner: User, now: datetime
) -> None:
    if "percent" in row:
        services.save_self_percent(
            application=application,
            code=item.code,
            percent=row["percent"],
            version=item.percent_revision,
            actor=owner,
            now=now,
        )
    if "figures" in row:
        services.save_figures(
            application=application,
            code=item.code,
            rows=[
                dict(zip(COLUMNS, map(str, (*figure, "higher")[: len(COLUMNS)]), strict=True))
                for figure in row["figures"]
            ],
            version=item.figures_revision,
            actor=owner,
            now=now,
        )


def _picture(application: Application, code: str, owner: User, now: datetime) -> str:
    """Upload the one picture there is; its number in the application."""
    upload = ContentFile((FOLDER / "objectives.png").read_bytes(), name="方针目标展开图.png")
    picture = services.add_assessment_image(
        application=application, code=code, upload=upload, actor=owner, now=now
    )
    return str(picture.number)
