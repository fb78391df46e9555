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
from documents import inspection, rules, scanner
from documents.models import StoredFile
from ground.errors import Refused

CHUNK: Final = 1024 * 1024
_FOUND: Final = "_portal_inspection"
INLINE_KINDS: Final = frozenset({"pdf", "png", "jpg"})
DRAWN_KINDS: Final = INLINE_KINDS
NO_RIGHTS: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# A browser's own PDF viewer does not open in a sandbox. It runs nothing that is in the file as a page.
PDF_RIGHTS: Final = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


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

    1. size; 2. what it is by its content, and whether it is sound and safe (documents.inspection), unless that was
    found already before the caller's transaction (look_into, take_upload): it may take seconds; 3. SM3
    digest; 4. into the storage, unless it is there; 5. the row. The name it came under plays no part.
    `actor` stands for the caller's check of who may upload; the ledger entry is the caller's too. The virus
    scanner and the small picture come later (sweep_scans, sweep_previews). Refused: file_empty, file_too_large,
    what inspection finds, file_infected (content in which a virus has been found before).
    """
    size, limit = upload.size, settings.MAX_UPLOAD_BYTES if max_bytes is None else max_bytes
    if not size:
        raise Refused("file_empty", "文件是空的。请检查后重新上传。")
    if size > limit:
        raise Refused(
            "file_too_large", f"文件有 {_megabytes(size)}，超过上限 {_megabytes(limit)}。请压缩或分开上传。"
        )
    found = getattr(upload, _FOUND, None)
    if isinstance(found, Refused):
        raise Refused.many(found.faults)
    if found is None or found.kind not in allowed:
        found = _inspect(upload, allowed)
    stored = _keep(
        upload,
        size=size,
        found=found,
        now=now,
        scan=StoredFile.Scan.WAITING if scanner.configured() else StoredFile.Scan.NOT_CONFIGURED,
        preview=StoredFile.Preview.WAITING if found.kind in DRAWN_KINDS else StoredFile.Preview.NONE,
    )
    if stored.infected:
        raise Refused(
            "file_infected",
            "这份文件含有病毒，不予接收。请用杀毒软件清除病毒，或从干净的原稿重新导出后上传。",
        )
    return stored


def look_into(upload: File[bytes], kinds: Collection[str]) -> None:
    """Inspect a file that came with a form, before any transaction; store_file goes by the finding noted on this object.

    Refuses nothing itself: of several files one may be bad. Too large a file is left to store_file.
    """
    if not upload.size or upload.size > settings.MAX_UPLOAD_BYTES:
        return
    try:
        looked_into(upload, _inspect(upload, kinds))
    except Refused as refusal:
        looked_into(upload, refusal)


def looked_into(upload: File[bytes], found: inspection.Found | Refused) -> None:
    """Note on this object what inspection has found in it. Nothing that a browser sends can say so."""
    setattr(upload, _FOUND, found)


def _inspect(upload: File[bytes], kinds: Collection[str]) -> inspection.Found:
    raw: BinaryIO = upload.file  # type: ignore[assignment]
    return inspection.inspect(raw, kinds=kinds)


@transaction.atomic
def store_bytes(content: bytes, *, kind: str, now: datetime, pages: int | None = None) -> StoredFile:
    """Keep a document that the portal has made itself (a rendered PDF); no checks."""
    return _keep(
        ContentFile(content),
        size=len(content),
        found=inspection.Found(kind, pages),
        now=now,
        scan=StoredFile.Scan.OWN,
        preview=StoredFile.Preview.NONE,
    )


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


def file_response(
    stored: StoredFile, *, filename: str, inline: bool = False, own: bool = False, keeper: bool = False
) -> FileResponse:
    """Give a file out. The view that calls this has checked who asks, and writes the access log.

    Always with the type found by content and never as a page: a browser can't be brought to run what is in
    it. `own`: the asker belongs to those who brought the file, `keeper`: may take out what is in quarantine.
    Refused: see refuse_unsafe; file_damaged.
    """
    refuse_unsafe(stored, own=own, keeper=keeper)
    shown = inline and stored.kind in INLINE_KINDS and not stored.infected
    response = _response(
        stored.path,
        inspection.KINDS[stored.kind][1],
        as_attachment=not shown,
        filename=with_extension(filename, stored.kind),
    )
    if shown and stored.kind == "pdf":
        response["Content-Security-Policy"] = PDF_RIGHTS
    return response


def preview_response(stored: StoredFile, *, own: bool = False) -> FileResponse:
    """The small picture of the first page, for whoever may open the file. Refused: as file_response, no_preview."""
    refuse_unsafe(stored, own=own)
    if stored.preview != StoredFile.Preview.MADE:
        raise Refused("no_preview", "这份文件没有缩略图。")
    return _response(stored.preview_path, "image/png")


def refuse_unsafe(stored: StoredFile, *, own: bool = False, keeper: bool = False) -> None:
    """Keep closed what the virus scanner has not passed, although there is one.

    Infected: opened by nobody but a `keeper`, as evidence. Waiting: by those whose `own` file it is, since it is
    theirs already. Not configured: by whoever may see it, with the words that nobody has looked.
    Refused: file_infected, file_not_scanned.
    """
    if stored.infected and not keeper:
        raise Refused(
            "file_infected",
            "这份文件含有病毒，已经隔离，不能打开。请申报组织更换文件；需要取证的，由评定办负责人或纪检监督人员下载。",
        )
    if stored.awaits_scan and not own:
        raise Refused(
            "file_not_scanned",
            "这份文件还没有通过病毒检测，暂时不能打开。检测自动进行，请稍后再试；长时间没有结果的，请联系系统管理员。",
        )


def _response(
    path: str, content_type: str, *, as_attachment: bool = False, filename: str = ""
) -> FileResponse:
    try:
        file = _evidence().open(path)
    except FileNotFoundError as error:
        raise _damaged() from error
    response = FileResponse(file, content_type=content_type, as_attachment=as_attachment, filename=filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = NO_RIGHTS
    return response


def with_extension(filename: str, kind: str) -> str:
    """`filename` with the extension that its content calls for, and no path or control characters."""
    clean = rules.file_name(filename)
    accepted = {kind, "jpeg"} if kind == "jpg" else {kind}
    _, dot, extension = clean.rpartition(".")
    if dot and extension.lower() in accepted:
        return clean
    return f"{clean}.{kind}"


def _keep(
    upload: File[bytes],
    *,
    size: int,
    found: inspection.Found,
    now: datetime,
    scan: StoredFile.Scan,
    preview: StoredFile.Preview,
) -> StoredFile:
    digest = _digest(upload)
    fresh = StoredFile(digest=digest, size=size)
    storage = _evidence()
    if not (storage.exists(fresh.path) and storage.size(fresh.path) == size):
        upload.seek(0)
        name = storage.save(fresh.path, upload)
        if name != fresh.path:  # somebody stored the same content in the same moment
            storage.delete(name)
    stored, _ = StoredFile.objects.get_or_create(
        digest=digest,
        size=size,
        defaults={
            "kind": found.kind,
            "pages": found.pages,
            "stored_at": now,
            "scan": scan,
            "preview": preview,
        },
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
