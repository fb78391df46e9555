"""Ranking as properties: the order of input, seats, ties, and what a better score may do."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.law import editions
from awards.law.editions import Edition
from scoring.rules.composite import composite
from scoring.rules.ranking import Candidate, Placing, RankingResult, Win, rank

AS_OF = date(2026, 11, 1)
EDITIONS = st.sampled_from([editions.get("park-2023"), editions.get("city-2016")])
# Few distinct scores, so that ties and thresholds are met often.
SCORES = st.sampled_from([Decimal(n) for n in (450, 499, 500, 501, 550, 599, 600, 601, 650, 700)])
WINS = st.lists(
    st.builds(Win, st.sampled_from(["quality", "excellence"]), st.dates(date(2018, 1, 1), date(2027, 1, 1))),
    max_size=2,
)


@st.composite
def fields(draw: st.DrawFn, wins: bool = True) -> list[Candidate]:
    count = draw(st.integers(0, 14))
    found = []
    for i in range(count):
        site = draw(SCORES)
        scores = {"material": draw(st.sampled_from([site, Decimal(600)])), "presentation": site, "site": site}
        found.append(Candidate(f"C{i:02}", scores, tuple(draw(WINS)) if wins else ()))
    return found


def by_id(result: RankingResult) -> dict[str, Placing]:
    return {placing.id: placing for placing in result.ranking}


@given(EDITIONS, fields(), st.randoms())
def test_order_of_input_does_not_matter(edition: Edition, field: list[Candidate], random: object) -> None:
    shuffled = sorted(field, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert rank(edition, shuffled, AS_OF) == rank(edition, field, AS_OF)


@given(EDITIONS, fields())
def test_seats_are_never_exceeded_and_nobody_is_left_out(edition: Edition, field: list[Candidate]) -> None:
    result = rank(edition, field, AS_OF)
    taken = Counter(placing.tier for placing in result.ranking if placing.basis == "quota")
    held = Counter[str]()
    for tie in result.undecided:
        held[tie.tier] += tie.seats
    for tier in ("quality", "excellence"):
        assert taken[tier] + held[tier] <= edition.quota(tier)
    assert Counter(placing.id for placing in result.ranking) == Counter(candidate.id for candidate in field)
    assert all(
        placing.reasons and all(reason.article for reason in placing.reasons) for placing in result.ranking
    )


@given(EDITIONS, fields())
def test_every_award_has_its_threshold_and_its_money(edition: Edition, field: list[Candidate]) -> None:
    for placing in rank(edition, field, AS_OF).ranking:
        if placing.tier is None:
            assert (placing.basis, placing.prize) == (None, 0)
        else:
            assert edition.threshold(placing.tier).met_by(placing.composite)
            assert placing.prize == (edition.prize(placing.tier) if placing.basis == "quota" else 0)


@given(EDITIONS, fields())
def test_ranks_are_standard_competition_ranks(edition: Edition, field: list[Candidate]) -> None:
    result = rank(edition, field, AS_OF)
    for placing in result.ranking:
        assert placing.rank == 1 + sum(other.composite > placing.composite for other in result.ranking)
    keys = [(-placing.composite, placing.id) for placing in result.ranking]
    assert keys == sorted(keys)


@given(EDITIONS, fields(wins=False))
def test_ties_fare_alike(edition: Edition, field: list[Candidate]) -> None:
    found: dict[Decimal, set[str | None]] = {}
    for placing in rank(edition, field, AS_OF).ranking:
        found.setdefault(placing.composite, set()).add(placing.tier)
    assert all(len(tiers) == 1 for tiers in found.values())


@given(EDITIONS, fields(wins=False))
def test_nobody_is_passed_by_somebody_ranked_below(edition: Edition, field: list[Candidate]) -> None:
    """Without wins of old and ties left open, a higher composite never gets a lower tier."""
    result = rank(edition, field, AS_OF)
    if not result.undecided:
        worth = {"quality": 2, "excellence": 1, None: 0}
        order = [worth[placing.tier] for placing in result.ranking]
        assert order == sorted(order, reverse=True)


@given(EDITIONS, fields(wins=False), st.data())
def test_a_higher_site_score_never_lowers_a_rank_or_a_tier(
    edition: Edition, field: list[Candidate], data: st.DataObject
) -> None:
    if not field:
        return
    one = data.draw(st.sampled_from(field))
    better = replace(one, scores={**one.scores, "site": one.scores["site"] + data.draw(st.integers(1, 200))})
    before = by_id(rank(edition, field, AS_OF))[one.id]
    raised = by_id(rank(edition, [better if c is one else c for c in field], AS_OF))[one.id]
    assert raised.rank <= before.rank
    assert raised.composite > before.composite
    worth = {"quality": 2, "excellence": 1, None: 0}
    tied = any(reason.code == "tie_at_quota" for reason in raised.reasons)
    assert tied or worth[raised.tier] >= worth[before.tier]


@given(EDITIONS, fields(wins=False), st.integers(0, 600))
def test_a_repeat_winner_takes_nothing_from_the_others(
    edition: Edition, field: list[Candidate], extra: int
) -> None:
    site = Decimal(601) + extra % 300
    scores = {"material": site, "presentation": site, "site": site}
    repeat = Candidate("ZZ", scores, (Win("quality", date(2020, 1, 1)),))
    alone = rank(edition, field, AS_OF)
    with_repeat = rank(edition, [*field, repeat], AS_OF)
    assert (by_id(with_repeat)["ZZ"].tier, by_id(with_repeat)["ZZ"].basis) == ("quality", "repeat")
    assert with_repeat.undecided == alone.undecided
    for identity, placing in by_id(alone).items():
        again = by_id(with_repeat)[identity]
        assert (again.tier, again.basis, again.prize) == (placing.tier, placing.basis, placing.prize)


@given(EDITIONS, fields(wins=False))
def test_seats_hold_for_whoever_loses_a_tie(edition: Edition, field: list[Candidate]) -> None:
    """However deliberation settles a tie for quality, its losers still find the excellence seats free."""
    result = rank(edition, field, AS_OF)
    tie = next((tie for tie in result.undecided if tie.tier == "quality"), None)
    if tie is None:
        return
    losers = len(tie.ids) - tie.seats
    seats = edition.quota("excellence")
    below = sum(placing.tier == "excellence" for placing in result.ranking)
    open_below = [other for other in result.undecided if other.tier == "excellence"]
    assert (
        below + min(losers, seats) + sum(other.seats for other in open_below if other.ids != tie.ids) <= seats
    )
    assert (losers > seats) == any(other.ids == tie.ids for other in open_below)


@pytest.mark.clause("R24")
def test_composite_of_a_placing() -> None:
    edition = editions.get("park-2023")
    scores = {"material": Decimal("612.50"), "presentation": Decimal(640), "site": Decimal("655.25")}
    found = rank(edition, [Candidate("A", scores)], AS_OF).ranking[0]
    assert found.composite == composite(edition, scores) == Decimal("646.55")


def scored(identity: str, score: int) -> Candidate:
    return Candidate(identity, dict.fromkeys(("material", "presentation", "site"), Decimal(score)))


def test_an_edition_may_do_without_the_cascade() -> None:
    content = editions.get("park-2023").content
    content["parameters"]["cascade"]["value"] = False
    edition = Edition.from_content(content)
    field = [scored("A", 700), scored("B", 650), scored("C", 650), scored("D", 640), scored("E", 550)]
    result = rank(edition, field, AS_OF)
    assert {placing.id: placing.tier for placing in result.ranking} == {
        "A": "quality", "B": None, "C": None, "D": None, "E": "excellence",
    }  # fmt: skip
    assert [tie.tier for tie in result.undecided] == ["quality"]


def test_a_third_tier_takes_what_two_could_not_hold() -> None:
    content = editions.get("park-2023").content
    parameters = content["parameters"]
    parameters["tiers"]["value"].append({"code": "merit", "name": "鼓励奖", "short": "鼓励奖"})
    parameters["quotas"]["value"] = {"quality": 1, "excellence": 1, "merit": 2}
    parameters["prizes"]["value"]["merit"] = 1
    parameters["thresholds"]["value"]["merit"] = {"operator": ">", "points": 400}
    edition = Edition.from_content(content)
    field = [scored("A", 700), scored("B", 700), scored("C", 700), scored("D", 650), scored("E", 640)]
    result = rank(edition, field, AS_OF)
    assert [(tie.tier, tie.seats, tie.ids) for tie in result.undecided] == [
        ("quality", 1, ("A", "B", "C")),
        ("excellence", 1, ("A", "B", "C")),
    ]
    assert by_id(result)["D"].tier == "merit"
    assert by_id(result)["E"].tier is None
