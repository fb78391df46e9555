"""The clock is an argument: law, rules, states, models and services never look at it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, at, modules, read

CLOCK = re.compile(
    r"(^|\.)((datetime|date|timezone|clock)\.(now|today|utcnow|localtime)|time\.(time|time_ns))$"
)
BANNED_NAMES = {"localdate", "localtime"}
ROOMS = ("law", "rules", "services", "states", "models", "queries", "permissions")
ALLOWED = {
    # The default for accounts made by a management command; services give their `now`.
    "accounts/models.py": {"timezone.now"},
}


def looks(module: Module) -> Iterator[str]:
    """Every look at a clock: called or handed on; `localdate()` without a moment is one too."""
    for node in ast.walk(module.tree):
        named = isinstance(node, ast.Attribute) and CLOCK.search(ast.unparse(node))
        if named or (isinstance(node, ast.Call) and _without_a_moment(node)):
            yield ast.unparse(node)


def _without_a_moment(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Name) and call.func.id in BANNED_NAMES and not (call.args or call.keywords)
    )


def test_nobody_looks_at_the_clock() -> None:
    found = {
        module.path: set(looks(module)) - ALLOWED.get(module.path, set())
        for module in modules()
        if module.in_room(*ROOMS)
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_nobody_imports_a_clock_by_its_parts() -> None:
    found = [
        at(module, node)
        for module in modules()
        if module.in_room(*ROOMS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and node.module in ("ground.clock", "time", "django.utils.timezone")
        and {alias.name for alias in node.names} & {"now", "today", "time", "frozen", "set_to"}
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "timezone.now()",
        "clock.today()",
        "models.DateTimeField(default=timezone.now)",
        "time.time()",
        "localdate()",
    ],
)
def test_every_look_is_found(line: str) -> None:
    assert list(looks(read("app/rules.py", line)))


@pytest.mark.parametrize("line", ["localdate(now)", "request.now", "now.date()", "datetime(2026, 1, 1)"])
def test_what_is_given_is_free(line: str) -> None:
    assert list(looks(read("app/rules.py", line))) == []
