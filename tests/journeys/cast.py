"""Everybody in a journey, each at a browser of their own, and the calendar on the wall."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from playwright.sync_api import Browser

from accounts.roles import Role
from awards.services import sync_law
from demo.roster import PASSWORD, Roster, make_roster
from ground import clock
from tests.journeys.album import DESKTOP, Album
from tests.journeys.person import Person

PATIENCE = 15_000


class Cast:
    """`cast["park_clerk"]` is that official, logged in at the login form when first called for."""

    def __init__(
        self, browser: Browser, address: str, album: Album, stopped: clock.StoppedClock, timezone: str
    ) -> None:
        self.album = album
        self._browser, self._address, self._stopped, self._timezone = browser, address, stopped, timezone
        self._people: dict[str, Person] = {}
        self._contexts: list[Any] = []
        sync_law(now=clock.now())
        self.roster: Roster = make_roster(clock.now())
        for scheme in ("province", "suzhou_ip"):
            self.roster.grant(self.roster.users["park_clerk"], Role.OFFICE_CLERK, scheme)

    def __getitem__(self, username: str) -> Person:
        if username not in self._people:
            person = self.visitor(username)
            person.log_in(username, PASSWORD)
            self._people[username] = person
        return self._people[username]

    def visitor(self, name: str = "visitor", timezone: str = "", *, scripts: bool = True) -> Person:
        """Somebody new at a fresh browser, not logged in."""
        context = self._browser.new_context(
            base_url=self._address,
            locale="zh-CN",
            timezone_id=timezone or self._timezone,
            viewport=DESKTOP,  # type: ignore[arg-type]
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        self.album.watch(page)
        return Person(page, self.album, name)

    def welcome(self, username: str, person: Person) -> None:
        """Somebody who made an account on the way belongs to the cast from now on."""
        self._people[username] = person

    @property
    def now(self) -> datetime:
        return clock.now()

    def wait_until(self, moment: datetime) -> None:
        self._stopped.move_to(moment)

    def leave(self) -> None:
        for context in self._contexts:
            context.close()
