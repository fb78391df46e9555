"""What an uploaded file really is, judged by its content: its kind, and what is wrong with it."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO, Final

import puremagic
import pypdf
from PIL import Image

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
_OFFICE_PARTS: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_MAX_MEMBERS: Final = 10_000
_MAX_UNPACKED: Final = 500 * 1024 * 1024
_MAX_RATIO: Final = 200
_RATIO_COUNTS_FROM: Final = 10 * 1024 * 1024
_MAX_PIXELS: Final = 150_000_000


@dataclass(frozen=True)
class Found:
    """What the content is: a key of KINDS, and for a PDF how many pages it has."""

    kind: str
    pages: int | None = None


def inspect(file: BinaryIO, *, kinds: Collection[str]) -> Found:
    """Look into `file` (seekable) and say what it is; Refused if not in `kinds`, or broken, or unsafe.

    Codes: file_kind_not_allowed, file_encrypted, file_broken, file_macros, file_bomb.
    """
    kind = _kind_of(file)
    if kind not in kinds:
        raise Refused("file_kind_not_allowed", _not_allowed(file, kind, kinds))
    file.seek(0)
    pages = None
    if kind == "pdf":
        pages = _check_pdf(file)
    elif kind in {"docx", "xlsx"}:
        _check_office(file)
    else:
        _check_image(file)
    file.seek(0)
    return Found(kind, pages)


def _kind_of(file: BinaryIO) -> str:
    """The kind by signature; "" when it is none that the portal takes."""
    file.seek(0)
    head = file.read(1024)
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(_OLE):
        file.seek(0)
        if _OLE_ENCRYPTED in file.read(_RATIO_COUNTS_FROM):
            raise Refused("file_encrypted", "文件设有打开密码。请取消密码后重新上传。")
        return ""
    if not head.startswith(b"PK"):
        return ""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("file_broken", "文件已损坏，无法打开。请重新导出后上传。") from error
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), "")


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


def _check_pdf(file: BinaryIO) -> int:
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            raise Refused("file_encrypted", "PDF 设有密码或使用限制。请取消密码和限制后重新上传。")
        pages = len(reader.pages)
    except Refused:
        raise
    except (
        Exception
    ) as error:  # whatever a hostile file brings the parser to, it is one thing: not a sound PDF
        raise Refused("file_broken", "PDF 已损坏，无法打开。请重新导出后上传。") from error
    if not pages:
        raise Refused("file_broken", "PDF 里没有任何页面。请重新导出后上传。")
    return pages


def _check_office(file: BinaryIO) -> None:
    """Refuse macros, encryption, and archives made to burst; read every member once to find broken ones."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if (
                len(members) > _MAX_MEMBERS
                or unpacked > _MAX_UNPACKED
                or any(_bursts(member) for member in members)
            ):
                raise Refused("file_bomb", "文件解压后过大，不予接收。请精简文件，或分成几个文件上传。")
            if any(member.flag_bits & 1 for member in members):
                raise Refused("file_encrypted", "文件设有打开密码。请取消密码后重新上传。")
            types = (
                archive.read("[Content_Types].xml")
                if _size(archive, "[Content_Types].xml") < 10_000_000
                else b""
            )
            if b"macroEnabled" in types or any(
                member.filename.lower().endswith(("vbaproject.bin", "vbadata.xml")) for member in members
            ):
                raise Refused("file_macros", "文件含有宏。请另存为不含宏的 docx 或 xlsx 后上传。")
            if archive.testzip() is not None:
                raise Refused("file_broken", "文件已损坏，无法打开。请重新导出后上传。")
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise Refused("file_broken", "文件已损坏，无法打开。请重新导出后上传。") from error


def _bursts(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _RATIO_COUNTS_FROM and member.file_size > _MAX_RATIO * max(
        member.compress_size, 1
    )


def _size(archive: zipfile.ZipFile, name: str) -> int:
    return archive.getinfo(name).file_size


def _check_image(file: BinaryIO) -> None:
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            width, height = picture.size
            if width * height > _MAX_PIXELS:
                raise Refused("file_bomb", "图片尺寸过大，不予接收。请缩小后上传。")
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("file_broken", "图片已损坏，无法打开。请重新导出后上传。") from error
