"""What was seen on the way: what is wrong with every kind of page, and its picture.

`PICTURES=1` keeps a picture of every kind of page; otherwise only pages with faults are pictured, since pictures take
an eighth of a journey's time.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import ConsoleMessage, Page, Response

from tests.journeys import contrast

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SEVERE = ("serious", "critical")
# What a page is made of: two pages with the same kinds of elements are the same page to axe.
MAKE_UP = """() => [...new Set([...document.querySelectorAll('*')].map(
    (e) => [e.tagName, e.getAttribute('class'), e.getAttribute('role'), e.type, e.disabled].join('.')))].sort().join(' ')"""
# Targets of 24 px (WCAG 2.2, 2.5.8) are no default of axe; contrast is asked apart.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}},
}
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
PICTURES = os.environ.get("PICTURES", "") not in ("", "0")
# A picture of a long page takes a busy machine longer than anything that a person waits for; milliseconds.
SLOW = 60_000


class Album:
    """Pictures in a folder in the order of the journey, and the faults: axe, console, CSP, server errors, pages too wide."""

    def __init__(self, folder: Path, examined: set[tuple[str, str]], looks: set[str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.faults: list[str] = []
        self._pictured: set[tuple[str, str]] = set()
        self._axe = Axe()
        self._examined, self._looks = examined, looks

    def watch(self, page: Page) -> None:
        """Note whatever goes wrong behind this page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(page.url, f"script failed: {error}"))
        page.on("response", self._response)

    def keep(self, page: Page, name: str = "") -> None:
        """Note the page as it is now, unless one of this make-up is in the album.

        A page not seen before in this make-up in the whole run is examined, on a phone as well.
        """
        seen = (_name_of(page.url), str(page.evaluate(MAKE_UP)))
        if seen in self._pictured and not name:
            return
        self._pictured.add(seen)
        name = f"{len(self._pictured):03d}-{name or seen[0]}"
        if PICTURES:
            self._picture(page, name)
        if seen in self._examined:
            return
        new = not any(known == seen[0] for known, _ in self._examined)
        self._examined.add(seen)
        self._examine(page, name, picture=PICTURES and new)

    def _examine(self, page: Page, name: str, *, picture: bool) -> None:
        before = len(self.faults)
        found = self._axe.run(page, options=OPTIONS).response["violations"]
        for violation in [*found, *contrast.violations(page, self._looks)]:
            if violation["impact"] in SEVERE:
                nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                self._note(page.url, f"axe {violation['id']} ({violation['impact']}) in {name}: {nodes}")
        if page.evaluate(TOO_WIDE):
            self._note(page.url, f"wider than the window in {name}")
        if len(self.faults) > before:
            self._picture(page, name)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        too_wide = bool(page.evaluate(TOO_WIDE))
        if picture or too_wide:
            self._picture(page, f"{name}-390")
        if too_wide:
            self._note(page.url, f"wider than a phone in {name}")
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def _picture(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png", full_page=True, timeout=SLOW)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal is answered with 4xx, which the browser reports as a failed load; responses are watched below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(message.page.url if message.page else "", f"console: {message.text}")

    def _response(self, response: Response) -> None:
        lost = response.status == 404 and not response.request.is_navigation_request()
        if response.status >= 500 or lost:
            self._note(response.url, f"answered {response.status}")

    def _note(self, url: str, words: str) -> None:
        self.faults.append(f"{urlsplit(url).path}: {words}")


def _name_of(url: str) -> str:
    try:
        match: Any = resolve(urlsplit(url).path)
    except Resolver404:
        return "nowhere"
    return f"{match.url_name}-{match.kwargs['question']}" if "question" in match.kwargs else match.url_name
