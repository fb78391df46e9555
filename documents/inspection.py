"""What an uploaded file really is, judged by its content: its kind, and what is wrong with it."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO, Final

import puremagic
from PIL import Image

from documents import office_content, pdf_content
from ground.errors import Refused

KINDS: Final = {
    "pdf": ("PDF", "application/pdf"),
    "docx": ("Word（docx）", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("Excel（xlsx）", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "png": ("PNG 图片", "image/png"),
    "jpg": ("JPG 图片", "image/jpeg"),
}

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE_LOOKED_AT: Final = 10 * 1024 * 1024
_MAX_PIXELS: Final = 150_000_000


@dataclass(frozen=True)
class Found:
    """What the content is: a key of KINDS, and for a PDF how many pages it has."""

    kind: str
    pages: int | None = None


def inspect(file: BinaryIO, *, kinds: Collection[str]) -> Found:
    """Look into `file` (seekable) and say what it is; Refused if not in `kinds`, or broken, or unsafe.

    Codes: file_kind_not_allowed, file_disguised, file_encrypted, file_broken, file_macros, file_scripts,
    file_embedded, file_external, file_bomb.
    """
    kind = _kind_of(file)
    if kind not in kinds:
        raise Refused("file_kind_not_allowed", _not_allowed(file, kind, kinds))
    file.seek(0)
    pages = None
    if kind == "pdf":
        pages = pdf_content.check(file)
    elif kind in {"docx", "xlsx"}:
        office_content.check(file)
    else:
        _check_image(file)
    file.seek(0)
    return Found(kind, pages)


def _kind_of(file: BinaryIO) -> str:
    """The kind by signature; "" when it is none that the portal takes."""
    file.seek(0)
    head = file.read(1024)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(_OLE):
        file.seek(0)
        if _OLE_ENCRYPTED in file.read(_OLE_LOOKED_AT):
            raise Refused("file_encrypted", "文件设有打开密码。请取消密码后重新上传。")
        return ""
    if not head.startswith(b"PK"):
        if b"%PDF-" in head:
            raise Refused(
                "file_disguised", "PDF 的开头夹带了别的内容。请重新导出，或打开后打印为 PDF，再上传。"
            )
        return ""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("file_broken", "文件已损坏，无法打开。请重新导出后上传。") from error
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for part, kind in office_content.OFFICE_PARTS.items() if part in names), "")


def _not_allowed(file: BinaryIO, kind: str, kinds: Collection[str]) -> str:
    wanted = "、".join(label for code, (label, _) in KINDS.items() if code in kinds)
    return (
        f"这个文件的内容{_looks_like(file, kind)}，这里只收 {wanted}。"
        "请另存为其中一种格式后上传（改文件名不起作用）。"
    )


def _looks_like(file: BinaryIO, kind: str) -> str:
    if kind:
        return f"是 {KINDS[kind][0]}"
    file.seek(0)
    head = file.read(4096)
    if head.startswith(_OLE):
        return "是旧版 Office 文档（doc、xls 等）"
    try:
        guess = puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        guess = ""
    return f"像是 {guess}" if guess else "无法识别"


def _check_image(file: BinaryIO) -> None:
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            width, height = picture.size
            if width * height > _MAX_PIXELS:
                raise Refused("file_bomb", "图片尺寸过大，不予接收。请缩小后上传。")
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("file_broken", "图片已损坏，无法打开。请重新导出后上传。") from error
