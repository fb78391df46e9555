"""The receipt of a submission: one text for the page, the PDF and the mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from applications.models import Application
from applications.queries.progress import deadline
from ground.clock import SHANGHAI


@dataclass(frozen=True)
class Receipt:
    """What was submitted, when, by whom: `rows` of (label, words), `parts` of (label, SM3 digest)."""

    rows: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, str], ...]
    pdf_path: str

    @property
    def lines(self) -> Iterator[str]:
        """As plain text, for a mail."""
        yield from (f"{label}：{words}" for label, words in self.rows)
        yield ""
        yield "提交的各部分及其 SM3 摘要："
        yield from (f"{label}：{digest}" for label, digest in self.parts)


def receipt_of(application: Application) -> Receipt | None:
    """None for what is not handed in."""
    if application.submitted_at is None:
        return None
    due_at = deadline(application)
    rows = [
        ("受理编号", application.number),
        ("申报组织", f"{application.organisation.name}（{application.organisation.uscc}）"),
        ("评定年度", str(application.cycle)),
        ("提交时间", to_the_second(application.submitted_at)),
        *([("申报截止", to_the_second(due_at))] if due_at else []),
        ("承诺人", f"{application.signatory}（{application.signatory_post}）"),
        ("推荐单位", str(application.recommender or "")),
        ("内容摘要（SM3）", application.submitted_digest),
    ]
    return Receipt(
        rows=tuple(rows),
        parts=tuple((part["label"], part["digest"]) for part in application.submitted_parts),
        pdf_path=reverse("applications:receipt_pdf", args=[application.pk]),
    )


def to_the_second(at: datetime) -> str:
    """2026年9月28日 16:59:50（北京时间）."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}（北京时间）"
