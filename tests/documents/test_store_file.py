"""Files are judged by what is in them, kept once, and given out without an address of their own."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import SYSTEM
from documents import services
from documents.models import StoredFile
from ground.errors import Refused
from tests.documents.builders import MACRO_TYPES, archive_of, docx_of, image_of, pdf_of, xlsx_of


def store(content: bytes, name: str = "证据.pdf", **options: Any) -> StoredFile:
    upload = SimpleUploadedFile(name, content, content_type="application/pdf")
    return services.store_file(
        upload, actor=SYSTEM, now=datetime.fromisoformat("2026-08-03T09:00+08:00"), **options
    )


def refusal(content: bytes, name: str = "证据.pdf", **options: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        store(content, name, **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf_of(3), "pdf"),
        (docx_of(), "docx"),
        (xlsx_of(), "xlsx"),
        (image_of("PNG"), "png"),
        (image_of("JPEG"), "jpg"),
    ],
)
def test_the_content_decides_not_the_name(db: None, content: bytes, kind: str) -> None:
    stored = store(content, name="随便.exe")
    assert stored.kind == kind
    assert stored.digest == hashlib.new("sm3", content).hexdigest()
    assert stored.size == len(content)
    assert services.read_file(stored) == content


def test_a_pdf_says_how_many_pages_it_has(db: None) -> None:
    assert store(pdf_of(3)).pages == 3
    assert store(image_of("PNG")).pages is None


def test_the_same_content_is_kept_once(db: None) -> None:
    first, again = store(pdf_of(), name="甲.pdf"), store(pdf_of(), name="乙.pdf")
    assert first == again
    folder, files = storages["evidence"].listdir(first.path.rsplit("/", 1)[0])
    assert (folder, files) == ([], [first.digest])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00 not a pdf", "file_kind_not_allowed"),
        (b"<html><script>alert(1)</script></html>", "file_kind_not_allowed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_kind_not_allowed"),
        (archive_of({"a.txt": b"a"}), "file_kind_not_allowed"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "file_encrypted",
        ),
        (pdf_of(password="secret"), "file_encrypted"),
        (b"%PDF-1.7\nnothing else", "file_broken"),
        (pdf_of()[: len(pdf_of()) // 3], "file_broken"),
        (docx_of()[:-30], "file_broken"),
        (image_of("PNG")[:40], "file_broken"),
        (docx_of(word__vbaProject_dot_bin=b"macro"), "file_macros"),
        (
            archive_of(
                {
                    "[Content_Types].xml": MACRO_TYPES,
                    "word/document.xml": b"<document/>",
                }
            ),
            "file_macros",
        ),
        (docx_of(word__media=b"\0" * 30_000_000), "file_bomb"),
    ],
)
def test_what_is_refused(db: None, content: bytes, code: str) -> None:
    refused = refusal(content)
    assert refused.code == code
    assert "上传" in str(refused)
    assert not StoredFile.objects.exists()


def test_a_pdf_that_opens_but_forbids_printing_is_refused_too(db: None) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.encrypt(user_password="", owner_password="owner")
    target = io.BytesIO()
    writer.write(target)
    assert refusal(target.getvalue()).code == "file_encrypted"


def test_the_limit_of_size(db: None, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 100
    assert refusal(pdf_of()).code == "file_too_large"
    assert "0.0 MB" in str(refusal(pdf_of()))


def test_only_the_kinds_that_the_page_asks_for(db: None) -> None:
    refused = refusal(docx_of(), allowed=("pdf", "png"))
    assert refused.code == "file_kind_not_allowed"
    assert "是 Word（docx），这里只收 PDF、PNG 图片" in str(refused)


def test_a_file_is_given_out_with_its_own_type_and_no_rights(db: None) -> None:
    response = services.file_response(store(pdf_of()), filename="../../证据 1.exe")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert "%E8%AF%81%E6%8D%AE%201.exe.pdf" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content) == pdf_of()  # type: ignore[arg-type]


def test_inline_for_what_a_browser_shows_safely(db: None) -> None:
    inline = services.file_response(store(pdf_of()), filename="证据.pdf", inline=True)
    assert inline["Content-Disposition"].startswith("inline")
    forced = services.file_response(store(docx_of()), filename="证据.docx", inline=True)
    assert forced["Content-Disposition"].startswith("attachment")


def test_a_file_changed_in_the_storage_is_noticed(db: None) -> None:
    stored = store(pdf_of(4))
    path = settings.FILES_ROOT / stored.path
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Refused) as caught:
        services.read_file(stored)
    assert caught.value.code == "file_damaged"
    path.unlink()
    for give in (services.read_file, lambda file: services.file_response(file, filename="a.pdf")):
        with pytest.raises(Refused) as caught:
            give(stored)
        assert caught.value.code == "file_damaged"


def test_a_damaged_file_is_restored_by_uploading_it_again(db: None) -> None:
    stored = store(pdf_of(5))
    (settings.FILES_ROOT / stored.path).unlink()
    assert store(pdf_of(5)) == stored
    assert services.read_file(stored) == pdf_of(5)
