"""The policy library: documents come in from the operator's own files alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.actors import SYSTEM
from audit.services import record
from awards.law import editions
from awards.models import PolicyDocument
from awards.rules.policy_text import head_of
from ground.digest import sm3_hex
from ground.errors import Fault, refuse_if

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class PolicySource:
    """One file of the operator. What it does not say itself (level, days in force) may be given beside it."""

    slug: str
    text: str
    title: str = ""
    level: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None


@transaction.atomic
def import_policy(*, source: PolicySource, now: datetime) -> tuple[PolicyDocument, str]:
    """Import one document, or renew the one of the same address; return it with "new", "changed" or "same".

    Days in force that are not given stay as they were; a new document takes those of the edition of the same title.
    Refused: slug_invalid, level_unknown, title_missing,
    text_missing, title_too_long, force_dates.
    """
    head, body = head_of(source.text)
    title, level = source.title or head.title, source.level or head.level or ""
    refuse_if(_faults(source, title, level, body))
    kept = PolicyDocument.objects.select_for_update().filter(slug=source.slug).first()
    first, last = _force(source, title, kept)
    content = {
        "title": title,
        "level": level,
        "text": body,
        "digest": sm3_hex(body.encode()),
        "in_force_from": first,
        "in_force_until": last,
    }
    if kept and all(getattr(kept, key) == value for key, value in content.items()):
        return kept, "same"
    before = {"title": kept.title, "digest": kept.digest} if kept else None
    document, created = PolicyDocument.objects.update_or_create(
        slug=source.slug, defaults={**content, "imported_at": now}
    )
    record(
        actor=SYSTEM,
        action="policy.imported",
        subject=document,
        at=now,
        before=before,
        after={"title": title, "digest": content["digest"]},
        details={"label": "导入政策文件", "slug": source.slug},
    )
    return document, "new" if created else "changed"


def _force(source: PolicySource, title: str, kept: PolicyDocument | None) -> tuple[date | None, date | None]:
    """The days in force: as given, else as kept, else as the edition of this title has them."""
    if source.in_force_from or source.in_force_until:
        return source.in_force_from, source.in_force_until
    if kept is not None:
        return kept.in_force_from, kept.in_force_until
    for edition in map(editions.get, editions.codes()):
        if edition.title == title or edition.title.endswith(title):
            return edition.force_from, edition.force_until
    return None, None


def _faults(source: PolicySource, title: str, level: str, body: str) -> list[Fault]:
    faults = []
    if not SLUG.fullmatch(source.slug) or len(source.slug) > 80:
        faults.append(
            Fault("slug_invalid", f"地址“{source.slug}”只能用小写字母、数字和连字符，不超过 80 个。", "slug")
        )
    if level not in PolicyDocument.Level.values:
        faults.append(
            Fault(
                "level_unknown",
                "没有级别：首行写成【国家级】、【江苏省级】、【苏州市级】或【园区本级】加标题，或用 --level 指明。",
                "level",
            )
        )
    if not title:
        faults.append(Fault("title_missing", "没有标题：首行应是文件标题。", "title"))
    if len(title) > 200:
        faults.append(Fault("title_too_long", "标题超过 200 字：首行应只写标题。", "title"))
    if not body:
        faults.append(Fault("text_missing", "标题之后没有正文。", "text"))
    if source.in_force_from and source.in_force_until and source.in_force_until < source.in_force_from:
        faults.append(Fault("force_dates", "失效日期早于施行日期。", "in_force_until"))
    return faults
