"""Files as people upload them, good and bad."""

from __future__ import annotations

import io
import zipfile

import pypdf
from PIL import Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_TYPES = (
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)


def pdf_of(pages: int = 1, password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    if password:
        writer.encrypt(password)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def archive_of(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx_of(**extra: bytes) -> bytes:
    parts = {
        "[Content_Types].xml": f'<Types ContentType="{WORD}"/>'.encode(),
        "word/document.xml": b"<document/>",
    }
    return archive_of(
        parts | {name.replace("__", "/").replace("_dot_", "."): body for name, body in extra.items()}
    )


def xlsx_of() -> bytes:
    return archive_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def image_of(kind: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(target, kind)
    return target.getvalue()


def padded_pdf(size: int) -> bytes:
    """A sound PDF of exactly `size` bytes: a long comment stands before the place of its table."""
    body = pdf_of()
    place = body.rindex(b"startxref")
    filler = b"%" + b"7" * (size - len(body) - 2) + b"\n"
    return body[:place] + filler + body[place:]
