"""What goes with the texts: links to evidence, pictures, the page index of an uploaded report, who is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import person
from applications.models import (
    Application,
    AssessmentImage,
    Evidence,
    ItemEvidence,
    PageIndex,
    SectionPresence,
)
from applications.queries.opening import ITEM
from applications.rules import markup
from applications.services.assessing import open_for_writing, open_item
from applications.services.locking import stamp
from applications.services.receiving import IMAGE_UPLOAD, receive
from audit.services import record
from documents.services import Upload
from ground.errors import Fault, Refused, refuse_if

IMAGE_BYTES: Final = 10 * 1024 * 1024
IMAGES_MOST: Final = 300
LINKS_MOST: Final = 30


@transaction.atomic
def link_evidence(
    *, application: Application, code: str, evidence: Evidence, note: str, actor: Actor, now: datetime
) -> ItemEvidence:
    """Point from an item to a piece of evidence of the same application; again: the note is renewed.

    Refused: not_editable, unknown_item, unknown_evidence, too_many_links.
    """
    item = open_item(application, code, actor, now)
    if evidence.application_id != application.pk or evidence.removed_at is not None:
        raise Refused("unknown_evidence", "请在本申报已上传的证明材料中选择。", field="evidence")
    if item.evidence_links.exclude(evidence=evidence).count() >= LINKS_MOST:
        raise Refused("too_many_links", f"每个条目最多链接 {LINKS_MOST} 份材料。", field="evidence")
    link, _ = ItemEvidence.objects.update_or_create(
        item=item, evidence=evidence, defaults={"note": " ".join(markup.cleaned(note).split())[:100]}
    )
    return link


@transaction.atomic
def unlink_evidence(*, link: ItemEvidence, actor: Actor, now: datetime) -> None:
    """Take a link off; the evidence stays. Refused: not_editable."""
    open_for_writing(link.item.application, actor, now, f"{ITEM}{link.item.code}")
    ItemEvidence.objects.filter(pk=link.pk).delete()


@transaction.atomic
def add_assessment_image(
    *, application: Application, code: str, upload: Upload, actor: Actor, now: datetime
) -> AssessmentImage:
    """Keep a picture for the texts and give it the next number of the application.

    Refused: not_editable, unknown_item, too_many_images, file_*, upload_* (documents.receive_upload), at the field "upload".
    """
    item = open_item(application, code, actor, now)
    last = application.assessment_images.aggregate(last=Max("number"))["last"] or 0
    if last >= IMAGES_MOST:
        raise Refused("too_many_images", f"最多 {IMAGES_MOST} 张图片。", field="upload")
    stored, name = receive(
        upload,
        application=application,
        purpose=IMAGE_UPLOAD,
        kinds=("png", "jpg"),
        actor=actor,
        now=now,
        max_bytes=IMAGE_BYTES,
    )
    return AssessmentImage.objects.create(
        application=application,
        code=item.code,
        number=last + 1,
        file=stored,
        name=name,
        uploaded_by=person(actor),
        uploaded_at=now,
    )


@transaction.atomic
def save_page_index(
    *, application: Application, pages: Mapping[str, tuple[int, int]], actor: Actor, now: datetime
) -> None:
    """Say on which pages of the uploaded report each item is found; items left out have no place.

    Refused: not_editable, report_missing, and unknown_item or pages_wrong for each item (field "first_<code>").
    """
    open_for_writing(application, actor, now)
    if application.report is None:
        raise Refused("report_missing", "请先上传自评报告，再填写页码。")
    known = {item.code for item in application.cycle.criteria.items}
    last = application.report.pages
    faults = []
    for code, (first, end) in pages.items():
        if code not in known:
            faults.append(Fault("unknown_item", "评价准则中没有这个条目。"))
        elif not 1 <= first <= end or (last is not None and end > last) or end > 32_000:
            room = f"，报告共 {last} 页" if last else ""
            faults.append(Fault("pages_wrong", f"{code} 的页码应从小到大{room}。", f"first_{code}"))
    refuse_if(faults)
    PageIndex.objects.filter(application=application).delete()
    PageIndex.objects.bulk_create(
        PageIndex(application=application, code=code, first_page=first, last_page=end)
        for code, (first, end) in pages.items()
    )
    application.pages_carried = False
    stamp(application, ["pages"], actor=actor, now=now)
    application.save(update_fields=["pages_carried", "marks", "version"])


@transaction.atomic
def remove_report(*, application: Application, actor: Actor, now: datetime) -> None:
    """Take the uploaded report off, with its page index; the file stays in the ledger. Refused: not_editable."""
    open_for_writing(application, actor, now)
    if application.report is None:
        return
    record(
        actor=actor,
        action="application.remove_report",
        subject=application,
        at=now,
        before={"name": application.report_name, "digest": application.report.digest},
    )
    PageIndex.objects.filter(application=application).delete()
    application.report, application.report_name = None, ""
    application.report_carried = application.pages_carried = False
    stamp(application, ["report"], actor=actor, now=now)
    application.save(
        update_fields=["report", "report_name", "report_carried", "pages_carried", "marks", "version"]
    )


def note_presence(*, application: Application, section: str, user: User, typed: bool, now: datetime) -> None:
    """`user` has this section open just now, and is typing in it if `typed`."""
    marks = {"seen_at": now} | ({"typed_at": now} if typed else {})
    SectionPresence.objects.update_or_create(
        application=application, section=section, user=user, defaults=marks
    )
