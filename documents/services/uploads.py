"""Uploads in pieces: begun, continued where they broke off, looked into at the end, and taken by the owning app."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import person
from documents import inspection, rules
from documents.models import UploadSession
from documents.queries import true_offset
from documents.services.files import looked_into
from documents.storage import upload_path
from ground.errors import Refused

Stage = UploadSession.Stage

CHUNK_BYTES: Final = 4 * 1024 * 1024
CHUNK_MAXIMUM: Final = 8 * 1024 * 1024
READ: Final = 1024 * 1024
TOKEN_BYTES: Final = 16


@transaction.atomic
def begin_upload(
    *, purpose: str, key: str, name: str, size: int, kinds: Sequence[str], actor: Actor, now: datetime
) -> UploadSession:
    """Open a session for a file of `size` bytes. What it is for is checked by whoever takes it.

    Refused: file_empty, file_too_large, upload_kinds_unknown, upload_too_many, upload_too_much.
    """
    owner = person(actor)
    limit = settings.MAX_UPLOAD_BYTES
    if size < 1:
        raise Refused("file_empty", "文件是空的。请检查后重新选择。")
    if size > limit:
        raise Refused(
            "file_too_large", f"文件有 {_megabytes(size)}，超过上限 {_megabytes(limit)}。请压缩或分开上传。"
        )
    if not kinds or not set(kinds) <= inspection.KINDS.keys():
        raise Refused("upload_kinds_unknown", "没有说明可以接收的文件格式。请刷新页面后重试。")
    # One beginning at a time for each person, so that the limits hold.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    under_way = UploadSession.objects.filter(
        owner=owner, expires_at__gt=now, stage__in=(Stage.OPEN, Stage.FINISHED)
    )
    if under_way.count() >= settings.UPLOAD_SESSIONS_PER_USER:
        raise Refused(
            "upload_too_many",
            f"您同时上传的文件已有 {settings.UPLOAD_SESSIONS_PER_USER} 个。请先完成或取消其中一些，再上传新的。",
        )
    if (under_way.aggregate(sum=Sum("size"))["sum"] or 0) + size > settings.UPLOAD_OPEN_BYTES_PER_USER:
        raise Refused(
            "upload_too_much",
            f"您尚未提交的上传合计将超过 {_megabytes(settings.UPLOAD_OPEN_BYTES_PER_USER)}。"
            "请先提交已上传的文件，或取消不要的上传。",
        )
    return UploadSession.objects.create(
        token=secrets.token_hex(TOKEN_BYTES),
        owner=owner,
        purpose=purpose,
        key=key,
        name=rules.file_name(name),
        kinds=",".join(kinds),
        size=size,
        started_at=now,
        expires_at=now + settings.UPLOAD_LIFETIME,
    )


def append_chunk(
    *, upload: UploadSession, offset: int, content: bytes, actor: Actor, now: datetime
) -> UploadSession:
    """Put the next piece behind what is there; with the last one, look into the file.

    1. Lock the session. 2. The piece must begin where the file ends (Refused "upload_offset": the sender asks for
    the true offset and goes on there) and must not go beyond the size that was announced. 3. Write, to the disk.
    4. Note how far it came. 5. After the last byte: inspection and digest; the session is then finished, or
    refused with the reason. A piece that has come already, sent again after the end, changes nothing.
    Refused: upload_unknown, upload_offset, upload_beyond_size, upload_chunk_too_large, upload_no_room.
    """
    row = _put(upload.token, offset, content, actor, now)
    if row.stage != Stage.OPEN or row.received < row.size:
        return row
    return _judge(row, actor, now)


@transaction.atomic
def cancel_upload(*, upload: UploadSession, actor: Actor, now: datetime) -> None:
    """Forget an upload and what has come of it. Cancelling twice changes nothing."""
    for row in UploadSession.objects.select_for_update().filter(token=upload.token, owner=person(actor)):
        _forget(row)


@transaction.atomic
def take_upload(*, token: str, purpose: str, key: str, actor: Actor, now: datetime) -> File[bytes]:
    """Hand a finished upload to the app that asked for it, as if it had come with the form; once. It was looked into
    when it was whole, and is not again in the caller's transaction.

    Part of the caller's transaction: if the caller refuses, the upload stays finished and can be taken again.
    Refused: upload_unknown (also another person's, or for another purpose), upload_unfinished, upload_taken, file_*.
    """
    row = _locked(token, actor, now, purpose=purpose, key=key)
    if row.stage == Stage.OPEN:
        raise Refused("upload_unfinished", f"“{row.name}”还没有传完。请等上传完成后再提交。")
    if row.stage == Stage.REFUSED:
        raise Refused(row.fault_code, row.fault)
    if row.stage == Stage.TAKEN:
        raise Refused("upload_taken", f"“{row.name}”已经收到，无需再次提交。")
    path = upload_path(row.token)
    try:
        content = path.open("rb")
    except FileNotFoundError as error:
        raise _unknown() from error
    row.stage = Stage.TAKEN
    row.save(update_fields=["stage"])
    file = File(content, name=row.name)
    if row.kind != "pdf" or row.pages:
        looked_into(file, inspection.Found(row.kind, row.pages))

    def leave() -> None:
        file.close()
        path.unlink(missing_ok=True)

    transaction.on_commit(leave)
    return file


@transaction.atomic
def sweep_uploads(*, now: datetime) -> int:
    """Forget uploads whose time is over, and pieces on the disk that nobody knows any more; return how many."""
    over = list(UploadSession.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)[:500])
    for row in over:
        _forget(row)
    folder = upload_path("x").parent
    strays = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        old = now.timestamp() - path.stat().st_mtime > settings.UPLOAD_LIFETIME.total_seconds()
        if old and not UploadSession.objects.filter(token=path.name).exists():
            path.unlink(missing_ok=True)
            strays += 1
    return len(over) + strays


def _locked(token: str, actor: Actor, now: datetime, **more: str) -> UploadSession:
    rows = UploadSession.objects.select_for_update().filter(
        token=token, owner=person(actor), expires_at__gt=now, **more
    )
    row = rows.first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> Refused:
    return Refused("upload_unknown", "没有找到这次上传，可能已经过期或被取消。请重新选择文件上传。")


def _write(upload: UploadSession, offset: int, content: bytes) -> None:
    """Write a piece to the disk, in place of what an interrupted one may have left there."""
    path = upload_path(upload.token)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.truncate(offset)
            file.seek(offset)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Refused(
            "upload_no_room", "服务器暂时无法保存文件，已收到的部分不会丢失。请稍后重试，或联系主办单位。"
        ) from error


@transaction.atomic
def _put(token: str, offset: int, content: bytes, actor: Actor, now: datetime) -> UploadSession:
    locked = _locked(token, actor, now)
    if locked.stage != Stage.OPEN:
        if offset + len(content) <= locked.received:
            return locked
        raise Refused("upload_beyond_size", "这个文件已经传完。请刷新页面。")
    there = true_offset(locked)
    if there == locked.size and offset + len(content) <= there:
        return locked  # whole, and about to be looked into: the last piece has come again
    if offset != there:
        raise Refused("upload_offset", "上传位置与服务器不一致，将从服务器记录的位置继续。")
    if len(content) > CHUNK_MAXIMUM:
        raise Refused("upload_chunk_too_large", "一次发送的内容过大。请刷新页面后重试。")
    if offset + len(content) > locked.size:
        raise Refused("upload_beyond_size", "收到的内容比文件本身还大，文件可能在上传中被改动。请重新上传。")
    _write(locked, offset, content)
    locked.received = offset + len(content)
    locked.expires_at = now + settings.UPLOAD_LIFETIME
    locked.save()
    return locked


def _judge(row: UploadSession, actor: Actor, now: datetime) -> UploadSession:
    """Look into the whole file, then note what was found; whoever else did so meanwhile found the same."""
    found = _look_into(row)
    with transaction.atomic():
        locked = _locked(row.token, actor, now)
        if locked.stage != Stage.OPEN:
            return locked
        if isinstance(found, Refused):
            locked.stage = Stage.REFUSED
            locked.fault_code, locked.fault = found.code, str(found)
            transaction.on_commit(lambda: upload_path(row.token).unlink(missing_ok=True))
        else:
            locked.stage = Stage.FINISHED
            locked.kind, locked.pages, locked.digest = found
        locked.save()
    return locked


def _look_into(upload: UploadSession) -> tuple[str, int | None, str] | Refused:
    """Kind, pages and digest; or why the file is not taken. Refused "upload_unknown" when it was cancelled meanwhile."""
    try:
        file = upload_path(upload.token).open("rb")
    except FileNotFoundError as error:
        raise _unknown() from error
    with file:
        try:
            found = inspection.inspect(file, kinds=upload.accepted_kinds)
        except Refused as refusal:
            return refusal
        sm3 = hashlib.new("sm3")
        file.seek(0)
        while piece := file.read(READ):
            sm3.update(piece)
    return found.kind, found.pages, sm3.hexdigest()


def _forget(upload: UploadSession) -> None:
    path = upload_path(upload.token)
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
