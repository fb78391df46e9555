"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "honour.award": "授予称号",
    "incident.report": "报告事项",
    "notice.draft": "拟写公示",
    "notice.record_site": "登记规定网站的登载",
    "notice.revise": "修改公示文字",
    "objection.file": "提出异议",
    "payment.order": "下达奖金",
    "revocation.open": "立案调查",
}
