"""Evidence that the self-assessment points to, taken off in a correction that opens the evidence and not the items."""

from __future__ import annotations

from datetime import datetime

from applications.models import Evidence, ItemEvidence
from applications.queries.assessment import is_online
from applications.queries.opening import ITEM, opened
from ground.errors import Refused


def hand_links_on(piece: Evidence, now: datetime) -> None:
    """Point locked items to what was uploaded for the same condition since the correction was asked for.

    In the caller's transaction, which holds the application. An item that points to both loses the one link.
    Refused: evidence_linked, while there is no such file; nobody could point the item to another one later.
    """
    application = piece.application
    if application.state != "correcting" or not is_online(application):
        return
    allowed = opened(application, now)
    links = piece.item_links.select_related("item")
    locked = [link for link in links if not allowed.section(f"{ITEM}{link.item.code}")]
    if not locked:
        return
    heir = _uploaded_since(piece)
    if heir is None:
        codes = "、".join(sorted({link.item.code for link in locked}))
        raise Refused(
            "evidence_linked",
            f"自评 {codes} 链接着这份材料，本次补正不能修改这些条目。请先为同一条件上传新的材料，再移除这一份："
            "自评中的链接会转到新的材料。",
        )
    known = set(heir.item_links.values_list("item_id", flat=True))
    for link in locked:
        if link.item_id not in known:
            ItemEvidence.objects.filter(pk=link.pk).update(evidence=heir)


def _uploaded_since(piece: Evidence) -> Evidence | None:
    correction = piece.application.corrections.get(state="open")
    fresh = piece.application.evidence.filter(
        condition=piece.condition, removed_at=None, uploaded_at__gte=correction.requested_at
    ).exclude(pk=piece.pk)
    found = fresh.select_related("file").order_by("-uploaded_at", "-pk")
    return next((row for row in found if not row.file.infected), None)
