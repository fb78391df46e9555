"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {"documents.quarantine": "隔离含恶意内容的文件"}
