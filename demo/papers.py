"""The demo's files: a self-assessment report and sheets of evidence, made on the spot."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.files.base import ContentFile

from awards.law import criteria
from documents.pdf import render


def report_of(row: dict[str, Any], year: int, standard: str) -> ContentFile[bytes]:
    """A self-assessment report (自评报告) of a few pages, one section an item of the criteria, as PDF."""
    categories = criteria.get(standard).categories
    pdf = render("demo/report.html", {"row": row, "year": year, "categories": categories})
    return ContentFile(pdf, name=f"{row['name']}自评报告.pdf")


def evidence_of(title: str) -> ContentFile[bytes]:
    """A sheet of evidence (证明材料) as PDF, the same for every organisation."""
    return ContentFile(_sheet(title), name=f"{title}.pdf")


@cache
def _sheet(title: str) -> bytes:
    return render("demo/evidence.html", {"title": title})
