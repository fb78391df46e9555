"""In what order those are proposed who could take a file over, and why: the office reads the reasons beside each."""

from __future__ import annotations

from typing import Any

from scoring.rules.replacement import Fit, ordered, reasons


def fit(key: int, **changes: Any) -> Fit:
    given: dict[str, Any] = {
        "key": key, "name": "甲", "knows_trade": True, "may_be_expert": True, "load": 1, "room": None, "trained": True,
        "partly_away": False, "colleague": False,
    }  # fmt: skip
    return Fit(**given | changes)


def test_the_best_fitting_comes_first() -> None:
    fits = [
        fit(1),
        fit(2, load=2),
        fit(3, colleague=True, load=0),
        fit(4, partly_away=True, load=0),
        fit(5, trained=False, load=0),
        fit(6, knows_trade=False, load=0),
        fit(7, may_be_expert=False, load=0),
        fit(8, inquiry=True, load=0),
        fit(9, invited=True, load=0),
        fit(10, room=0, load=0),
        fit(11, away=True),
    ]
    assert [one.key for one in ordered(reversed(fits), expert_needed=True)] == [*range(1, 12)]
    assert next(one.key for one in ordered(fits, expert_needed=False)) == 7


def test_every_place_has_its_reasons() -> None:
    worst = fit(
        1, may_be_expert=False, knows_trade=False, trained=False, partly_away=True, colleague=True, room=2,
        invited=True, inquiry=True,
    )  # fmt: skip
    assert [(one.code, one.good) for one in reasons(worst, expert_needed=True)] == [
        ("invited", False),
        ("inquiry", False),
        ("no_expert", False),
        ("other_trade", False),
        ("training_expired", False),
        ("partly_away", False),
        ("colleague", False),
        ("load", False),
    ]
    assert [one.code for one in reasons(fit(2, trained=None, load=0), expert_needed=False)] == [
        "knows_trade",
        "load",
    ]
    assert reasons(worst, expert_needed=True)[-1].words == "本年度已承担 1 家，还可承担 2 家"


def test_whom_only_the_head_can_let_says_why() -> None:
    codes = [reason.code for reason in reasons(fit(1, away=True, room=0), expert_needed=False)]
    assert codes == ["knows_trade", "trained", "away", "full", "load"]
