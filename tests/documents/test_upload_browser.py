"""A large file and a bad line, in a real browser: the network dies, the tab is reloaded, two tabs send at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from applications.models import Application
from documents.models import UploadSession
from documents.services import read_file
from tests.applications import builders
from tests.documents.builders import image_of, padded_pdf, pdf_of
from tests.documents.line import ONE_UPLOAD, PIECE, Line

# Playwright runs a loop in this thread, Django then takes every query for a mistake. Here is only one thread at work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytestmark = [pytest.mark.django_db(transaction=True)]

PIECES = 12
CONTENT = padded_pdf(PIECE * PIECES - 1000)
# What stands before the end of a sending is answered within this many milliseconds.
QUIET = 300


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.views.CHUNK_BYTES", PIECE)


@pytest.fixture
def owner(now: datetime) -> User:
    user, _ = builders.draft(builders.running_cycle(now), now)
    return user


@pytest.fixture
def application(owner: User) -> Application:
    return Application.objects.get(created_by=owner)


@pytest.fixture
def enter(browser: Browser, live_server: Any, owner: User) -> Iterator[Callable[..., BrowserContext]]:
    """The owner's browser, logged in. A script that the policy refuses, or that breaks, fails the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def entered(**options: Any) -> BrowserContext:
        client = Client()
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        context = browser.new_context(
            base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        context.set_default_timeout(20_000)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on(
            "console",
            lambda message: (
                faults.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        opened.append(context)
        return context

    yield entered
    for context in opened:
        context.route("**/*", lambda route: route.abort())
        for page in context.pages:
            page.wait_for_timeout(QUIET)
        context.close()
    assert faults == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "自评报告.pdf"
    path.write_bytes(CONTENT)
    return path


def report_page(context: BrowserContext, application: Application) -> Page:
    page = context.new_page()
    page.goto(reverse("applications:report", args=[application.pk]))
    return page


def evidence_page(context: BrowserContext, application: Application) -> Page:
    page = context.new_page()
    page.goto(reverse("applications:condition", args=[application.pk, "other"]))
    return page


def choose(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


def send(page: Page) -> None:
    page.get_by_role("button", name="上传", exact=True).click()


def arrived(application: Application) -> bytes:
    application.refresh_from_db()
    assert application.report is not None
    return read_file(application.report)


def test_the_network_dies_in_the_middle_and_comes_back(
    enter: Any, application: Application, file: Path
) -> None:
    page = report_page(enter(), application)
    line = Line(page, passing=5)
    choose(page, file)
    line.wait_until_held()
    bar = page.get_by_role("progressbar", name="上传 自评报告.pdf")
    expect(bar).to_have_attribute("aria-valuenow", "41")
    line.cut()
    expect(page.locator(".upload-words")).to_contain_text("网络中断。已上传的部分不会丢失")
    expect(page.locator(".upload-count")).to_have_text("已上传 41%，320 KB / 768 KB")
    page.wait_for_timeout(1500)
    line.restore()
    expect(page.locator(".upload-words")).to_contain_text("已传到服务器")
    expect(bar).to_have_attribute("aria-valuetext", "已上传 100%，768 KB / 768 KB")
    assert line.offsets[0] == 5 * PIECE, "went on where it broke off"
    send(page)
    expect(page.get_by_text("已上传“自评报告.pdf”。")).to_be_visible()
    assert arrived(application) == CONTENT


def test_an_answer_that_gets_lost_is_no_piece_sent_twice(
    enter: Any, application: Application, file: Path
) -> None:
    """The server has the piece, the browser does not know: it asks, and goes on behind it."""
    page = report_page(enter(), application)
    offsets: list[int] = []

    def lose_the_third(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
            if len(offsets) == 3:
                route.fetch()
                route.abort("connectionreset")
                return
        route.continue_()

    page.route(ONE_UPLOAD, lose_the_third)
    choose(page, file)
    expect(page.locator(".upload-words")).to_contain_text("已传到服务器")
    assert offsets[:3] == [0, PIECE, 2 * PIECE]
    assert offsets[3] == 3 * PIECE
    assert len(set(offsets)) == len(offsets)


def test_a_reload_in_the_middle_goes_on_where_it_was(
    enter: Any, application: Application, file: Path, tmp_path: Path
) -> None:
    context = enter()
    page = report_page(context, application)
    page.on("dialog", lambda dialog: dialog.accept())
    line = Line(page, passing=7)
    choose(page, file)
    line.wait_until_held()
    page.reload()
    expect(page.locator(".upload-words")).to_contain_text("请再选一次同一个文件“自评报告.pdf”，从断点继续。")
    expect(page.locator(".upload-count")).to_contain_text("已上传 58%")
    line.passing = 1000
    line.offsets.clear()
    choose(page, file)
    expect(page.locator(".upload-words")).to_contain_text("已传到服务器")
    expect(page.locator(".upload")).to_have_count(1)
    assert line.offsets[0] == 7 * PIECE
    page.reload()
    # Finished and not yet sent with the form: found again.
    expect(page.locator(".upload-words")).to_contain_text("已传到服务器")
    send(page)
    expect(page.get_by_text("已上传“自评报告.pdf”。")).to_be_visible()
    assert arrived(application) == CONTENT
    # The next visit hears from the server that it was taken, and forgets it.
    page.goto(reverse("applications:report", args=[application.pk]))
    expect(page.locator(".upload")).to_have_count(0)
    assert not _remembered(page)


def test_another_file_is_not_mixed_into_the_one_that_broke_off(
    enter: Any, application: Application, file: Path, tmp_path: Path
) -> None:
    page = report_page(enter(), application)
    page.on("dialog", lambda dialog: dialog.accept())
    line = Line(page, passing=3)
    choose(page, file)
    line.wait_until_held()
    page.reload()
    expect(page.locator(".upload-words")).to_contain_text("请再选一次")
    line.passing = 1000
    line.offsets.clear()
    other = tmp_path / "new" / "自评报告.pdf"
    other.parent.mkdir()
    changed = padded_pdf(len(CONTENT) - 1) + b"\n"
    other.write_bytes(changed)
    choose(page, other)
    expect(page.locator(".upload-words")).to_contain_text("已传到服务器")
    assert line.offsets[0] == 0
    send(page)
    expect(page.get_by_text("已上传“自评报告.pdf”。")).to_be_visible()
    assert arrived(application) == changed


def test_sending_the_form_waits_for_the_file(enter: Any, application: Application, file: Path) -> None:
    page = report_page(enter(), application)
    line = Line(page, passing=4)
    choose(page, file)
    line.wait_until_held()
    send(page)
    expect(page.locator(".upload-words")).to_have_text("上传完成后自动提交。")
    line.passing = 1000
    for route in line.held:
        route.continue_()
    expect(page.get_by_text("已上传“自评报告.pdf”。")).to_be_visible()
    assert arrived(application) == CONTENT


def test_two_tabs_with_the_same_file(enter: Any, application: Application, file: Path) -> None:
    context = enter()
    one, line = report_page(context, application), None
    line = Line(one, passing=3)
    choose(one, file)
    line.wait_until_held()
    two = report_page(context, application)
    expect(two.locator(".upload-words")).to_contain_text("请再选一次")
    choose(two, file)
    expect(two.locator(".upload-words")).to_contain_text("已传到服务器")
    line.passing = 1000
    for route in line.held:
        route.continue_()
    expect(one.locator(".upload-words")).to_contain_text("已传到服务器")
    send(two)
    expect(two.get_by_text("已上传“自评报告.pdf”。")).to_be_visible()
    send(one)
    expect(one.get_by_text("“自评报告.pdf”已经收到，无需再次提交。").first).to_be_visible()
    assert arrived(application) == CONTENT
    assert UploadSession.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("报告.pdf", b"MZ\x90\x00 not a pdf", "这个文件的内容不是可以接收的格式"),
        ("报告.pdf", image_of("PNG"), "这个文件的内容是 PNG 图片，这里只收 PDF、Word（docx）"),
        ("报告.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "这是旧版 Office 文档"),
        ("报告.pdf", pdf_of(password="secret"), "PDF 设有密码"),
        ("空.pdf", b"", "文件是空的"),
    ],
    ids=["program", "picture", "old office", "password", "empty"],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    enter: Any, application: Application, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    page = report_page(enter(), application)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/files/" in request.url else None)
    path = tmp_path / name
    path.write_bytes(content)
    choose(page, path)
    expect(page.locator(".upload-words.bad")).to_contain_text(words)
    assert sent == []
    assert not UploadSession.objects.exists()


def test_what_only_the_server_sees_is_said_at_the_end(
    enter: Any, application: Application, tmp_path: Path
) -> None:
    path = tmp_path / "报告.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing else")
    page = report_page(enter(), application)
    choose(page, path)
    expect(page.locator(".upload-words.bad")).to_contain_text("PDF 已损坏")
    send(page)
    expect(page.get_by_text("请选择文件。").first).to_be_visible()


def test_several_files_one_of_them_cancelled(enter: Any, application: Application, tmp_path: Path) -> None:
    paths = []
    for number in range(3):
        path = tmp_path / f"证明{number}.pdf"
        path.write_bytes(padded_pdf(PIECE * 2 + number))
        paths.append(path)
    page = evidence_page(enter(), application)
    line = Line(page, passing=1)
    choose(page, *paths)
    line.wait_until_held()
    page.get_by_role("button", name="取消上传 证明1.pdf").click()
    expect(page.locator(".upload")).to_have_count(2)
    line.passing = 1000
    for route in line.held:
        route.continue_()
    expect(page.locator(".upload-words.good")).to_have_count(2)
    send(page)
    expect(page.get_by_text("已上传“证明0.pdf”、“证明2.pdf”。")).to_be_visible()
    names = application.evidence.values_list("name", flat=True)
    assert sorted(names) == ["证明0.pdf", "证明2.pdf"]


def test_without_scripts_the_form_sends_the_file(enter: Any, application: Application, file: Path) -> None:
    page = report_page(enter(java_script_enabled=False), application)
    choose(page, file)
    send(page)
    expect(page.get_by_text("已上传“自评报告.pdf”。")).to_be_visible()
    assert arrived(application) == CONTENT
    assert not UploadSession.objects.exists()


def test_the_states_of_an_upload_can_be_read_by_everybody(
    enter: Any, application: Application, file: Path, tmp_path: Path
) -> None:
    """axe finds no fault with an upload under way, cut off, refused and finished; and on a phone nothing sticks out."""
    bad = tmp_path / "坏.pdf"
    bad.write_bytes(b"no pdf")
    page = evidence_page(enter(viewport={"width": 390, "height": 844}), application)
    line = Line(page, passing=3)
    choose(page, file, bad)
    line.wait_until_held()
    _check(page)
    line.cut()
    expect(page.locator(".upload.stalled")).to_have_count(1)
    _check(page)
    line.restore()
    expect(page.locator(".upload-words.good")).to_have_count(1)
    _check(page)


def _remembered(page: Page) -> bool:
    """Whether the browser still remembers an upload; the page asks the server first, which takes a moment."""
    for _ in range(40):
        if not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('upload:'))"):
            return False
        page.wait_for_timeout(50)
    return True


def _check(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
