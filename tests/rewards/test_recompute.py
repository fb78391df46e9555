"""`recompute`: the contract's documents and answers, every kind of bad document, and the command itself.

No test here may touch the database: pytest-django refuses it to whoever does not ask.
"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from rewards import recompute
from tests.law import case_tables

RANKING: dict[str, Any] = {
    "edition": "park-2023",
    "as_of": "2026-11-01",
    "candidates": [{"id": "A", "material": "612.50", "presentation": 640, "site": "655.25"}],
}
WINDOW = '{"edition": "park-2023", "published": ["2026-09-28T10:00:00+08:00"]}'
SANCTION: dict[str, Any] = {
    "edition": "park-2023",
    "ground": "fraud",
    "decided_on": "2026-03-01",
    "prize_paid": 500000,
}
IP: dict[str, Any] = {
    "edition": "suzhou-ip-2020",
    "year": 2022,
    "claims": [
        {
            "id": "1",
            "applicant": "T1",
            "kind": "patent_grant",
            "route": "PCT",
            "country": "US",
            "first_applicant": True,
            "urban_district": True,
        }
    ],
}

Command = Callable[..., tuple[int, str, str]]


def refused(kind: str, text: str) -> dict[str, str]:
    """The faults of a document by path; for a path with several, the last."""
    with pytest.raises(recompute.Refused) as caught:
        recompute.compute(kind, recompute.parse_json(text))
    assert caught.value.errors
    return {error["path"]: error["message"] for error in caught.value.errors}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command as from a shell: exit code, standard output, standard error."""

    def run(*args: str, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("recompute", *args, stdout=out, stderr=err)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return run


# ------------------------------------------------------------------ documents


def test_numbers_are_exact_however_they_are_written() -> None:
    texts = ['"612.50"', "612.50", "612.5", "6.125e2", '"6.125E+2"']
    answers = [
        recompute.compute("ranking", recompute.parse_json(json.dumps(RANKING).replace('"612.50"', t)))
        for t in texts
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["ranking"][0]["composite"] == "646.5500"  # type: ignore[index]


def test_a_score_between_two_floats_decides() -> None:
    text = json.dumps(RANKING).replace('"612.50"', "600.00000000000000000000000001")
    text = text.replace("640", "600").replace('"655.25"', "600")
    answer = recompute.compute("ranking", recompute.parse_json(text))
    assert answer["ranking"][0]["tier"] == "quality"  # type: ignore[index]


@pytest.mark.parametrize(
    "value", ["-0.01", "1000.01", "true", "null", '"x"', '""', "[]", "{}", "NaN", "Infinity", "-Infinity", "1e999999",
              "1e99999999999999999999", "1e-999999", '"1e5"', '"NaN"', '"1_0"', "1" * 5000],
)  # fmt: skip
def test_a_score_that_is_none(value: str) -> None:
    text = json.dumps(RANKING).replace('"612.50"', value)
    assert set(refused("ranking", text)) == {"candidates[0].material"}


def test_python_floats_are_refused() -> None:
    document = {**RANKING, "candidates": [{**RANKING["candidates"][0], "site": 655.25}]}
    with pytest.raises(recompute.Refused):
        recompute.compute("ranking", document)


def test_all_faults_are_found() -> None:
    text = """{"edition": "moon", "edition": "moon", "as_of": "2026-02-30", "extra": 1, "candidates": [
        {"id": "A", "material": 1, "presentation": 2, "site": 3, "previous_wins": [{"tier": "gold", "on": "2020-13-01"}]},
        {"id": "A", "material": -1, "site": "x", "colour": "red"}, 7]}"""
    assert set(refused("ranking", text)) == {
        "edition",
        "as_of",
        "extra",
        "candidates[0].previous_wins[0].on",
        "candidates[1].id",
        "candidates[1].material",
        "candidates[1].presentation",
        "candidates[1].site",
        "candidates[1].colour",
        "candidates[2]",
    }


def test_a_tier_that_the_edition_has_not() -> None:
    text = json.dumps(RANKING).replace(
        '"site"', '"previous_wins": [{"tier": "gold", "on": "2020-01-01"}], "site"'
    )
    assert set(refused("ranking", text)) == {"candidates[0].previous_wins[0].tier"}


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", "nul", "'a'", '{"a": 1} x', "\ufeff\ufeff{}", "[" * 100_000, '{"a":' * 100_000]
)
def test_no_json(text: str) -> None:
    with pytest.raises(recompute.Refused) as caught:
        recompute.parse_json(text)
    assert [error["path"] for error in caught.value.errors] == [""]


def test_bytes() -> None:
    assert recompute.parse_json("\ufeff{}".encode()) == {}
    with pytest.raises(recompute.Refused, match="UTF-8"):
        recompute.parse_json(b'"\xff"')


@pytest.mark.parametrize("text", ["[]", "null", "1", '"x"', "true"])
@pytest.mark.parametrize("kind", recompute.KINDS)
def test_a_document_that_is_no_object(kind: str, text: str) -> None:
    assert refused(kind, text) == {"": "应为对象"}


@pytest.mark.parametrize("kind", recompute.KINDS)
def test_an_empty_object(kind: str) -> None:
    named = {"edition"} if kind != "lot" else set()
    assert named | {*recompute.KINDS[kind].required} == set(refused(kind, "{}"))


@pytest.mark.parametrize("kind", [kind for kind in recompute.KINDS if kind not in ("ip-reward", "lot")])
def test_an_incomplete_edition_names_what_is_missing(kind: str) -> None:
    document = {**RANKING, **SANCTION, "published": [], "organisation": {}, "edition": "province-2016"}
    spec = recompute.KINDS[kind]
    text = json.dumps({key: document[key] for key in ("edition", *spec.required)})
    with pytest.raises(recompute.Refused) as caught:
        recompute.compute(kind, json.loads(text))
    messages = [error["message"] for error in caught.value.errors if error["path"] == "edition"]
    assert messages
    assert all("缺少" in message for message in messages)


def test_the_wrong_family() -> None:
    assert "不适用" in refused("window", WINDOW.replace("park-2023", "suzhou-ip-2020"))["edition"]
    assert "不适用" in refused("ip-reward", json.dumps({**IP, "edition": "park-2023"}))["edition"]


def test_an_unknown_kind() -> None:
    assert set(refused("lottery", "{}")) == {"kind"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"ground": "luck"}, "ground"),
        ({"ground": 1}, "ground"),
        ({"prize_paid": -1}, "prize_paid"),
        ({"prize_paid": "0.5"}, "prize_paid"),
        ({"prize_paid": True}, "prize_paid"),
        ({"decided_on": "2026-02-29"}, "decided_on"),
        ({"edition": 5}, "edition"),
        ({"edition": None}, "edition"),
    ],
)
def test_faulty_sanctions(change: dict[str, Any], path: str) -> None:
    assert set(refused("sanction", json.dumps({**SANCTION, **change}))) == {path}


