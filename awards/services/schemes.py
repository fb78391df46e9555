"""Scheme rows from the editions shipped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import SYSTEM
from audit.services import record
from awards.law import editions
from awards.law.editions import Edition
from awards.law.vocabulary import AWARDS
from awards.models import Scheme

REGULATION_WORDS = ("实施细则", "实施办法", "管理办法", "办法", "细则")


@transaction.atomic
def sync_law(*, now: datetime) -> list[Scheme]:
    """Make or rename the Scheme row of every edition known; return those made or changed. Run after each migrate.

    The newest edition of a scheme names it. A scheme is never deleted: cycles rest on it.
    """
    newest: dict[str, Edition] = {}
    for code in editions.codes():
        edition = editions.get(code)
        if edition.scheme not in newest or edition.force_from > newest[edition.scheme].force_from:
            newest[edition.scheme] = edition
    touched = []
    for code, edition in newest.items():
        name, short = _names(edition)
        scheme, created = Scheme.objects.select_for_update().get_or_create(
            code=code, defaults={"name": name, "short_name": short}
        )
        before = {"name": scheme.name, "short_name": scheme.short_name}
        after = {"name": name, "short_name": short}
        if not created and before == after:
            continue
        scheme.name, scheme.short_name = name, short
        scheme.save(update_fields=["name", "short_name"])
        touched.append(scheme)
        record(
            actor=SYSTEM,
            action="scheme.synced",
            subject=scheme,
            at=now,
            before=None if created else before,
            after=after,
            details={"label": "同步奖项", "edition": edition.code, "digest": edition.digest},
        )
    return touched


def _names(edition: Edition) -> tuple[str, str]:
    """The award's own name (苏州工业园区质量奖), else the regulation's title without its kind; and a short form."""
    if edition.has("own_award"):
        name = AWARDS.get(edition.value("own_award"), edition.title)
    else:
        name = edition.title
        for words in REGULATION_WORDS:
            name = name.removesuffix(words)
    short = name
    for place, instead in (("苏州工业园区", "园区"), ("苏州市", "")):
        if name.startswith(place):
            short = instead + name.removeprefix(place)
            break
    return name[:80], short[:40]
