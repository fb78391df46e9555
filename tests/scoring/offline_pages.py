"""The page for work without a network in a real browser: logged in, set up, opened again, and all that it keeps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User

PASSPHRASE = "梅花-3102-沉香"
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