@pytest.mark.parametrize(
    ("mode", "path"), [('"lunar"', "mode"), ("null", "mode"), ('"calendar", "mode": "working"', "mode")]
)
def test_faulty_modes(mode: str, path: str) -> None:
    assert set(refused("window", WINDOW.replace("}", f', "mode": {mode}}}'))) == {path}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "gift"}, "kind"),
        ({"first_applicant": "yes"}, "first_applicant"),
        ({"country": "us"}, "country"),
        ({"country": "USA"}, "country"),
        ({"country": None}, "country"),
        ({"family": 1}, "family"),
        ({"designated": ["US", "美国"]}, "designated[1]"),
        ({"paid_before": -1}, "paid_before"),
        ({"route": ""}, "route"),
        ({"applicant": None}, "applicant"),
        ({"note": 1}, "note"),
    ],
)
def test_faulty_claims(change: dict[str, Any], path: str) -> None:
    document = {**IP, "claims": [{**IP["claims"][0], **change}]}
    assert set(refused("ip-reward", json.dumps(document))) == {f"claims[0].{path}"}


def test_a_year_outside_all_bounds() -> None:
    for year in ("0", "99999", "2022.5", '"MMXXII"'):
        assert set(refused("ip-reward", json.dumps(IP).replace("2022", year))) == {"year"}


def test_a_family_of_its_own() -> None:
    document = {**IP, "claims": [{**IP["claims"][0], "family": None}]}
    assert recompute.compute("ip-reward", document)["claims"][0]["amount"] == 20000  # type: ignore[index]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["park-2023", "2026-01-01", "quality"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["edition", "as_of", "candidates", "id", "site", "published", "organisation", "claims", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(list(recompute.KINDS)), JSON)
