"""The self-assessment as one PDF: asked for by a row, set by the worker, which says how far it is."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from PIL import Image
from pypdf import PdfReader

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application, AssessmentPrint
from applications.queries import assessment_image, assessment_of
from awards.law.criteria import Item
from documents import pdf
from documents.services import read_file, store_bytes
from ground.errors import Refused

log = logging.getLogger(__name__)

GIVEN_UP_AFTER: Final = timedelta(minutes=10)
LONGEST_SIDE: Final = 1600
TEMPLATE: Final = "documents/self_assessment.html"


def request_print(*, application: Application, actor: Actor, now: datetime) -> AssessmentPrint:
    """Ask for the PDF; the one that is already waiting or being made is as good. Who may read is the caller's check."""
    running = application.prints.filter(stage__in=("waiting", "working"))
    try:
        with transaction.atomic():
            return running.first() or AssessmentPrint.objects.create(
                application=application, requested_by=person(actor), requested_at=now
            )
    except IntegrityError:
        return running.get()


def sweep_prints(*, now: Callable[[], datetime]) -> int:
    """Make every PDF asked for, one after the other; returns how many. Several workers may sweep at once."""
    made = 0
    while (job := _claim(now())) is not None:
        _make(job, now)
        made += 1
    return made


@transaction.atomic
def _claim(now: datetime) -> AssessmentPrint | None:
    """The next one to make; one whose worker has died is taken up again."""
    given_up = Q(stage="working", claimed_at__lt=now - GIVEN_UP_AFTER)
    job = (
        AssessmentPrint.objects.select_for_update(skip_locked=True)
        .filter(Q(stage="waiting") | given_up)
        .order_by("pk")
        .first()
    )
    if job is None:
        return None
    job.stage, job.claimed_at, job.done, job.step = AssessmentPrint.Stage.WORKING, now, 0, "正在准备"
    job.save()
    return job


def _make(job: AssessmentPrint, now: Callable[[], datetime]) -> None:
    application = Application.objects.select_related(
        "cycle__scheme", "cycle__edition_record", "organisation", "report", "self_assessment"
    ).get(pk=job.application_id)
    total = len(application.cycle.criteria.items) + 1

    def tell(step: str, done: int) -> None:
        AssessmentPrint.objects.filter(pk=job.pk).update(step=step, done=done, total=total)

    def on_item(item: Item) -> None:
        place = application.cycle.criteria.items.index(item)
        tell(f"正在准备 {item.code} {item.title}", place)

    try:
        assessment = assessment_of(
            application, image_url=_carried(application), printed=True, on_item=on_item
        )
        tell("正在排版，页数多时需要一两分钟", total - 1)
        content = pdf.render(
            TEMPLATE, {"assessment": assessment, "application": application, "made_at": now()}
        )
        job.file = store_bytes(content, kind="pdf", now=now(), pages=_pages(content))
        job.stage, job.step = AssessmentPrint.Stage.DONE, ""
    except Refused as refusal:
        job.stage, job.message = AssessmentPrint.Stage.FAILED, str(refusal)[:200]
    except Exception:
        log.exception("the self-assessment of application %s could not be set", application.pk)
        job.stage, job.message = (
            AssessmentPrint.Stage.FAILED,
            "生成时出错，请稍后重试；仍不成功请联系评定办。",
        )
    job.done = job.total = total
    job.finished_at = now()
    job.save()


def _carried(application: Application) -> Callable[[int], str]:
    """A picture as part of the document itself, no larger than paper can show."""

    def address(number: int) -> str:
        found = assessment_image(application, number)
        if found is None:
            return ""
        with Image.open(BytesIO(read_file(found[0]))) as picture:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            flat = picture.convert("RGBA" if picture.mode in ("RGBA", "LA", "P") else "RGB")
        kind = "png" if flat.mode == "RGBA" else "jpeg"
        out = BytesIO()
        flat.save(out, kind.upper(), quality=85)
        return f"data:image/{kind};base64,{base64.b64encode(out.getvalue()).decode()}"

    return address


def _pages(content: bytes) -> int:
    return len(PdfReader(BytesIO(content)).pages)
