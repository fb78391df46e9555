"""办法第二十五条：三项得分加权排名；任何人都能用 `recompute ranking` 复核出同样的结果."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.services import lift_standing
from audit.models import Entry
from ground.digest import canonical_json, sm3_hex
from ground.errors import Refused
from rewards.recompute import compute
from scoring import services
from scoring.models import Ranking, RankingRow
from tests.factories import make_user
from tests.scoring.results.builders import Year, make_year


def ranked(year: Year) -> Ranking:
    year.freeze()
    return Ranking.objects.get(cycle=year.cycle)


def test_the_input_is_a_document_of_the_contract_and_gives_the_result(year: Year) -> None:
    year.enter("甲", material="612.50", presentation=640, site="655.25")
    year.enter("乙", 560)
    year.won("甲", date(2020, 11, 20))
    ranking = ranked(year)
    assert ranking.input == {
        "edition": "park-2023",
        "as_of": "2026-08-03",
        "candidates": [
            {
                "id": year.files["甲"].number,
                "material": "612.50",
                "presentation": "640.00",
                "site": "655.25",
                "previous_wins": [{"tier": "quality", "on": "2020-11-20"}],
            },
            {
                "id": year.files["乙"].number,
                "material": "560.00",
                "presentation": "560.00",
                "site": "560.00",
                "previous_wins": [],
            },
        ],
    }
    assert compute("ranking", ranking.input) == ranking.result
    assert ranking.result["ranking"][0] == {
        "id": year.files["甲"].number,
        "composite": "646.5500",
        "rank": 1,
        "tier": "quality",
        "basis": "repeat",
        "prize": 0,
        "reasons": [{"code": "repeat_winner", "article": "第三十三条"}],
    }


def test_the_digest_covers_input_result_and_edition(year: Year) -> None:
    year.enter("甲")
    ranking = ranked(year)
    assert ranking.edition_digest == year.cycle.edition.digest
    content = {"input": ranking.input, "result": ranking.result, "edition": ranking.edition_digest}
    assert ranking.digest == sm3_hex(canonical_json(content))
    entry = Entry.objects.get(action="ranking.freeze")
    assert entry.article == "第二十五条"
    assert ranking.digest in str(entry.content)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scores=st.lists(st.decimals(480, 720, places=2), min_size=1, max_size=9))
def test_rows_and_recomputation_say_what_was_frozen(year: Year, scores: list[Decimal]) -> None:
    """Whatever the scores: one row a candidate, the same as the stored result, and the result is recomputed."""
    with transaction.atomic():
        for number, score in enumerate(scores):
            year.enter(f"组织{number}", score)
        ranking = ranked(year)
        rows = {row.application.number: row for row in ranking.rows.select_related("application")}
        transaction.set_rollback(True)
    year.cycle.state = "site"
    assert compute("ranking", ranking.input) == ranking.result
    assert len(rows) == len(scores)
    for placing in ranking.result["ranking"]:
        row = rows[placing["id"]]
        assert Decimal(placing["composite"]) == row.composite
        assert (row.rank, row.tier or None, row.basis or None, row.prize) == (
            placing["rank"],
            placing["tier"],
            placing["basis"],
            placing["prize"],
        )


@pytest.mark.parametrize(
    ("scheme", "score", "tier"),
    [
        ("park", "600.00", "excellence"),
        ("park", "600.01", "quality"),
        ("park", "500.00", ""),
        ("park", "500.01", "excellence"),
        ("city", "600.00", "quality"),
        ("city", "599.99", "excellence"),
        ("city", "500.00", "excellence"),
        ("city", "499.99", ""),
    ],
)
def test_on_the_line(year: Year, scheme: str, score: str, tier: str) -> None:
    held = year if scheme == "park" else make_year(year.now, scheme=scheme)
    held.enter("甲", score)
    assert held.freeze()["甲"].tier == tier


def test_lifted_records_other_awards_and_other_organisations_do_not_count(year: Year) -> None:
    for name in ("甲", "乙", "丙"):
        year.enter(name)
    lifted = year.won("甲", date(2020, 1, 1))
    lift_standing(source_key=lifted, actor=year.head, now=year.now)
    year.won("乙", date(2020, 1, 1), award="suzhou_mayor_quality")
    year.won("丙", date(2019, 6, 1), tier="excellence")
    year.won("丙", date(2020, 1, 1))
    wins = {entry["id"]: entry["previous_wins"] for entry in ranked(year).input["candidates"]}
    assert wins == {
        year.files["甲"].number: [],
        year.files["乙"].number: [],
        year.files["丙"].number: [
            {"tier": "excellence", "on": "2019-06-01"},
            {"tier": "quality", "on": "2020-01-01"},
        ],
    }


def test_a_win_less_than_three_full_years_ago_gets_no_tier(year: Year) -> None:
    year.enter("甲", 700)
    year.enter("乙", 700)
    year.won("甲", date(2023, 8, 4))
    year.won("乙", date(2023, 8, 3))
    rows = year.freeze()
    assert (rows["甲"].tier, rows["乙"].tier, rows["乙"].basis) == ("", "quality", "repeat")


@pytest.mark.parametrize("lacking", ["material", "presentation", "site"])
def test_each_missing_report_is_named(year: Year, lacking: str) -> None:
    year.enter("甲", **{lacking: None})
    year.enter("乙", presentation=None, site=None)
    year.enter("丙", site=None, state="not_shortlisted")
    with pytest.raises(Refused) as refused:
        year.freeze()
    assert refused.value.codes == ("stage_unsigned",) * 3
    labels = {"material": "材料评审", "presentation": "陈述答辩", "site": "现场评审"}
    assert [fault.message for fault in refused.value.faults] == [
        f"“甲”的{labels[lacking]}还没有签署评审报告。",
        "“乙”的陈述答辩还没有签署评审报告。",
        "“乙”的现场评审还没有签署评审报告。",
    ]
    year.cycle.refresh_from_db()
    assert year.cycle.state == "site"
    assert not Ranking.objects.exists()


def test_only_the_shortlisted_are_ranked(year: Year) -> None:
    year.enter("甲")
    year.enter("乙", state="not_shortlisted")
    year.enter("丙", state="disqualified")
    assert set(year.freeze()) == {"甲"}


def test_nobody_shortlisted_is_no_ranking(year: Year) -> None:
    year.enter("乙", state="not_shortlisted")
    with pytest.raises(Refused) as refused:
        year.freeze()
    assert refused.value.codes == ("nobody_shortlisted",)
    assert not Ranking.objects.exists()


def test_frozen_once_for_ever(year: Year) -> None:
    year.enter("甲", 620)
    first = ranked(year)
    with pytest.raises(Refused) as refused:
        services.freeze_ranking(cycle=year.cycle, actor=year.head, now=year.now)
    assert refused.value.codes == ("wrong_state",)
    assert Ranking.objects.get() == first
    assert RankingRow.objects.count() == 1


@pytest.mark.parametrize("state", ["material", "checking", "deliberated", "announced"])
def test_in_its_stage_only(year: Year, state: str) -> None:
    year.enter("甲")
    year.set_state(state)
    with pytest.raises(Refused) as refused:
        year.freeze()
    assert refused.value.codes == ("wrong_state",)


@pytest.mark.parametrize(
    "grant", ["office_clerk:park", "office_head:city", "committee:park", "administrator"]
)
def test_the_head_freezes(year: Year, grant: str) -> None:
    year.enter("甲")
    with pytest.raises(PermissionDenied):
        services.freeze_ranking(cycle=year.cycle, actor=make_user(grant), now=year.now)
    assert not Ranking.objects.exists()
