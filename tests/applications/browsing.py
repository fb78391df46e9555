"""What browser tests of pages that save what is typed look for; their browsers are fixtures of conftest.py."""

from __future__ import annotations

from playwright.sync_api import Page

OFFERED = "这台电脑上留有尚未提交的内容"
RETRYING = "未保存，正在重试"
AWAY = "未保存，现在没有网络"
# Milliseconds in which a request under way is answered, and the browser has handed its local copy to the disk.
QUIET = 400


def kept_locally(page: Page) -> str:
    return str(page.evaluate("Object.values({...localStorage}).join(' ')"))
