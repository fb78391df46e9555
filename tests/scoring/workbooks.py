"""A sheet's workbook as a reviewer takes it, fills it in and brings it back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from scoring.models import Sheet

Change = Callable[[Workbook], None]


def taken(client: Client, sheet: Sheet) -> bytes:
    answer = client.get(f"/scoring/sheets/{sheet.pk}/workbook/")
    assert answer.status_code == 200
    return bytes(answer.content)


def filled(content: bytes, change: Change) -> bytes:
    book = load_workbook(BytesIO(content))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client: Client, sheet: Sheet, content: bytes) -> Any:
    file = SimpleUploadedFile("评分.xlsx", content)
    return client.post(f"/scoring/sheets/{sheet.pk}/upload/", {"upload": file})


def confirm(client: Client, sheet: Sheet, preview: Any, **more: Any) -> Any:
    return client.post(f"/scoring/sheets/{sheet.pk}/upload/", {"filled": preview.context["filled"], **more})
