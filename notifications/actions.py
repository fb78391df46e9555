"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "calendar.make_link": "生成日历订阅链接",
    "calendar.revoke_link": "停用日历订阅链接",
}
