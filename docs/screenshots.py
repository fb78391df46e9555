"""Makes the handbook's pictures from a running demo: `.venv/bin/python docs/screenshots.py [ADDRESS [NAME…]]`.

Needs the test requirements (`./test` installs them) and Chromium; the demo must be up (`./run`). Pictures are kept
small: cut to what is spoken of, at most 96 colours, none above LARGEST bytes.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = "quality-demo"
WIDTH, HEIGHT = 1200, 900
LARGEST = 150_000


@dataclass(frozen=True)
class Picture:
    """Who looks at what: login name ("" for a visitor), address, and which part of the page.

    "@text" follows the link with that text on the person's first page; "@text@text" goes on from there. `part` is
    a selector whose first element is brought to the top; `height` is how much is shown from there.
    """

    login: str
    place: str
    part: str = ""
    height: int = HEIGHT


PICTURES = {
    "landing": Picture("", "/"),
    "call": Picture("", "/cycles/3/call/"),
    "selfcheck": Picture("", "/cycles/3/self-check/", height=760),
    "law": Picture("", "/law/park-2023/"),
    "honours": Picture("", "/honours/"),
    "members": Picture("org_ruian", "/organisations/1/members/", height=640),
    "applicant": Picture("org_ruian", "/accounts/home/"),
    "application": Picture("org_ruian", "@继续填写"),
    "condition": Picture("org_ruian", "@继续填写@监督抽查"),
    "assessment": Picture("org_ruian", "@继续填写@自评报告"),
    "item": Picture("org_ruian", "@继续填写@自评报告@4.1.2 高层领导的作用"),
    "figures": Picture(
        "org_ruian", "@继续填写@自评报告@4.7.2 产品和服务结果", "[aria-labelledby=figures]", 1150
    ),
    "receipt": Picture("org_guangsu", "/applications/1/receipt/", height=800),
    "feedback": Picture("org_guangsu", "/applications/1/feedback/", height=860),
    "honour": Picture("org_guangsu", "/honours/mine/"),
    "recommender": Picture("rec_cityassoc", "/accounts/home/", height=520),
    "office": Picture("park_head", "/accounts/home/"),
    "cycle": Picture("park_head", "/cycles/2/"),
    "eligibility": Picture("city_clerk", "/applications/13/eligibility/"),
    "panels": Picture("park_head", "/cycles/2/panels/"),
    "desk": Picture("reviewer4", "/accounts/home/"),
    "sheet": Picture("reviewer4", "@继续评分"),
    "pledge": Picture("reviewer4", "/scoring/confidentiality/2/", height=600),
    "recusal": Picture("reviewer4", "/scoring/recusal/"),
    "report": Picture(
        "reviewer4", "/scoring/consolidations/24/report/", "h2:has-text('成员意见')", height=620
    ),
    "consent": Picture("reviewer8", "@表示意见", height=860),
    "successor": Picture("park_clerk", "@安排接替", height=860),
    "complaint": Picture("org_ruian", "/scoring/complaints/new/", "h1", 900),
    "offline": Picture("reviewer4", "/scoring/offline/"),
    "ranking": Picture("park_head", "/cycles/1/ranking/"),
    "meeting": Picture("park_head", "/cycles/1/meeting/"),
    "publicity": Picture("park_head", "/cycles/1/publicity/"),
    "ledger": Picture("supervisor", "/accounts/home/"),
}


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    wanted = sys.argv[2:] or list(PICTURES)
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM")
            or next(filter(None, map(shutil.which, ("chromium", "chromium-headless-shell"))), None),
            args=["--no-sandbox", "--disable-gpu", "--headless=new", "--disable-background-networking"],
        )
        pages: dict[str, Page] = {}
        for name in wanted:
            picture = PICTURES[name]
            page = pages.get(picture.login) or pages.setdefault(
                picture.login, enter(browser, address, picture.login)
            )
            turn_to(page, address, picture)
            keep(name, page.screenshot(clip=frame(page, picture), full_page=True))


def turn_to(page: Page, address: str, picture: Picture) -> None:
    if picture.place.startswith("@"):
        page.goto(f"{address}/accounts/home/")
        for words in picture.place[1:].split("@"):
            page.get_by_role("link", name=words).first.click()
    else:
        page.goto(address + picture.place)
    page.get_by_text("正在打开…").first.wait_for(state="hidden")  # the offline page
    page.wait_for_load_state("networkidle")
    if page.locator("iframe").count():
        page.wait_for_timeout(4000)  # the browser's PDF viewer draws after the page has loaded


def frame(page: Page, picture: Picture) -> FloatRect:
    """What is cut out of the whole page."""
    top = 0.0
    if picture.part:
        box = page.locator(picture.part).first.bounding_box()
        top = max(0.0, (box or {"y": 0.0})["y"] + page.evaluate("scrollY") - 12)
    whole = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": top, "width": WIDTH, "height": min(picture.height, whole - top)}


def keep(name: str, shot: bytes) -> None:
    """Write the picture with few colours; refuse one that is too large for a handbook."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    path = IMAGES / f"{name}.png"
    image.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} is {path.stat().st_size} bytes: cut it")


def enter(browser: Browser, address: str, login: str) -> Page:
    page = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    if login:
        page.goto(f"{address}/accounts/login/")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="登录").click()
    return page


if __name__ == "__main__":
    main()
