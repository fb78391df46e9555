"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "cycle.call_written": "拟写申报通知",
    "cycle.opened": "建立评定年度",
    "cycle.timetable_set": "排定工作安排",
    "policy.imported": "导入政策文件",
    "scheme.synced": "同步奖项",
    "workdays.entered": "录入节假日安排",
}
