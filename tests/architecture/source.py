"""The product's source as the architecture tests read it: modules, their trees, templates, addresses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "ground",
    "audit",
    "accounts",
    "documents",
    "notifications",
    "awards",
    "applications",
    "scoring",
    "publicity",
    "rewards",
    "demo",
    "config",
)


@dataclass(frozen=True)
class Module:
    """One Python file of the product."""

    path: str
    text: str
    tree: ast.Module

    @property
    def app(self) -> str:
        return self.path.split("/")[0]

    def in_room(self, *rooms: str) -> bool:
        """Whether it is `app/room.py` or lies in `app/room/`."""
        return any(
            self.path == f"{self.app}/{room}.py" or f"{self.app}/{room}/" in self.path for room in rooms
        )

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def read(path: str, text: str) -> Module:
    return Module(path, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the apps, migrations left out."""
    found = (
        path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
    )
    return tuple(read(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in found)


@cache
def templates() -> dict[str, str]:
    """Template name → text."""
    folder = ROOT / "templates"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".txt", ".xml", ".svg")
    }


def called(node: ast.Call) -> str:
    """The last part of the name that is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def at(module: Module, node: ast.AST) -> str:
    return f"{module.path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:100]}"


@dataclass(frozen=True)
class Route:
    """One address: its full name, its pattern, its view, the names of its arguments."""

    name: str
    pattern: str
    entry: URLPattern

    @property
    def public(self) -> bool:
        return not getattr(self.entry.callback, "login_required", True)

    @property
    def arguments(self) -> list[str]:
        return [part.split(":")[-1].split(">")[0] for part in self.pattern.split("<")[1:]]


@cache
def routes() -> tuple[Route, ...]:
    return tuple(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, names: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern, f"{names}{entry.namespace}:" if entry.namespace else names)
        else:
            yield Route(f"{names}{entry.name or ''}", pattern, entry)
