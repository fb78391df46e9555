"""Somebody at a browser: reads, follows links, fills in forms, presses buttons. Knows words on pages, nothing else."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from ground.clock import SHANGHAI

if TYPE_CHECKING:
    from tests.journeys.album import Album


class Person:
    def __init__(self, page: Page, album: Album, name: str) -> None:
        self.page, self.album, self.name = page, album, name

    # ---- going about
    def open(self, path: str) -> None:
        self.page.goto(path)
        self.album.keep(self.page)

    def log_in(self, username: str, password: str) -> None:
        self.open("/accounts/login/")
        self.give_password(username, password)

    def give_password(self, username: str, password: str) -> None:
        """Fill in the login form that is open."""
        self.fill(登录名=username, 密码=password)
        self.press("登录")

    def follow(self, words: str, *, among: Locator | None = None) -> None:
        """Follow the first link with these words in it."""
        link = (among or self.main).get_by_role("link", name=words).first
        with self.page.expect_navigation():
            link.click()
        self.album.keep(self.page)

    def press(self, words: str, *, among: Locator | None = None) -> None:
        """Press a button that sends a form, and wait for what comes back."""
        button = (among or self.main).get_by_role("button", name=beginning(words)).first
        with self.page.expect_navigation():
            button.click()
        self.album.keep(self.page)

    @property
    def path(self) -> str:
        return self.page.evaluate("location.pathname")  # type: ignore[no-any-return]

    # ---- filling in
    def fill(self, *, among: Locator | None = None, **words: object) -> None:
        """Type into fields, named by the beginning of their label. Moments and days are typed as the browser wants them."""
        for label, value in words.items():
            self.field(label, among).fill(_typed(value))

    def field(self, label: str, among: Locator | None = None) -> Locator:
        return (among or self.main).get_by_label(beginning(label)).first

    def choose(self, label: str, option: str, *, among: Locator | None = None) -> None:
        """Choose in the group, list or suggestions of that label the option that begins with these words."""
        here = among or self.main
        group = here.get_by_role("group", name=beginning(label))
        if group.count():
            group.first.get_by_label(beginning(option)).first.check()
            return
        control = self.field(label, here)
        if control.evaluate("(control) => control.tagName") != "SELECT":
            control.fill(option)  # a line with suggestions
            return
        wanted = control.locator("option").filter(has_text=beginning(option)).first
        control.select_option(wanted.get_attribute("value"))

    def tick(self, label: str, *, among: Locator | None = None) -> None:
        (among or self.main).get_by_label(beginning(label)).first.check()

    def attach(self, label: str, name: str, content: bytes) -> None:
        self.field(label).set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})

    # ---- reading
    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def sees(self, *words: str) -> None:
        for part in words:
            expect(self.main, f"{self.name} at {self.page.url}").to_contain_text(part)

    def sees_not(self, *words: str) -> None:
        for part in words:
            expect(self.main, f"{self.name} at {self.page.url}").not_to_contain_text(part)

    def part(self, heading: str) -> Locator:
        """The section, card or fieldset under a heading or legend."""
        return (
            self.main.locator("section, fieldset, details, .card")
            .filter(has=self.page.locator("h2, h3, legend, summary").filter(has_text=heading))
            .last
        )

    def row(self, words: str) -> Locator:
        """The table row or list item with these words."""
        return self.main.locator("tr, li, dl > div").filter(has_text=words).first


def beginning(words: str) -> re.Pattern[str]:
    return re.compile(f"^\\s*{re.escape(words)}")


def _typed(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)
