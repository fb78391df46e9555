"""Who else has a section of the file open just now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from accounts.models import User
from applications.models import Application, SectionPresence

# How long after the last sign of life somebody still counts as being there.
AWAY_AFTER: Final = timedelta(minutes=3)
QUIET_AFTER: Final = timedelta(minutes=10)


def presence_of(
    application: Application, section: str, *, besides: User, now: datetime
) -> list[dict[str, Any]]:
    """Who else has this section open just now: name, whether they type, how many minutes ago."""
    rows = (
        SectionPresence.objects.select_related("user")
        .filter(application=application, section=section, seen_at__gte=now - AWAY_AFTER)
        .exclude(user=besides)
        .order_by("-typed_at", "pk")
    )
    return [
        {
            "name": row.user.name,
            "editing": row.typed_at is not None and now - row.typed_at < QUIET_AFTER,
            "ago": _ago(now - (row.typed_at or row.seen_at)),
        }
        for row in rows
    ]


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} 分钟前" if minutes else "刚刚"
