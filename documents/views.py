"""Uploads in pieces, spoken in JSON by static/js/upload.js. A page without scripts posts its file with the form.

POST   /files/uploads/          {name, size, kinds, purpose, key}  → 201 with the session
PATCH  /files/uploads/<token>/  a piece of the file, Upload-Offset → 200; 409 with the true offset when it does not fit
GET    /files/uploads/<token>/  how far it is (HEAD: header Upload-Offset only)
DELETE /files/uploads/<token>/  forget it
Every session belongs to the one who began it; anybody else's is 404. Refusals: {code, message}.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from documents import services
from documents.models import UploadSession
from documents.queries import true_offset, uploads_visible_to
from documents.services.uploads import CHUNK_BYTES, CHUNK_MAXIMUM
from ground.errors import Refused
from ground.web import sent_json

STATUS: Final = {
    "upload_unknown": 404,
    "upload_offset": 409,
    "file_too_large": 413,
    "upload_chunk_too_large": 413,
    "upload_too_many": 429,
    "upload_too_much": 429,
    "upload_no_room": 507,
}


@require_POST
def uploads(request: HttpRequest) -> HttpResponse:
    """Begin an upload."""
    try:
        sent = sent_json(request)
        name, size, kinds = str(sent["name"]), int(sent["size"]), [str(kind) for kind in sent["kinds"]]
        purpose, key = str(sent["purpose"])[:64], str(sent.get("key", ""))[:64]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _message("upload_malformed", "没有收到文件的名称和大小。请刷新页面后重试。", 422)
    try:
        upload = services.begin_upload(
            purpose=purpose, key=key, name=name, size=size, kinds=kinds, actor=request.user, now=request.now
        )
    except Refused as refusal:
        return _refusal(refusal)
    return _session(upload, 201)


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, upload_token: str) -> HttpResponse:
    """One upload: how far it is, the next piece, or an end to it."""
    found = get_object_or_404(uploads_visible_to(request.user, request.now), token=upload_token)
    if request.method == "PATCH":
        return _append(request, found)
    if request.method == "DELETE":
        services.cancel_upload(upload=found, actor=request.user, now=request.now)
        return HttpResponse(status=204)
    return _session(found)


def _append(request: HttpRequest, found: UploadSession) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isdecimal() or len(offset) > 15:
        return _message("upload_malformed", "没有说明从哪里继续。请刷新页面后重试。", 422)
    if int(request.headers.get("Content-Length") or 0) > CHUNK_MAXIMUM:
        return _message("upload_chunk_too_large", "一次发送的内容过大。请刷新页面后重试。", 413)
    try:
        content = request.body
    except UnreadablePostError:  # cut off: what came of the piece counts for nothing
        return _message("upload_cut", "网络中断，请从断点继续。", 400)
    try:
        after = services.append_chunk(
            upload=found, offset=int(offset), content=content, actor=request.user, now=request.now
        )
    except Refused as refusal:
        found.refresh_from_db()
        return _refusal(refusal, true_offset(found))
    return _session(after)


def _session(upload: UploadSession, status: int = 200) -> JsonResponse:
    """How far it is. A file that was looked into and refused answers 422 with the reason."""
    offset = true_offset(upload)
    body: dict[str, object] = {
        "token": upload.token,
        "url": reverse("documents:upload", args=[upload.token]),
        "name": upload.name,
        "size": upload.size,
        "offset": offset,
        "stage": upload.stage,
        "chunk": CHUNK_BYTES,
        "kind": upload.kind,
        "digest": upload.digest,
    }
    if upload.stage == UploadSession.Stage.REFUSED:
        body |= {"code": upload.fault_code, "message": upload.fault}
        status = 422
    response = JsonResponse(body, status=status)
    response["Upload-Offset"] = str(offset)
    response["Cache-Control"] = "no-store"
    return response


def _refusal(refusal: Refused, offset: int | None = None) -> JsonResponse:
    return _message(refusal.code, str(refusal), STATUS.get(refusal.code, 422), offset)


def _message(code: str, message: str, status: int, offset: int | None = None) -> JsonResponse:
    body: dict[str, object] = {"code": code, "message": message}
    if offset is not None:
        body["offset"] = offset
    return JsonResponse(body, status=status)
