"""Which scopes exist: the apps above register where a role can be held, so that this app need not know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

_sources: list[Callable[[], Iterable[tuple[str, str, str]]]] = []


def register(source: Callable[[], Iterable[tuple[str, str, str]]]) -> None:
    """Add a source of (scope kind, key, "类型：名称"). Called once, from an app's `ready`."""
    if source not in _sources:
        _sources.append(source)


def choices() -> list[tuple[str, str]]:
    """All scopes as form choices, value "kind:key"."""
    return [(f"{kind}:{key}", label) for source in _sources for kind, key, label in source()]
