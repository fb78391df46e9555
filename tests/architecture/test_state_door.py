"""One door for state: nothing but accounts/moves.py sets it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from ground.models import Stateful
from tests.architecture.source import Module, at, called, modules, read

DOOR = "accounts/moves.py"
# Samples of the style guide have a `state` of their own and no row in any table.
NOT_AGGREGATES = {"ground/styleguide/samples.py"}
WRITERS = {"update", "create", "get_or_create", "update_or_create", "acreate", "aupdate"}
SAVERS = {"save": "update_fields", "bulk_update": "fields"}


def stateful_names() -> set[str]:
    found, waiting = set(), list(Stateful.__subclasses__())
    while waiting:
        model = waiting.pop()
        found.add(model.__name__)
        waiting += model.__subclasses__()
    return found


def breaches(module: Module) -> Iterator[str]:
    """Every place of `module` that sets a state."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.For | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in ast.walk(target)):
                    yield at(module, target)
        if isinstance(node, ast.Call):
            yield from _breaches_of_call(module, node)


def _breaches_of_call(module: Module, call: ast.Call) -> Iterator[str]:
    name = called(call)
    words = {keyword.arg: keyword.value for keyword in call.keywords}
    literal = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    dictionaries = [words.get("defaults"), words.get("create_defaults")]
    dictionaries += [keyword.value for keyword in call.keywords if keyword.arg is None]
    keys = {
        key.value
        for dictionary in dictionaries
        if isinstance(dictionary, ast.Dict)
        for key in dictionary.keys
        if isinstance(key, ast.Constant)
    }
    by_name = name == "setattr" and "state" in literal
    by_word = ("state" in words or "state" in keys) and (name in WRITERS or name in stateful_names())
    if by_name or by_word:
        yield at(module, call)
    elif name in SAVERS:
        fields = [*call.args, words.get(SAVERS[name], ast.Constant(None))]
        if any(
            isinstance(part, ast.Constant) and part.value == "state" for f in fields for part in ast.walk(f)
        ):
            yield at(module, call)


def test_nothing_sets_a_state_but_the_door() -> None:
    found = [
        breach for module in modules() if module.path != DOOR and module.path not in NOT_AGGREGATES
        for breach in breaches(module)
    ]  # fmt: skip
    assert found == []


def test_the_door_itself_is_seen() -> None:
    door = next(module for module in modules() if module.path == DOOR)
    assert len(list(breaches(door))) == 2


@pytest.mark.parametrize(
    "line",
    [
        "application.state = 'accepted'",
        "a, cycle.state = 1, 'open'",
        "cycle.state: str = 'open'",
        "setattr(cycle, 'state', 'open')",
        "Cycle.objects.filter(pk=1).update(state='open')",
        "Application.objects.create(state='accepted')",
        "Application(state='accepted')",
        "Application(**{'state': 'accepted'})",
        "Cycle.objects.get_or_create(pk=1, defaults={'state': 'open'})",
        "Notice.objects.bulk_create([Notice(state='issued')])",
        "cycle.save(update_fields=['state'])",
        "Sheet.objects.bulk_update(rows, ['total', 'state'])",
    ],
)
def test_every_way_round_the_door_is_found(line: str) -> None:
    assert list(breaches(read("app/services.py", line)))


@pytest.mark.parametrize(
    "line",
    [
        "Cycle.objects.filter(state='open')",
        "if cycle.state == 'open': pass",
        "context = {'state': cycle.state}",
        "svg.Bar(state='done')",
        "cycle.save(update_fields=['title'])",
    ],
)
def test_reading_a_state_is_free(line: str) -> None:
    assert list(breaches(read("app/views.py", line))) == []
