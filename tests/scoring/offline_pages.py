"""The page for work without a network in a real browser: logged in, set up, opened again, and all that it keeps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from accounts.models import User
from scoring.models import Sheet

PASSPHRASE = "梅花-3102-沉香"
SECRET = "车间看板三个月没有更新"
# Everything in the store, as text: what is binary is read as if it were text.
DUMP = """async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const db = await answer(indexedDB.open("offline-sheets"));
  const words = [];
  const look = (one) => {
    if (one instanceof ArrayBuffer || ArrayBuffer.isView(one)) words.push(new TextDecoder().decode(one));
    else if (one instanceof CryptoKey) words.push(`key:${one.extractable}`);
    else if (one && typeof one === "object") Object.values(one).forEach(look);
    else words.push(String(one));
  };
  for (const store of db.objectStoreNames) {
    const rows = await answer(db.transaction(store).objectStore(store).getAll());
    words.push(`${store}=${rows.length}`);
    rows.forEach(look);
  }
  return words.concat(Object.values(localStorage)).join(" ");
}"""


def logged_in(browser: Browser, live_server: Any, user: User) -> BrowserContext:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return context


def set_up(context: BrowserContext) -> tuple[Page, list[str]]:
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/scoring/offline/")
    page.get_by_label("离线口令（").fill(PASSPHRASE)
    page.get_by_label("再输入一次").fill(PASSPHRASE)
    page.get_by_role("button", name="启用这台设备").click()
    expect(page.get_by_role("heading", name="我的评分表")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready")
    return page, faults


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("离线口令").fill(passphrase)
    page.get_by_role("button", name="打开", exact=True).click()


def card(page: Page, code: str = "4.1.2") -> Locator:
    return page.locator(f"[id='item-{code}']")


def strengths(page: Page) -> Any:
    return card(page).get_by_label("优势")


def offline_sheet(context: BrowserContext, sheet: Sheet) -> tuple[Page, list[str]]:
    """The sheet on a device whose network has gone."""
    page, faults = set_up(context)
    context.set_offline(True)
    page.get_by_role("button", name=sheet.application.organisation.name).click()
    return page, faults


def synced(page: Page) -> None:
    expect(page.get_by_text("已同步", exact=True)).to_be_visible()
