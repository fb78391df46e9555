"""Keeping files by what is in them, and giving them out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import BinaryIO, Final

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.http import FileResponse

from accounts.actors import Actor
from documents import inspection
from documents.models import StoredFile
from ground.errors import Refused

CHUNK: Final = 1024 * 1024
INLINE_KINDS: Final = frozenset({"pdf", "png", "jpg"})


@transaction.atomic
def store_file(
    upload: File[bytes],
    *,
    actor: Actor,
    now: datetime,
    allowed: Collection[str] = ("pdf", "docx", "xlsx", "png", "jpg"),
    max_bytes: int | None = None,
) -> StoredFile:
    """Check an upload and keep it; the same content is kept once and gives the same row.

    1. size; 2. what it is by its content, and whether it is sound and safe (documents.inspection); 3. SM3
    digest; 4. into the storage, unless it is there; 5. the row. The name it came under plays no part.
    `actor` stands for the caller's check of who may upload; the ledger entry is the caller's too. Refused:
    file_empty, file_too_large, file_kind_not_allowed, file_encrypted, file_broken, file_macros, file_bomb.
    """
    size, limit = upload.size, settings.MAX_UPLOAD_BYTES if max_bytes is None else max_bytes
    if not size:
        raise Refused("file_empty", "文件是空的。请检查后重新上传。")
    if size > limit:
        raise Refused(
            "file_too_large", f"文件有 {_megabytes(size)}，超过上限 {_megabytes(limit)}。请压缩或分开上传。"
        )
    raw: BinaryIO = upload.file  # type: ignore[assignment]
    found = inspection.inspect(raw, kinds=allowed)
    return _keep(upload, size=size, found=found, now=now)


@transaction.atomic
def store_bytes(content: bytes, *, kind: str, now: datetime, pages: int | None = None) -> StoredFile:
    """Keep a document that the portal has made itself (a rendered PDF); no checks."""
    return _keep(ContentFile(content), size=len(content), found=inspection.Found(kind, pages), now=now)


def read_file(stored: StoredFile) -> bytes:
    """The whole content. Refused "file_damaged" when the storage no longer has it, or its digest differs."""
    try:
        with _evidence().open(stored.path) as file:
            content = bytes(file.read())
    except FileNotFoundError as error:
        raise _damaged() from error
    if hashlib.new("sm3", content).hexdigest() != stored.digest:
        raise _damaged()
    return content


def file_response(stored: StoredFile, *, filename: str, inline: bool = False) -> FileResponse:
    """Give a file out. The view that calls this has checked who asks and has written the access log.

    Always with the type found by content and never as a page: a browser can't be brought to run what is in
    it.
    """
    try:
        file = _evidence().open(stored.path)
    except FileNotFoundError as error:
        raise _damaged() from error
    label_and_type = inspection.KINDS[stored.kind]
    response = FileResponse(
        file,
        as_attachment=not (inline and stored.kind in INLINE_KINDS),
        filename=with_extension(filename, stored.kind),
        content_type=label_and_type[1],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # The browser's own PDF viewer does not start in a sandbox; what else is shown stays in one.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    response["Content-Security-Policy"] = policy if stored.kind == "pdf" else f"{policy}; sandbox"
    return response


def with_extension(filename: str, kind: str) -> str:
    """`filename` with the extension that its content calls for, and no path or control characters."""
    clean = "".join(ch for ch in filename.replace("\\", "/").rsplit("/", 1)[-1] if ch.isprintable()).strip(
        ". "
    )
    accepted = {kind, "jpeg"} if kind == "jpg" else {kind}
    _, dot, extension = clean.rpartition(".")
    if dot and extension.lower() in accepted:
        return clean
    return f"{clean or '文件'}.{kind}"


def _keep(upload: File[bytes], *, size: int, found: inspection.Found, now: datetime) -> StoredFile:
    digest = _digest(upload)
    fresh = StoredFile(digest=digest, size=size, kind=found.kind, pages=found.pages, stored_at=now)
    storage = _evidence()
    if not (storage.exists(fresh.path) and storage.size(fresh.path) == size):
        upload.seek(0)
        name = storage.save(fresh.path, upload)
        if name != fresh.path:  # somebody stored the same content in the same moment
            storage.delete(name)
    stored, _ = StoredFile.objects.get_or_create(
        digest=digest, size=size, defaults={"kind": found.kind, "pages": found.pages, "stored_at": now}
    )
    return stored


def _digest(upload: File[bytes]) -> str:
    sm3 = hashlib.new("sm3")
    for chunk in _chunks(upload):
        sm3.update(chunk)
    return sm3.hexdigest()


def _chunks(upload: File[bytes]) -> Iterator[bytes]:
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        yield chunk


def _evidence() -> Storage:
    return storages["evidence"]


def _damaged() -> Refused:
    return Refused("file_damaged", "存储中的文件缺失或已损坏，请联系主办单位从备份恢复。")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
