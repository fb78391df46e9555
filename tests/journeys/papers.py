"""Small files as people hand them in."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfWriter


def small_pdf(title: str) -> bytes:
    """One page, small, a different file for each title."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": title})
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
