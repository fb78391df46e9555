"""审议决议：同意多于不同意；不低于分数线，不超过名额；并列由评定委选择并说明理由."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actors import SYSTEM
from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import Meeting, Resolution
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.results.builders import Year, states_of

# ---------------------------------------------------------------- resolving


@pytest.mark.parametrize(
    ("votes", "carried"),
    [
        (("for", "for", "against"), True),
        (("for", "abstain", "abstain"), True),
        (("for", "recused", "recused"), True),
        (("for", "against", "recused"), False),
        (("for", "against", "abstain"), False),
        (("against", "against", "for"), False),
        (("abstain", "abstain", "abstain"), False),
    ],
)
def test_more_for_than_against(year: Year, held: Meeting, votes: tuple[str, ...], carried: bool) -> None:
    year.vote(held, "甲", *votes)
    if carried:
        resolution = year.resolve(held, "甲")
        assert (resolution.votes_for, resolution.votes_against, resolution.votes_abstained) == tuple(
            votes.count(choice) for choice in ("for", "against", "abstain")
        )
        assert (resolution.basis, resolution.prize) == ("quota", 500000)
    else:
        with pytest.raises(Refused) as refused:
            year.resolve(held, "甲")
        assert refused.value.codes == ("not_carried",)


@pytest.mark.parametrize("votes", [(), ("recused", "recused", "recused")])
def test_without_a_vote_there_is_no_resolution(year: Year, held: Meeting, votes: tuple[str, ...]) -> None:
    year.vote(held, "甲", *votes)
    with pytest.raises(Refused) as refused:
        year.resolve(held, "甲", "", outcome="none", reason="不授")
    assert refused.value.codes == ("no_votes",)


@pytest.mark.parametrize("outcome", ["strike", "defer", "none"])
def test_anything_but_the_ranked_award_says_why(year: Year, held: Meeting, outcome: str) -> None:
    year.vote(held, "甲", "against", "against", "against")
    with pytest.raises(Refused) as refused:
        year.resolve(held, "甲", "", outcome=outcome)
    assert refused.value.codes == ("reason_missing",)
    resolution = year.resolve(held, "甲", "quality", outcome=outcome, reason="有安全事故待查")
    assert (resolution.outcome, resolution.tier, resolution.basis, resolution.prize) == (outcome, "", "", 0)


def test_an_outcome_there_is_not(year: Year, held: Meeting) -> None:
    year.vote(held, "甲", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(held, "甲", outcome="later", reason="x")
    assert refused.value.codes == ("outcome_unknown",)


def test_another_tier_than_ranked_says_why(year: Year, held: Meeting) -> None:
    year.vote(held, "甲", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(held, "甲", "excellence")
    assert refused.value.codes == ("reason_missing",)
    assert year.resolve(held, "甲", "excellence", reason="评定委意见").prize == 100000


@pytest.mark.parametrize("tier", ["", "gold"])
def test_an_award_names_its_tier(year: Year, held: Meeting, tier: str) -> None:
    year.vote(held, "甲", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(held, "甲", tier, number=" ", reason="x")
    assert set(refused.value.codes) == {"number_missing", "tier_missing"}


def test_never_below_the_line(year: Year) -> None:
    year.enter("甲", "600.00")
    year.freeze()
    meeting = year.call()
    year.vote(meeting, "甲", "for", "for", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(meeting, "甲", "quality", reason="贡献突出")
    assert refused.value.codes == ("below_threshold",)
    assert refused.value.faults[0].article == "第十八条"
    assert not Resolution.objects.exists()


def test_never_beyond_the_quota(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality", 乙="quality")
    year.vote(held, "丙", "for", "for", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(held, "丙", "quality", reason="同样优秀")
    assert refused.value.codes == ("quota_exceeded",)
    assert refused.value.faults[0].article == "第十六条"
    year.resolve(held, "乙", "", outcome="defer", reason="待查")
    assert year.resolve(held, "丙", "quality", reason="递进").tier == "quality"


def test_resolving_again_replaces(year: Year, held: Meeting) -> None:
    year.award(held, 甲="quality", 乙="quality")
    year.resolve(held, "甲", "quality", number="评定委〔2026〕2号")
    assert Resolution.objects.get(application=year.files["甲"]).number == "评定委〔2026〕2号"
    assert Entry.objects.filter(action="resolution.record").count() == 3


def test_repeat_winners_stand_beside_the_quota_without_prize(year: Year) -> None:
    for name, score in (("老", 720), ("甲", 700), ("乙", 680)):
        year.enter(name, score)
    year.won("老", date(2020, 1, 1))
    year.freeze()
    meeting = year.call()
    year.award(meeting, 甲="quality", 乙="quality", 老="quality")
    found = {
        row.application.organisation.name: (row.basis, row.prize)
        for row in Resolution.objects.select_related("application__organisation")
    }
    assert found == {"甲": ("quota", 500000), "乙": ("quota", 500000), "老": ("repeat", 0)}


def test_only_candidates_are_resolved_on_and_only_by_the_head(year: Year, held: Meeting) -> None:
    with pytest.raises(Refused) as refused:
        year.resolve(held, "丁")
    assert refused.value.codes == ("not_a_candidate",)
    for actor in (year.clerk, year.first, year.authority, make_user("office_head:city"), SYSTEM):
        with pytest.raises(PermissionDenied):
            year.resolve(held, "甲", actor=actor)


# ---------------------------------------------------------------- ties


@kept
def tied(year: Year) -> Meeting:
    """One quality seat left for 乙 and 丙."""
    year.enter("甲", 700)
    year.enter("乙", 650)
    year.enter("丙", 650)
    year.enter("丁", 550)
    rows = year.freeze()
    assert [rows[name].tier for name in ("甲", "乙", "丙", "丁")] == ["quality", "", "", "excellence"]
    return year.call()


def test_the_tied_are_candidates_and_the_committee_chooses_within_the_seats(
    year: Year, tied: Meeting
) -> None:
    assert set(services.candidates_of(tied)) == {application.pk for application in year.files.values()}
    year.award(tied, 甲="quality", 丙="quality")
    year.vote(tied, "乙", "for", "for", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(tied, "乙", "quality", reason="并列")
    assert refused.value.codes == ("quota_exceeded",)
    year.resolve(tied, "乙", "excellence", reason="并列取舍，列入优秀奖")
    year.award(tied, 丁="excellence")
    year.close(tied)
    assert set(states_of("甲乙丙丁", year).values()) == {"candidate"}


def test_a_choice_in_a_tie_says_why(year: Year, tied: Meeting) -> None:
    year.award(tied, 甲="quality")
    year.vote(tied, "丙", "for", "for", "for")
    with pytest.raises(Refused) as refused:
        year.resolve(tied, "丙", "quality")
    assert refused.value.codes == ("reason_missing",)
