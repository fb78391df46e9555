"""The receipt of a submission: one text for the page, the PDF and the mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from applications.models import Application, Submission
from applications.queries.progress import deadline
from applications.queries.register import filed_organisation
from ground.moments import deadline_words, to_the_second


@dataclass(frozen=True)
class Receipt:
    """What was submitted, when, by whom: `rows` of (label, words), `parts` of (label, SM3 digest)."""

    rows: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, str], ...]
    pdf_path: str
    serial: int
    digest: str

    @property
    def lines(self) -> Iterator[str]:
        """As plain text, for a mail."""
        yield from (f"{label}：{words}" for label, words in self.rows)
        yield ""
        yield "提交的各部分及其 SM3 摘要："
        yield from (f"{label}：{digest}" for label, digest in self.parts)


def receipt_of(application: Application, serial: int | None = None) -> Receipt | None:
    """The receipt of the submission that stands, or of the one asked for; None for what is not handed in.

    A file handed in before submissions were recorded has the receipt of its own columns.
    """
    if serial is not None:
        found = application.submissions.filter(serial=serial).first()
        return _receipt(found) if found else None
    if application.submitted_at is None:
        return None
    latest = application.submissions.first()
    if latest is None:
        latest = Submission(
            application=application,
            serial=0,
            at=application.submitted_at,
            digest=application.submitted_digest,
            rows=receipt_rows(application),
            parts=application.submitted_parts,
        )
    return _receipt(latest)


def receipt_rows(application: Application) -> list[tuple[str, str]]:
    """(label, words) of a file just submitted."""
    if application.submitted_at is None:
        raise ValueError("a receipt of what is not submitted")
    due_at = deadline(application)
    organisation = filed_organisation(application)
    return [
        ("受理编号", application.number),
        ("申报组织", f"{organisation.name}（{organisation.uscc}）"),
        ("评定年度", str(application.cycle)),
        ("提交时间", to_the_second(application.submitted_at)),
        *([("申报截止", deadline_words(due_at))] if due_at else []),
        ("承诺人", f"{application.signatory}（{application.signatory_post}）"),
        ("推荐单位", str(application.recommender or "")),
        ("内容摘要（SM3）", application.submitted_digest),
    ]


def _receipt(submission: Submission) -> Receipt:
    path = reverse("applications:receipt_pdf", args=[submission.application_id])
    return Receipt(
        rows=tuple((label, words) for label, words in submission.rows),
        parts=tuple((part["label"], part["digest"]) for part in submission.parts),
        pdf_path=f"{path}?no={submission.serial}" if submission.serial else path,
        serial=submission.serial,
        digest=submission.digest,
    )
