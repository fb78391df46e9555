"""Giving a receipt for what was handed in: kept for ever, and told in a mail or a letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings

from applications.models import Application, Correction, Submission
from applications.queries.receipt import Receipt


def keep_receipt(
    *,
    application: Application,
    rows: Sequence[tuple[str, str]],
    parts: Sequence[dict[str, str]],
    digest: str,
    now: datetime,
    correction: Correction | None = None,
    answers: Iterable[tuple[str, str, str]] = (),
    changed: Iterable[tuple[str, str]] = (),
) -> Submission:
    """Keep the receipt of a submission, or of the `correction` answered, in the caller's transaction.

    `answers`: (label, what was asked, answer) for each item. `changed`: (label of the part, new, changed or gone).
    The application's row is locked by the caller, so that serials follow one another.
    """
    return Submission.objects.create(
        application=application,
        serial=application.submissions.count() + 1,
        at=now,
        digest=digest,
        rows=[list(row) for row in rows],
        parts=list(parts),
        correction=correction,
        answers=[list(row) for row in answers],
        changed=[list(row) for row in changed],
    )


def in_words(receipt: Receipt) -> str:
    """The receipt as plain text with the address of its PDF, for a mail or a letter."""
    return "\n".join([*receipt.lines, "", f"回执 PDF：{urljoin(settings.PORTAL_URL, receipt.pdf_path)}"])
