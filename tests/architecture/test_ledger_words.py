"""Every action that the code can write into the ledger has a Chinese name."""

from __future__ import annotations

import ast
import re

from django.apps import apps

from applications.models import StandingRecord
from applications.services.commitments import LINK_ENDED
from applications.services.invitations import REVOKED
from audit.actions import codes_called, label_of
from audit.rules import HEAD_PUBLISHED
from ground.models import Stateful
from scoring.services.cancelling import TOLD
from scoring.services.invitations import ENDED
from tests.architecture.source import at, called, modules

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Codes put together at run time: how the source writes them, and all that can come of it.
PUT_TOGETHER = {
    "f'standing.{standing.kind}'": {f"standing.{kind}" for kind in StandingRecord.Kind.values},
    "f'{table.name}.{name}'": {
        f"{model.STATES.name}.{step.name}"
        for model in apps.get_models()
        if issubclass(model, Stateful)
        for step in model.STATES.moves
    },
    "rules.HEAD_PUBLISHED": {HEAD_PUBLISHED},
    "TOLD": {TOLD},
    "REVOKED": {REVOKED},
    "ENDED": {ENDED},
    "LINK_ENDED": {LINK_ENDED},
}
# A function that hands its own argument on: its callers name the code.
HANDS_ON = {
    ("applications/services/drafting.py", "_note"): 1,
    ("applications/services/delegating.py", "_end"): 1,
    **{
        (f"{module}.py", name): 1
        for module in (
            "applications/services/invitations",
            "applications/services/commitments",
            "scoring/services/invitations",
        )
        for name in ("issue", "take_up", "end")
    },
}


def codes() -> dict[str, str]:
    """Action code → where it is written."""
    found: dict[str, str] = {}
    for module in modules():
        for node in module.calls():
            written = _written(module.path, node)
            if written is None or (isinstance(written, ast.Name) and written.id == "action"):
                continue
            for code in _values(written):
                found[code] = at(module, node)
    return found


def _written(path: str, node: ast.Call) -> ast.expr | None:
    name = called(node)
    if (path, name) in HANDS_ON:
        return node.args[HANDS_ON[path, name]]
    if name != "record":
        return None
    return next((keyword.value for keyword in node.keywords if keyword.arg == "action"), None)


def _values(written: ast.expr) -> set[str]:
    if isinstance(written, ast.Constant):
        return {str(written.value)}
    if isinstance(written, ast.IfExp):
        return _values(written.body) | _values(written.orelse)
    return PUT_TOGETHER[ast.unparse(written)]


def test_every_action_has_a_chinese_name() -> None:
    found = codes()
    assert {"cycle.publish_call", "notice.draft", "recusal.remember", "application.save_facts"} <= set(found)
    assert {code: where for code, where in found.items() if not CHINESE.search(label_of(code))} == {}


def test_no_name_is_left_of_an_action_that_nobody_writes() -> None:
    assert set(codes_called("")) - set(codes()) == set()
