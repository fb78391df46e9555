"""Small pictures of first pages, drawn in another process from files that may be opened."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.actors import SYSTEM
from documents import pdf, services
from documents.models import StoredFile
from documents.services import previews
from ground.errors import Refused
from tests.documents import clamd
from tests.documents.builders import docx_of, image_of, pdf_of


def store(content: bytes, now: datetime) -> StoredFile:
    return services.store_file(SimpleUploadedFile("a.pdf", content), actor=SYSTEM, now=now)


def picture_of(file: StoredFile) -> Image.Image:
    file.refresh_from_db()
    response = services.preview_response(file)
    assert response["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[arg-type]


def test_the_first_page_of_a_pdf(db: None, now: datetime) -> None:
    if not pdf.available():
        content = pdf_of()
    else:
        content = pdf.render("documents/text.html", {"title": "自评报告", "body": "正文" * 200})
    file = store(content, now)
    assert file.preview == "waiting"
    assert services.sweep_previews(now=now) == 1
    picture = picture_of(file)
    assert picture.width <= 360
    assert picture.height <= 510
    if pdf.available():
        assert sum(picture.convert("L").histogram()[:128]) > 0, "something is written on it"
    assert services.sweep_previews(now=now) == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_made_small(db: None, now: datetime, kind: str) -> None:
    file = store(image_of(kind), now)
    assert services.sweep_previews(now=now) == 1
    assert picture_of(file).size == (20, 10)


def test_a_word_file_has_none(db: None, now: datetime) -> None:
    file = store(docx_of(), now)
    assert file.preview == "none"
    with pytest.raises(Refused) as caught:
        services.preview_response(file)
    assert caught.value.code == "no_preview"


def test_a_file_that_brings_the_drawing_down_costs_nothing_else(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    program = tmp_path / "crash.py"
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(previews, "PROGRAM", program)
    file = store(pdf_of(), now)
    assert services.sweep_previews(now=now) == 0
    file.refresh_from_db()
    assert file.preview == "none"


def test_nothing_is_drawn_before_the_scanner_has_passed_it(db: None, now: datetime, settings: Any) -> None:
    with clamd.at_work(settings):
        sound, sick = store(pdf_of(), now), store(clamd.infected(pdf_of(2)), now)
        assert services.sweep_previews(now=now) == 0
        services.sweep_scans(now=now)
        assert services.sweep_previews(now=now) == 1
    picture_of(sound)
    sick.refresh_from_db()
    with pytest.raises(Refused) as caught:
        services.preview_response(sick)
    assert caught.value.code == "file_infected"
