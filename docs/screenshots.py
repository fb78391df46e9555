"""Makes the handbook's pictures from a running demo: `.venv/bin/python docs/screenshots.py [ADDRESS]`.

Needs the test requirements (`./test` installs them) and Chromium; the demo must be up (`./run`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = "quality-demo"
# picture → (login name or "", address; "@text" follows the link with that text on the person's first page)
PICTURES = {
    "landing": ("", "/"),
    "call": ("", "/cycles/3/call/"),
    "law": ("", "/law/park-2023/"),
    "applicant": ("org_ruian", "/accounts/home/"),
    "application": ("org_ruian", "@继续填写"),
    "recommender": ("rec_cityassoc", "/accounts/home/"),
    "office": ("park_head", "/accounts/home/"),
    "panels": ("park_head", "/cycles/2/panels/"),
    "desk": ("reviewer4", "/accounts/home/"),
    "sheet": ("reviewer4", "@继续评分"),
    "recusal": ("reviewer4", "/scoring/recusal/"),
    "offline": ("reviewer4", "/scoring/offline/"),
    "ranking": ("park_head", "/cycles/1/ranking/"),
    "meeting": ("park_head", "/cycles/1/meeting/"),
    "publicity": ("park_head", "/cycles/1/publicity/"),
    "honours": ("", "/honours/"),
    "ledger": ("supervisor", "/accounts/home/"),
}


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--headless=new", "--disable-background-networking"],
        )
        pages: dict[str, Page] = {}
        for name, (login, place) in PICTURES.items():
            page = pages.get(login) or pages.setdefault(login, enter(browser, address, login))
            if place.startswith("@"):
                page.goto(f"{address}/accounts/home/")
                page.get_by_role("link", name=place[1:]).first.click()
            else:
                page.goto(address + place)
            page.get_by_text("正在打开…").first.wait_for(state="hidden")  # the offline page
            if page.locator("iframe").count():
                page.wait_for_timeout(4000)  # the browser's PDF viewer draws after the page has loaded
            page.screenshot(path=IMAGES / f"{name}.png", clip={"x": 0, "y": 0, "width": 1200, "height": 900})


def enter(browser: Browser, address: str, login: str) -> Page:
    page = browser.new_page(
        viewport={"width": 1200, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    if login:
        page.goto(f"{address}/accounts/login/")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="登录").click()
    return page


if __name__ == "__main__":
    main()
