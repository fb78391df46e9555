"""The receipt of a submission or of an answered correction: one text for the page, the PDF and the mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from applications.models import Application, Commitment, Correction, Submission
from applications.queries.commitments import standing_commitment
from applications.queries.deadlines import deadline
from applications.queries.register import filed_organisation
from ground.moments import deadline_words, to_the_second


@dataclass(frozen=True)
class Receipt:
    """What was handed in, when, by whom: `rows` of (label, words), `parts` of (label, SM3 digest).

    Of an answered correction also `answers` (part, what was asked, answer) and `changed` (part, how).
    """

    rows: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, str], ...]
    page_path: str
    pdf_path: str
    serial: int
    digest: str
    correction_id: int | None = None
    answers: tuple[tuple[str, str, str], ...] = ()
    changed: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return "补正回执" if self.correction_id else "申报回执"

    @property
    def lines(self) -> Iterator[str]:
        """As plain text, for a mail."""
        yield from (f"{label}：{words}" for label, words in self.rows)
        if self.correction_id:
            yield ""
            yield "逐项答复："
            for number, (label, request, answer) in enumerate(self.answers, start=1):
                yield f"{number}. {label}：{request}"
                yield f"答复：{answer}"
            yield ""
            yield "与上一次提交相比："
            yield from (f"{how}：{label}" for label, how in self.changed)
            if not self.changed:
                yield "材料没有改动。"
        yield ""
        yield "提交的各部分及其 SM3 摘要："
        yield from (f"{label}：{digest}" for label, digest in self.parts)


def receipt_of(application: Application, serial: int | None = None) -> Receipt | None:
    """The receipt of the submission that stands, or of the one asked for; None for what is not handed in.

    An answered correction leaves the submission standing: its own receipt is had by its serial. A file handed in
    before submissions were recorded has the receipt of its own columns.
    """
    if serial is not None:
        found = application.submissions.filter(serial=serial).first()
        return as_receipt(found) if found else None
    if application.submitted_at is None:
        return None
    latest = application.submissions.filter(correction=None).first()
    if latest is None:
        latest = Submission(
            application=application,
            serial=0,
            at=application.submitted_at,
            digest=application.submitted_digest,
            rows=receipt_rows(application),
            parts=application.submitted_parts,
        )
    return as_receipt(latest)


def receipt_rows(application: Application) -> list[tuple[str, str]]:
    """(label, words) of a file just submitted."""
    if application.submitted_at is None:
        raise ValueError("a receipt of what is not submitted")
    due_at = deadline(application)
    signed = standing_commitment(application)
    return [
        *_head(application),
        ("提交时间", to_the_second(application.submitted_at)),
        *([("申报截止", deadline_words(due_at))] if due_at else []),
        ("承诺人", f"{application.signatory}（{application.signatory_post}）"),
        *([("承诺签署", signed_in_words(signed))] if signed else []),
        ("推荐单位", str(application.recommender or "")),
        ("内容摘要（SM3）", application.submitted_digest),
    ]


def correction_rows(correction: Correction, digest: str, who: str) -> list[tuple[str, str]]:
    """(label, words) of a correction just answered by `who`; `digest` is that of all parts as they are now."""
    if correction.answered_at is None:
        raise ValueError("a receipt of what is not answered")
    application = correction.application
    given = application.submissions.exclude(correction=None).count()
    head = _head(application)
    return [
        head[0],
        ("补正回执编号", f"{application.number}-补{given + 1:02d}"),
        *head[1:],
        ("补正通知", to_the_second(correction.requested_at)),
        ("补正期限", deadline_words(correction.due_at)),
        ("提交时间", to_the_second(correction.answered_at)),
        ("答复人", who),
        ("内容摘要（SM3）", digest),
    ]


def as_receipt(submission: Submission) -> Receipt:
    page, pdf = (
        reverse(f"applications:{name}", args=[submission.application_id])
        for name in ("receipt", "receipt_pdf")
    )
    asked = f"?no={submission.serial}" if submission.serial else ""
    return Receipt(
        rows=tuple((label, words) for label, words in submission.rows),
        parts=tuple((part["label"], part["digest"]) for part in submission.parts),
        page_path=page + asked,
        pdf_path=pdf + asked,
        serial=submission.serial,
        digest=submission.digest,
        correction_id=submission.correction_id,
        answers=tuple((label, request, answer) for label, request, answer in submission.answers),
        changed=tuple((label, how) for label, how in submission.changed),
    )


def _head(application: Application) -> list[tuple[str, str]]:
    organisation = filed_organisation(application)
    return [
        ("受理编号", application.number),
        ("申报组织", f"{organisation.name}（{organisation.uscc}）"),
        ("评定年度", str(application.cycle)),
    ]


def signed_in_words(signed: Commitment) -> str:
    """When and how the commitments were signed."""
    on, at = signed.signed_on, to_the_second(signed.recorded_at)
    if signed.way == Commitment.Way.LINK:  # signed the moment it is recorded: one date says both
        return f"{at}，本人打开寄往 {signed.email} 的邮件中的链接签署"
    day = f"{on.year}年{on.month}月{on.day}日"
    return f"{day}，本人在承诺书上签字盖章；扫描件“{signed.scan_name}”由{signed.recorded_by}上传（{at}）"
