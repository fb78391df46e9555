"""Walks the portal's addresses as one role and reads everything that comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import User
from notifications.models import InboxItem, OutboxMessage
from notifications.queries import duties_for
from notifications.services import calendar_of
from tests.architecture.source import Route, routes
from tests.leaks.readers import may_know
from tests.leaks.year import NAMES, Year, addresses

ZIP, PDF = b"PK\x03\x04", b"%PDF"
UNKNOWN = 2_000_000_000
# What differs between two answers although they say the same.
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|"csrf": "[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"|(?:/|%2F)\d+(?=/|%2F)'
)
FORM = re.compile(rb"<form\b.*?</form>", re.DOTALL)
NUMBERED = re.compile(r"_id$|^number$|^pk$")
# Objects that a role may see, though not everything that can be done with them.
IN_SIGHT = {("city_clerk", "reviewer_id"), ("p_fourth", "panel_id"), ("p_fourth", "honour_id")}
PROBES = ("-score", "rank", "-sheets__total", "-consolidations__score")


@dataclass
class Walk:
    """What was asked and what leaked.

    `walked`, `posted`: the routes that were asked at some step. `forms`: the forms on the pages, with the pages' addresses.
    """

    year: Year
    walked: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    oracles: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    clients: dict[str, Client] = field(default_factory=dict)
    forms: list[tuple[str, bytes]] = field(default_factory=list)

    def client(self, role: str) -> Client:
        if role not in self.clients:
            self.clients[role] = Client(raise_request_exception=False)
            if (user := self.year.users[role]) is not None:
                self.clients[role].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return self.clients[role]

    def go(self, role: str, *, everywhere: bool = False, unwalked: bool = False, twins: bool = False) -> None:
        """Read all letters and addresses as `role`: the judging ones, those `unwalked` before, or `everywhere`.

        `twins`: compare what is out of sight with what does not exist.
        """
        self.letters(role)
        fresh = {route.name for route in routes()} - self.walked if unwalked else set()
        values = addresses(self.year)
        for route in routes():
            if route.name in self.unreadable or not set(route.arguments) <= set(values):
                continue
            if everywhere or judging(route) or route.name in fresh:
                self.ask(role, route, values, twins=twins)

    def ask(self, role: str, route: Route, values: Mapping[str, Any], *, twins: bool) -> None:
        address = address_of(route, values)
        answer = get(self.client(role), address)
        self.walked.add(route.name)
        if answer.status_code == 405:
            self.unreadable.add(route.name)
        self.look(role, address, text_of(answer))
        self.forms += [(address, form) for form in FORM.findall(answer.body)]
        if twins and answer.status_code in (403, 404):
            for name in (
                one for one in route.arguments if NUMBERED.search(one) and (role, one) not in IN_SIGHT
            ):
                twin = address_of(route, {**values, name: UNKNOWN, f"{route.name} {name}": UNKNOWN})
                other = get(self.client(role), twin)
                if sight(answer) != sight(other):
                    self.oracles.append(
                        f"{self.year.step}: {role} tells {name} apart at {address}: {sight(answer)[:2]} and {sight(other)[:2]}"
                    )

    def letters(self, role: str) -> None:
        """What lies in the inbox, goes or went out by mail and stands on the list of duties and in the calendar."""
        user = self.year.users[role]
        if user is None:
            return
        mails = OutboxMessage.objects.filter(user=user, given_up_at=None)
        for letter in [*InboxItem.objects.filter(user=user), *mails]:
            self.look(role, f"letter {letter.kind}", f"{letter.subject}\n{letter.body}")
        duties = list(duties_for(User.objects.get(pk=user.pk)))
        for duty in duties:
            self.look(role, "duty", duty.title)
        calendar = calendar_of(duties, now=self.year.now).decode().replace("\r\n ", "")
        self.look(role, "calendar", calendar)

    def look(self, role: str, where: str, text: str) -> None:
        self.leaks += [
            f"{self.year.step}: {role} learns {secret} ({token}) at {where}"
            for secret in self.year.secrets
            for token in secret.tokens
            if token in text and not may_know(self.year, role, secret)
        ]

    def orders(self, role: str) -> dict[str, list[str]]:
        """Address → the applicants in the order in which `role` sees them, sorted in every way one may try."""
        found = {}
        values = addresses(self.year)
        for address in lists(values):
            client = self.client(role)
            text = text_of(get(client, address))
            found[address] = order_in(text)
            if len(found[address]) > 1:
                for sort in dict.fromkeys([*re.findall(r"sort=([-\w]+)", text), *PROBES]):
                    found[f"{address} {sort}"] = order_in(text_of(get(client, f"{address}?sort={sort}")))
        return found

    def findings(self, role: str, words: str) -> dict[str, str]:
        """Address → what a search for `words` brings up, the words themselves left out."""
        found = {}
        for address in lists(addresses(self.year)):
            query = "&".join(f"{name}={quote(words)}" for name in ("q", "name", "search", "text"))
            read = _read(get(self.client(role), f"{address}?{query}").body)
            text = PASSING.sub(b"", read.encode()).decode()
            for said in (words, quote(words), quote(quote(words))):
                text = text.replace(said, "")
            found[address] = text
        return found


FILES = {f"applications:{name}" for name in ("application", "comparison", "organisation_history")} | {
    "notifications:open_item"
}


def judging(route: Route) -> bool:
    """Routes on which results could show: of scoring, and every list and first page."""
    if route.public:
        return False
    lists_something = not set(route.arguments) - {"cycle_id"}
    return lists_something or route.name.startswith("scoring:") or route.name in FILES


def lists(values: Mapping[str, Any]) -> list[str]:
    """Pages that list things: without arguments, or of one cycle."""
    apps = ("applications", "scoring", "awards", "publicity")
    return [
        address_of(route, values)
        for route in routes()
        if route.name.split(":")[0] in apps and not route.public and not set(route.arguments) - {"cycle_id"}
    ]


def address_of(route: Route, values: Mapping[str, Any]) -> str:
    own = {name: values.get(f"{route.name} {name}", values[name]) for name in route.arguments}
    return reverse(route.name, kwargs=own)


def get(client: Client, address: str) -> Any:
    return taken_back(lambda: client.get(address))


def taken_back(ask: Callable[[], Any]) -> Any:
    """The answer to a request in a savepoint: what it does is taken back. Counts the queries, reads the body."""
    connection.queries_log.clear()
    with transaction.atomic(), CaptureQueriesContext(connection) as taken:
        answer = ask()
        answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    answer.queries = len(taken)
    return answer


def sight(answer: HttpResponse) -> tuple[int, int, bytes]:
    """What somebody sees of an answer who may not see more: status, number of queries (its time), page."""
    return answer.status_code, answer.queries, PASSING.sub(b"", answer.body)


def text_of(answer: HttpResponse) -> str:
    """Headers and body as a reader sees them: cells of workbooks, text and title of PDFs."""
    heads = unquote("\n".join(f"{name}: {value}" for name, value in answer.items()))
    return f"{heads}\n{_read(answer.body)}"


def _read(body: bytes) -> str:
    if body.startswith(ZIP):
        book = load_workbook(BytesIO(body))
        return "\n".join(
            str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
        )
    if body.startswith(PDF):
        read = PdfReader(BytesIO(body))
        return "\n".join([str(read.metadata), *(page.extract_text() for page in read.pages)])
    words = body.decode("utf-8", "replace")
    with suppress(ValueError):
        return json.dumps(json.loads(words), ensure_ascii=False) if words.startswith(("{", "[")) else words
    return words


def order_in(text: str) -> list[str]:
    """The applicants in the order in which a page first names them."""
    places = {key: text.find(name) for key, name in NAMES.items()}
    return sorted((key for key in places if places[key] >= 0), key=places.__getitem__)
