"""The tables of cases beside this file, read once. An official can add a case there without touching Python."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from awards.law import source

FOLDER = Path(__file__).parent / "cases"
TESTS = Path(__file__).parent.parent
_MARKER = re.compile(r"""clause\(((?:\s*["'][RP][0-9]+["']\s*,?)+)\)""")
_ID = re.compile(r"[RP][0-9]+")


@cache
def _table(name: str) -> Any:
    return source.read(FOLDER / f"{name}.yaml").content


def table(name: str) -> Any:
    return copy.deepcopy(_table(name))


def cases(name: str) -> list[Any]:
    return list(table(name)["cases"])


def document(name: str, case: dict[str, Any]) -> Any:
    """The JSON document of a case, built from the table's base where it has one."""
    whole = table(name)
    if "document" in case:
        return case["document"]
    if "claims" in case:
        return {**whole["base"], "claims": [{**whole["claim"], **claim} for claim in case["claims"]]}
    base = whole["bases"][case["base"]]
    organisation = {} if case.get("empty") else {**base["organisation"], **case.get("change", {})}
    for key in case.get("drop", ()):
        del organisation[key]
    return {**base, "as_of": case.get("as_of", base["as_of"]), "organisation": organisation}


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Yield where `found` lacks what is expected; objects may hold more than is expected, lists may not."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from differences(value, found.get(key, "—"), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for i, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, f"{path}[{i}]")
    elif expected != found or type(expected) is not type(found):
        yield f"{path}: expected {json.dumps(expected, ensure_ascii=False)}, found {json.dumps(found, ensure_ascii=False)}"


def clauses_in_tables() -> set[str]:
    named: set[str] = set()
    for path in FOLDER.glob("*.yaml"):
        for case in cases(path.stem):
            named.update([case["clause"]] if isinstance(case["clause"], str) else case["clause"])
    return named


def clauses_in_markers() -> set[str]:
    """Every clause that a test of any folder names by `@pytest.mark.clause("R1", …)`."""
    return {
        clause
        for path in TESTS.rglob("test_*.py")
        for marker in _MARKER.findall(path.read_text(encoding="utf-8"))
        for clause in _ID.findall(marker)
    }
