"""`recompute lot`: the order of presentations from seed and list, by anyone, without an edition."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from rewards import recompute

SEED, NUMBERS = "20261012", ["park-001", "park-002", "park-003"]
DRAWN = {"order": ["park-001", "park-003", "park-002"]}


def faults(document: object) -> list[tuple[str, str]]:
    with pytest.raises(recompute.Refused) as caught:
        recompute.compute("lot", document)
    return [(error["path"], error["message"]) for error in caught.value.errors]


def test_the_order_is_what_openssl_gives_whatever_the_order_of_the_list() -> None:
    """The digests are those of tests/scoring/test_lot_rules.py."""
    for numbers in (NUMBERS, NUMBERS[::-1]):
        assert recompute.compute("lot", {"seed": SEED, "applications": numbers}) == DRAWN
    assert recompute.compute("lot", {"seed": SEED, "applications": []}) == {"order": []}


def test_all_faults_are_told_at_once() -> None:
    document = {
        "seed": "a\nb",
        "applications": ["park-001", "park-001", "", 7, "x\ny", None],
        "edition": "park-2023",
    }
    assert [path for path, _ in faults(document)] == [
        "edition",
        "seed",
        "applications[1]",
        "applications[2]",
        "applications[3]",
        "applications[4]",
        "applications[5]",
    ]


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({"seed": 20261012, "applications": NUMBERS}, ["seed"]),
        ({"seed": " ", "applications": "park-001"}, ["seed", "applications"]),
        ({"seed": SEED}, ["applications"]),
        ({"seed": "\ud800", "applications": ["\ud800"]}, ["seed", "applications[0]"]),
    ],
)
def test_what_is_no_lot_is_refused(document: object, paths: list[str]) -> None:
    assert [path for path, _ in faults(document)] == paths


def test_a_seed_written_twice_is_refused() -> None:
    text = '{"seed": "1", "seed": "2", "applications": []}'
    assert [path for path, _ in faults(recompute.parse_json(text))] == ["seed"]


def test_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({"seed": SEED, "applications": NUMBERS}), "{}"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("recompute", "lot", "--lines", stdout=out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert end.value.code == 2
    assert answers[0] == DRAWN
    assert [error["path"] for error in answers[1]["errors"]] == ["seed", "applications"]
