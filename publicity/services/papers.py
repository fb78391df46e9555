"""Public notices on paper (PDF), after GB/T 9704: red head, number, text, signature, date; made once by the worker."""

from __future__ import annotations

import logging
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction

from awards.law.editions import Edition
from documents import pdf
from documents.rules import document_date
from documents.services import store_bytes
from ground.clock import SHANGHAI
from ground.errors import Refused
from publicity import queries
from publicity.models import Notice, NoticeEntry, edition_of, tier_name
from publicity.services.basis import issuer

log = logging.getLogger(__name__)

TEMPLATE: Final = "documents/official_notice.html"
NUMERALS: Final = "一二三四五六七八九十"


def sweep_papers(*, now: datetime) -> int:
    """Set every public notice that is not on paper yet; return how many were set.

    Each notice is a transaction of its own, and its row is claimed. What was set stays as it is: a published text
    does not change. Without Pango nothing is set, and the pages go without.
    """
    made = 0
    for pk in queries.notices_without_paper().values_list("pk", flat=True):
        try:
            made += _set_claimed(pk, now)
        except Refused as refusal:
            log.warning("notice %s is not on paper: %s", pk, refusal)
            break
    return made


@transaction.atomic
def _set_claimed(pk: int, now: datetime) -> bool:
    notice = (
        queries.notices_without_paper()
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("scheme", "cycle__scheme", "cycle__edition_record", "approval")
        .filter(pk=pk)
        .first()
    )
    if notice is None:
        return False
    notice.paper = store_bytes(pdf.render(TEMPLATE, paper_of(notice)), kind="pdf", now=now)
    notice.save(update_fields=["paper"])
    return True


def paper_of(notice: Notice) -> dict[str, Any]:
    """What the template needs of a public notice: the same as its page says, and where that can be checked."""
    edition = edition_of(notice.cycle) if notice.cycle else None
    sections = _lists(notice)
    if notice.kind == Notice.Kind.PUBLICITY and edition is not None:
        sections += [_window(notice), _objecting(edition)]
    lines = [notice.body]
    for numeral, (heading, rows) in zip(NUMERALS, sections, strict=False):
        lines += [f"{numeral}、{heading}", *rows]
    return {
        "issuer": issuer(notice, edition),
        "number": notice.number,
        "title": notice.title,
        "body": "\n".join(lines),
        "tables": _sites(notice),
        "date": notice.published_at,
        "digest": notice.ledger_head,
        "check_url": urljoin(settings.PORTAL_URL, notice.get_absolute_url()),
    }


def _lists(notice: Notice) -> list[tuple[str, list[str]]]:
    """The list under the name of each prize; a revocation names its organisation in the text."""
    if notice.kind == Notice.Kind.REVOCATION or notice.cycle is None:
        return []
    entries = list(notice.entries.all())
    tiers = list(dict.fromkeys(entry.tier for entry in entries))
    entries.sort(key=lambda entry: tiers.index(entry.tier))
    return [
        (f"{tier_name(notice.cycle, tier)}（{len(group)}家）", _numbered(group))
        for tier, rows in groupby(entries, key=lambda entry: entry.tier)
        for group in [list(rows)]
    ]


def _numbered(entries: list[NoticeEntry]) -> list[str]:
    return [
        f"{number}. {entry.name}{'（再次获奖，不占名额、不发奖金）' if entry.repeat else ''}"
        for number, entry in enumerate(entries, start=1)
    ]


def _window(notice: Notice) -> tuple[str, list[str]]:
    if notice.day_one is None or notice.last_day is None:
        raise ValueError("a notice in publicity has its window")
    rolled = "（末日遇休息日，顺延至其后第一个工作日）" if notice.rolled else ""
    counted = "，按工作日计算" if notice.mode == "working" else ""
    words = f"自{document_date(notice.day_one)}起至{document_date(notice.last_day)}24:00止{rolled}。"
    return "公示期", [f"{words}发布当日不计入{counted}。"]


def _objecting(edition: Edition) -> tuple[str, list[str]]:
    office = edition.bodies["office"].name
    return "提出异议的方式", [
        f"公示期内可以在下列核验地址的网页上提出，也可以书面寄送{office}。"
        "请写明真实姓名或者单位名称、联系方式、事实和理由；匿名的和公示期满以后的异议不予受理。"
    ]


def _sites(notice: Notice) -> list[dict[str, Any]]:
    rows = [
        [site.name, site.url, f"{site.published_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"]
        for site in notice.sites.all()
    ]
    return [{"head": ["同时登载于", "网址", "登载时间"], "rows": rows}] if rows else []
