"""Posts to the portal's addresses as one role: no answer to a form tells what its reader may not know.

Every form is sent filled in wrong from top to bottom. What a stranger sends to a thing out of sight is answered like
the same to a thing that does not exist, and so is a form that names such a thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.urls import resolve

from scoring.models import Sheet
from tests.architecture.source import Route, routes
from tests.leaks.walk import (
    IN_SIGHT,
    NUMBERED,
    UNKNOWN,
    Walk,
    address_of,
    get,
    judging,
    sight,
    taken_back,
    text_of,
)
from tests.leaks.year import addresses

JSON = "application/json"
WRONG = "九成七"
# What pages send that save while one types: a field that is there, one that is not, and nothing.
TYPED = tuple(
    json.dumps(sent)
    for sent in (
        {"field": "percent-4.1.2", "value": WRONG, "version": 0},
        {"field": "nothing", "value": WRONG, "version": 99},
        {},
    )
)
ACTION = re.compile(rb'<form[^>]*\baction="(/[^"?#]*)')
NAME = re.compile(rb'\bname="([^"]+)"')
# What names a thing rather than says something: lists to choose from, boxes to tick, what is sent along unseen.
CHOICE = re.compile(rb'<(?:select\b|input\b(?=[^>]*\btype="(?:radio|checkbox|hidden)"))[^>]*\bname="([^"]+)"')


@dataclass
class Posts:
    """What was sent beside a walk.

    `silent`: those that take no form; `typing`: those that take JSON.
    `fields`: route → the names on its forms, as far as the walk has met them; `choices`: those that name a thing.
    """

    walk: Walk
    silent: set[str] = field(default_factory=set)
    typing: set[str] = field(default_factory=set)
    fields: dict[str, set[str]] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)

    def go(self, role: str, *, everywhere: bool = False, unwalked: bool = False, twins: bool = False) -> None:
        """Send to what `Walk.go` reads, and to what is `role`'s own.

        `twins`: compare what is out of sight with what does not exist.
        """
        self._learn()
        values = addresses(self.walk.year)
        fresh = {route.name for route in routes()} - self.walk.posted if unwalked else set()
        for route in routes():
            if route.name in self.silent or not set(route.arguments) <= set(values):
                continue
            if everywhere or judging(route) or route.name in fresh:
                self.walk.posted.add(route.name)
                self.send(role, route, values, twins=twins)
                if own := self._own(role, route):
                    self.send(role, route, {**values, **own}, twins=False)

    def send(self, role: str, route: Route, values: Mapping[str, Any], *, twins: bool) -> None:
        address = address_of(route, values)
        for body in self._bodies(route):
            answer = self._post(role, address, body)
            if answer.status_code == 405:
                self.silent.add(route.name)
                return
            self.walk.look(role, f"POST {address}", text_of(answer))
            for name in filter(NUMBERED.search, route.arguments if twins else ()):
                if (role, name) not in IN_SIGHT:
                    twin = {**values, name: UNKNOWN, f"{route.name} {name}": UNKNOWN}
                    other = self._post(role, address_of(route, twin), body)
                    self._compare(role, f"tells {name} apart", address, (answer, other))
            if answer["Content-Type"] == JSON:
                self.typing.add(route.name)
        if twins and self.choices.get(route.name):
            named = [str(values["application_id"]), str(UNKNOWN)]
            answers = [
                self._post(role, address, dict.fromkeys(self.choices[route.name], one)) for one in named
            ]
            self._compare(role, "tells apart what a form names", address, answers, echo=named)

    def _bodies(self, route: Route) -> Iterator[dict[str, str] | str]:
        yield dict.fromkeys(self.fields.get(route.name, ()), WRONG)
        if route.name in self.typing:
            yield from TYPED

    def _post(self, role: str, address: str, body: dict[str, str] | str) -> Any:
        client, cookies = self.walk.client(role), self.walk.client(role).cookies.output()
        kind = {"content_type": JSON} if isinstance(body, str) else {}
        answer = taken_back(lambda: client.post(address, body, **kind))
        if answer.status_code >= 500:
            self.walk.leaks.append(f"{self.walk.year.step}: {role} breaks {address} with {body}")
        if client.cookies.output() != cookies:
            del self.walk.clients[role]
        if not address.startswith("/scoring/"):
            cache.clear()
        return answer

    def _compare(
        self, role: str, told: str, address: str, answers: Sequence[Any], echo: Sequence[str] = ()
    ) -> None:
        """Two answers that have to say the same, but for the words sent, unless the page is open to `role` anyway."""
        seen = []
        for answer in answers:
            status, queries, page = sight(answer)
            place = answer.get("Location", "").encode()
            for words in echo:
                page = re.sub(rb"\b%s\b" % words.encode(), b"", page)
            seen.append((status, queries, re.sub(rb"\b\d+\b", b"", place), page))
        if seen[0] != seen[1] and get(self.walk.client(role), address).status_code != 200:
            self.walk.oracles.append(
                f"{self.walk.year.step}: {role} {told} by POST {address}: {seen[0][:3]} and {seen[1][:3]}"
            )

    def _own(self, role: str, route: Route) -> dict[str, Any]:
        """The sheet of `role` itself, where there is one."""
        user = self.walk.year.users[role]
        if "sheet_id" not in route.arguments or role not in self.walk.year.seats or user is None:
            return {}
        own = Sheet.objects.filter(reviewer__user=user).exclude(state="void").order_by("pk").last()
        return {"sheet_id": own.pk} if own else {}

    def _learn(self) -> None:
        """Which names the forms have that the walk has met since."""
        for page, form in self.walk.forms:
            action = ACTION.search(form)
            match = resolve(action[1].decode() if action else page.partition("?")[0])
            for kept, names in ((self.fields, NAME), (self.choices, CHOICE)):
                found = {name.decode() for name in names.findall(form)} - {"csrfmiddlewaretoken"}
                kept.setdefault(match.view_name, set()).update(found)
        self.walk.forms.clear()