def test_whatever_comes_is_computed_or_refused(kind: str, document: object) -> None:
    errors: list[dict[str, str]] = []
    answer: dict[str, object] | None = None
    try:
        answer = recompute.compute(kind, document)
    except recompute.Refused as refusal:
        errors = refusal.errors
    assert (answer is None) == bool(errors)
    assert json.dumps(answer)
    assert all(set(fault) == {"path", "message"} for fault in errors)


# ------------------------------------------------------------------ the command


def test_the_command_prints_the_answer(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    path.write_text(json.dumps(SANCTION), encoding="utf-8")
    code, out, err = command("sanction", str(path))
    assert (code, err) == (0, "")
    assert json.loads(out)["ban_until"] == "2031-03-01"
    assert "第三十一条" in out


def test_the_command_reads_standard_input(command: Command) -> None:
    code, out, err = command("window", given=WINDOW.encode())
    assert (code, err) == (0, "")
    assert json.loads(out)["last_day"] == "2026-10-08"


def test_the_command_refuses_with_nothing_on_standard_output(command: Command) -> None:
    code, out, err = command("window", given=WINDOW.replace("park", "dark").encode())
    assert (code, out) == (2, "")
    assert [error["path"] for error in json.loads(err)["errors"]] == ["edition"]


@pytest.mark.parametrize("args", [("lottery",), ("lottery", "--lines"), ()])
def test_the_command_refuses_an_unknown_kind(command: Command, args: tuple[str, ...]) -> None:
    code, out, err = command(*args)
    assert (code, out) == (2, "")
    assert [error["path"] for error in json.loads(err)["errors"]] == ["kind"]


def test_the_command_refuses_a_file_that_is_not_there(command: Command, tmp_path: Path) -> None:
    for name in (tmp_path / "none.json", tmp_path):
        code, out, err = command("window", str(name))
        assert (code, out) == (2, "")
        assert [error["path"] for error in json.loads(err)["errors"]] == ["FILE"]


def test_a_key_that_no_text_can_hold(command: Command) -> None:
    code, out, err = command("window", given=WINDOW.replace("}", ', "\\ud800": 1}').encode())
    assert (code, out) == (2, "")
    assert len(json.loads(err)["errors"]) == 1


def test_lines(command: Command) -> None:
    lines = [WINDOW.encode(), b"", b"{", WINDOW.replace("+08:00", "").encode(), WINDOW.encode()]
    code, out, err = command("window", "--lines", given=b"\n".join(lines) + b"\n")
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (2, "")
    assert [set(answer) == {"errors"} for answer in answers] == [False, True, True, True, False]
    code, out, err = command("window", "--lines", given=WINDOW.encode() + b"\n" + WINDOW.encode())
    assert (code, len(out.splitlines()), err) == (0, 2, "")


def test_options_stand_anywhere(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    path.write_text(WINDOW + "\n" + WINDOW, encoding="utf-8")
    for args in (
        ("--lines", "window", str(path)),
        ("window", "--lines", str(path)),
        ("window", str(path), "--lines"),
    ):
        code, out, err = command(*args)
        assert (code, len(out.splitlines()), err) == (0, 2, "")


def test_lines_of_each_kind_answer_as_single_documents_do(command: Command) -> None:
    for kind in ("ranking", "sanction", "eligibility"):
        documents = [
            case_tables.document(kind, case) for case in case_tables.cases(kind) if "refused" not in case
        ]
        given = "\n".join(json.dumps(document, ensure_ascii=False) for document in documents)
        code, out, _ = command(kind, "--lines", given=given.encode())
        assert code == 0
        assert [json.loads(line) for line in out.splitlines()] == [
            recompute.compute(kind, d) for d in documents
        ]


def test_a_score_off_the_scale_is_found_even_when_the_edition_is_unknown() -> None:
    document = {
        "edition": "nowhere-1999",
        "as_of": "2026-11-01",
        "candidates": [{"id": "A", "material": 1001, "presentation": 640, "site": 655}],
    }
    with pytest.raises(recompute.Refused) as refused:
        recompute.compute("ranking", document)
    assert [error["path"] for error in refused.value.errors] == ["edition", "candidates[0].material"]
