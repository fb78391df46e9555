"""The demo's files: a self-assessment report and sheets of evidence, made on the spot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from pypdf import PdfReader

from applications.models import Application
from applications.queries.commitments import words_of
from applications.queries.parts import signed_for
from awards.law import criteria
from documents.pdf import render


def report_of(row: dict[str, Any], year: int, standard: str) -> ContentFile[bytes]:
    """A self-assessment report (自评报告) of a few pages, one section an item of the criteria, as PDF."""
    categories = criteria.get(standard).categories
    pdf = render("demo/report.html", {"row": row, "year": year, "categories": categories})
    return ContentFile(pdf, name=f"{row['name']}自评报告.pdf")


def index_of(
    report: ContentFile[bytes], standard: str, *, by_chapter: bool = False
) -> dict[str, tuple[int, int]]:
    """The first and last page of each item of the criteria, by the headings of a report that report_of made.

    `by_chapter`: a result has all pages of its chapter.
    """
    report.seek(0)
    reader = PdfReader(BytesIO(report.read()))
    headings = [
        (title.partition(" ")[0], (reader.get_destination_page_number(heading) or 0) + 1)
        for heading in _flat(reader.outline)
        if (title := str(heading.title))
    ]
    ends = [page for _, page in headings[1:]] + [len(reader.pages)]
    found = {code: (first, max(first, last)) for (code, first), last in zip(headings, ends, strict=True)}
    pages: dict[str, tuple[int, int]] = {}
    for category in criteria.get(standard).categories:
        own = {item.code: found[item.code] for item in category.items}
        whole = (min(first for first, _ in own.values()), max(last for _, last in own.values()))
        pages |= dict.fromkeys(own, whole) if by_chapter and category.kind == "result" else own
    return pages


def _flat(outline: Iterable[Any]) -> Iterable[Any]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def evidence_of(title: str) -> ContentFile[bytes]:
    """A sheet of evidence (证明材料) as PDF, the same for every organisation."""
    return ContentFile(_sheet(title), name=f"{title}.pdf")


@cache
def _sheet(title: str) -> bytes:
    return render("demo/evidence.html", {"title": title})


def signed_sheet_of(application: Application, name: str, at: datetime) -> ContentFile[bytes]:
    """A "scan" of the commitments signed on paper (承诺书), as PDF: the portal's own sheet, filled in."""
    edition = application.cycle.edition
    context = {
        "application": application,
        "issuer": edition.bodies["office"].name,
        "in_charge": name,
        "words": words_of(edition),
        "digest": signed_for(application, at),
        "printed_at": at,
        "sample": {"post": "总经理", "on": at},
    }
    return ContentFile(render("documents/commitments.html", context), name="承诺书（已签署）.pdf")
