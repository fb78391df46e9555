"""A legal number stands in the edition's file and nowhere else: every number in rules and services gives its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal
from numbers import Number
from typing import Any

import pytest

from awards.law import editions
from tests.architecture.source import Module, modules, read

ROOMS = ("rules", "services")
# Apps that know no award: their numbers are of files, mail and hashes.
BELOW_THE_LAW = {"ground", "audit", "documents", "notifications", "accounts"}
# Everywhere: nothing, one, two of a pair, a hundred per cent, kibibytes.
PLAIN = {0, 1, 2, 100, 1024}
SIZES = "length of a text, a file or a list"
WEIGHT = "weight in the optimiser's target"
ALLOWED: dict[str, dict[Any, str]] = {
    "applications/rules/difference.py": {60000: SIZES},
    "applications/rules/facts.py": {4: "digits of a year"},
    "applications/rules/self_scores.py": {4: SIZES, 10: SIZES, 15: SIZES, 30: SIZES},
    "applications/rules/markup.py": {20: SIZES},
    "applications/services/assessing.py": {200000: SIZES},
    "applications/services/versioning.py": {30: SIZES, 10: "minutes of typing kept as one version"},
    "applications/services/enclosures.py": {300: SIZES, 30: SIZES, 10: SIZES},
    "applications/services/figures.py": {20: SIZES, 60: SIZES},
    "applications/services/invitations.py": {20: SIZES},
    "applications/services/commitments.py": {10: "letters about one file while a link is good", 60: SIZES},
    "applications/services/delegating.py": {366: "days of the longest delegation: no period of the law"},
    "applications/services/years.py": {10: SIZES},
    "applications/services/printing.py": {
        10: "minutes until a print is tried anew",
        1600: "pixels",
        85: "quality of JPEG",
    },
    "applications/services/drafting.py": {200: SIZES, 200000: SIZES},
    "awards/rules/policy_text.py": {60: SIZES, 3: SIZES, 40: SIZES},
    "awards/services/policies.py": {200: SIZES, 80: SIZES},
    "awards/services/workdays.py": {5: "number of Saturday"},
    "publicity/services/basis.py": {
        3: "days until the office is reminded of its own next step: no period of the law",
        7: "days until the office is reminded of a verification: no period of the law",
        30: "days until finance is reminded of a payment: no period of the law",
    },
    "publicity/services/incidents.py": {9: "the longest run of days off in a calendar"},
    "publicity/services/honours.py": {16: SIZES},
    "publicity/services/objecting.py": {20: SIZES, 4: SIZES, 10: SIZES, 8: SIZES},
    "rewards/rules/ip_reward.py": {12: "31 December", 31: "31 December"},
    "scoring/services/devices.py": {5: "devices that one reviewer may keep sheets on", 60: SIZES, 32: SIZES},
    "scoring/rules/assignment.py": {
        5: "what a colleague in the same panel weighs against a known trade",
        4: "rounds",
    },
    "scoring/rules/fairness.py": {5: "fewest pairs for a coefficient", 3: "fewest files of a reviewer"},
    "scoring/rules/optimum.py": {
        60: WEIGHT,
        10: WEIGHT,
        4: WEIGHT,
        20: WEIGHT,
        1000: WEIGHT,
        6: WEIGHT,
    },
    "scoring/rules/pool_careers.py": {30: SIZES},
    "scoring/rules/pool_rows.py": {30: "longest telephone number"},
    "scoring/rules/plan_sheet.py": {60: SIZES, 7: "columns"},
    "scoring/rules/teams.py": {
        3: "default of a task made by hand; the query gives the edition's",
        8: "default of a task",
    },
    "scoring/services/complaint_letters.py": {
        10: "days until the next step is due in the inbox: no period of the law"
    },
    "scoring/services/proposals.py": {5: "minutes until a proposal is computed anew", 15: SIZES, 1000: SIZES},
    "scoring/rules/composite.py": {
        4: "fewest decimals that contracts.md writes",
        400: "digits of exact arithmetic",
    },
}


def legal_numbers() -> set[Decimal]:
    """Every number that stands in an edition's parameters, plain ones left out."""
    found: set[Decimal] = set()
    for code in editions.codes():
        for row in editions.get(code).parameters:
            found |= set(_numbers(row.value))
    return {number for number in found if number not in PLAIN}


def _numbers(value: Any) -> Iterator[Decimal]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, Number):
        yield Decimal(str(value))
    elif isinstance(value, str):
        if value.replace(".", "", 1).isdigit():
            yield Decimal(value)
    elif hasattr(value, "values"):
        for part in value.values():
            yield from _numbers(part)
    elif hasattr(value, "__iter__"):
        for part in value:
            yield from _numbers(part)


def literals(module: Module) -> Iterator[tuple[Decimal, int]]:
    """Numbers written in the code, as numbers or as the text of a Decimal; not where a text is cut to its column."""
    cuts = {
        id(part) for node in ast.walk(module.tree) if isinstance(node, ast.Slice) for part in ast.walk(node)
    }
    decimals = {
        id(argument)
        for call in module.calls()
        if isinstance(call.func, ast.Name) and call.func.id == "Decimal"
        for argument in call.args
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or id(node) in cuts:
            continue
        if isinstance(node.value, int | float):
            yield Decimal(str(node.value)), node.lineno
        elif id(node) in decimals and isinstance(node.value, str):
            yield Decimal(node.value), node.lineno


def in_question() -> Iterator[Module]:
    for module in modules():
        if (
            module.app not in BELOW_THE_LAW
            and module.app not in ("demo", "config")
            and module.in_room(*ROOMS)
        ):
            yield module


def test_the_editions_numbers_are_known() -> None:
    assert {Decimal(value) for value in ("600", "500", "7", "30", "1000", "0.15", "0.70", "500000", "3")} <= (
        legal_numbers()
    )


def test_no_legal_number_in_code() -> None:
    legal = legal_numbers()
    found = [
        f"{module.path}:{line}: {number}"
        for module in in_question()
        for number, line in literals(module)
        if number in legal and number not in ALLOWED.get(module.path, {})
    ]
    assert found == []


def test_the_exceptions_are_still_needed() -> None:
    held = {module.path: {number for number, _ in literals(module)} for module in in_question()}
    stale = {
        f"{path}: {number}"
        for path, numbers in ALLOWED.items()
        for number in numbers
        if number not in held.get(path, set())
    }
    assert stale == set()


@pytest.mark.parametrize(
    "line",
    [
        "if score > 600: ...",
        "timedelta(days=7)",
        'Decimal("0.15") * material',
        "WEIGHT = 0.15",
        "prize = 500_000",
    ],
)
def test_every_legal_number_is_found(line: str) -> None:
    assert {number for number, _ in literals(read("app/rules.py", line))} & legal_numbers()
