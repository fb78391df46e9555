"""Ranking (综合排名): who gets which tier, by threshold, quota and the rule on winning again.

The order of the work:
 1. composite of every candidate, exact; rank 1, 2, 2, 4 over all;
 2. tier by tier from the highest: who won this tier too recently drops out of every tier; who won it long
    enough ago is a repeat winner beside the quota; the others compete for the seats;
 3. seats go down the ranking; a tie across the last seat is left to deliberation, and nobody below it gets one;
 4. whoever got nothing competes for the next tier; of an undecided tie, as many as must lose hold seats there
    before anybody ranked below them; where those seats don't suffice, the next tier is undecided for them too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal

from awards.law import dates
from awards.law.editions import Edition
from awards.law.findings import Reason
from awards.law.terms import Tier
from scoring.rules.composite import composite, written

Basis = Literal["quota", "repeat"]


@dataclass(frozen=True)
class Win:
    """A tier of the same scheme won before (既往获奖)."""

    tier: str
    on: date


@dataclass(frozen=True)
class Candidate:
    """A candidate (候选组织) with the score of each weighted stage, on the edition's scale."""

    id: str
    scores: Mapping[str, Decimal]
    previous_wins: tuple[Win, ...] = ()


@dataclass(frozen=True)
class Placing:
    """A candidate's place in the result (排名结果). `prize` is whole yuan; `tier` and `basis` None if none."""

    id: str
    composite: Decimal
    rank: int
    tier: str | None
    basis: Basis | None
    prize: int
    reasons: tuple[Reason, ...]

    def to_document(self) -> dict[str, object]:
        return {
            "id": self.id,
            "composite": written(self.composite),
            "rank": self.rank,
            "tier": self.tier,
            "basis": self.basis,
            "prize": self.prize,
            "reasons": [reason.to_document() for reason in self.reasons],
        }


@dataclass(frozen=True)
class Undecided:
    """A tie across the last seat of a tier (并列跨越名额): `seats` are left for `ids`, deliberation decides."""

    tier: str
    seats: int
    ids: tuple[str, ...]

    def to_document(self) -> dict[str, object]:
        return {"tier": self.tier, "seats": self.seats, "ids": list(self.ids)}


@dataclass(frozen=True)
class RankingResult:
    """The whole result of a ranking, in falling order of the composite, then by id."""

    edition: str
    ranking: tuple[Placing, ...]
    undecided: tuple[Undecided, ...]

    def to_document(self) -> dict[str, object]:
        return {
            "edition": self.edition,
            "ranking": [placing.to_document() for placing in self.ranking],
            "undecided": [tie.to_document() for tie in self.undecided],
        }


@dataclass
class _Entry:
    """A candidate while the tiers are worked through."""

    candidate: Candidate
    composite: Decimal
    rank: int = 0
    tier: str | None = None
    basis: Basis | None = None
    prize: int = 0
    out: bool = False
    reasons: list[Reason] = field(default_factory=list)

    def because(self, code: str, article: str, tier: str) -> None:
        self.reasons.append(Reason(code, article, tier))


@dataclass(frozen=True)
class _Tie:
    """Tied entries of which `losers` will have to look to the next tier, whoever they turn out to be."""

    entries: tuple[_Entry, ...]
    losers: int


def rank(edition: Edition, candidates: Iterable[Candidate], as_of: date) -> RankingResult:
    """Rank the candidates by the edition's rules as they stand on `as_of`; raises MissingValue if incomplete."""
    entries = [_Entry(candidate, composite(edition, candidate.scores)) for candidate in candidates]
    entries.sort(key=lambda entry: (-entry.composite, entry.candidate.id))
    above = 0
    for _, tied in groupby(entries, key=lambda entry: entry.composite):
        group = list(tied)
        for entry in group:
            entry.rank = above + 1
        above += len(group)
    undecided: list[Undecided] = []
    ties: list[_Tie] = []
    for tier in edition.tiers:
        ties = _award(edition, tier, entries, as_of, ties, undecided)
        if not edition.value("cascade", as_of):
            ties = []
            for entry in entries:
                entry.out = entry.out or _reached(edition, tier, entry, as_of)
    return RankingResult(edition.code, tuple(map(_placing, entries)), tuple(undecided))


def _award(
    edition: Edition,
    tier: Tier,
    entries: Sequence[_Entry],
    as_of: date,
    ties: Sequence[_Tie],
    undecided: list[Undecided],
) -> list[_Tie]:
    """Give out one tier; return the ties whose losers will look to the tier below."""
    pending = {id(entry) for tie in ties for entry in tie.entries}
    competing = [
        entry for entry in entries if id(entry) not in pending and _competes(edition, tier, entry, as_of)
    ]
    seats = edition.quota(tier.code, as_of)
    carried = []
    for tie in ties:
        wanted = min(
            tie.losers, sum(_standing(edition, tier, entry, as_of) == "quota" for entry in tie.entries)
        )
        if wanted > seats:
            undecided.append(_undecided(tier, seats, tie.entries))
            carried.append(_Tie(tie.entries, wanted - seats))
        seats -= min(wanted, seats)
    for _, tied in groupby(competing, key=lambda entry: entry.composite):
        group = tuple(tied)
        if len(group) <= seats:
            for entry in group:
                entry.tier, entry.basis, entry.prize = tier.code, "quota", edition.prize(tier.code, as_of)
                entry.because("above_threshold", edition.article("thresholds", as_of), tier.code)
            seats -= len(group)
        elif seats:
            undecided.append(_undecided(tier, seats, group))
            carried.append(_Tie(group, len(group) - seats))
            for entry in group:
                entry.out = True
                entry.because("tie_at_quota", edition.article("ties", as_of), tier.code)
            seats = 0
        else:
            for entry in group:
                entry.because("outside_quota", edition.article("quotas", as_of), tier.code)
    return carried


def _competes(edition: Edition, tier: Tier, entry: _Entry, as_of: date) -> bool:
    """Settle whoever needs no seat of this tier; tell whether the entry competes for one."""
    if entry.out or entry.tier is not None:
        return False
    standing = _standing(edition, tier, entry, as_of)
    if standing == "below":
        entry.because("below_threshold", edition.article("thresholds", as_of), tier.code)
    elif standing == "too_soon":
        entry.out = True
        entry.because("not_yet_reapplicable", edition.article("repeat_after_years", as_of), tier.code)
    elif standing == "repeat":
        entry.tier, entry.basis, entry.prize = tier.code, "repeat", int(edition.value("repeat_prize", as_of))
        entry.because("repeat_winner", edition.article("repeat_after_years", as_of), tier.code)
    return standing == "quota"


def _standing(
    edition: Edition, tier: Tier, entry: _Entry, as_of: date
) -> Literal["below", "too_soon", "repeat", "quota"]:
    """How an entry stands to a tier, seats apart: by threshold, then by its own wins of the same tier."""
    if not _reached(edition, tier, entry, as_of):
        return "below"
    won = [win.on for win in entry.candidate.previous_wins if win.tier == tier.code and win.on <= as_of]
    if not won:
        return "quota"
    if dates.add_years(max(won), int(edition.value("repeat_after_years", as_of))) > as_of:
        return "too_soon"
    return "repeat" if tier.code in edition.value("repeat_tiers", as_of) else "quota"


def _reached(edition: Edition, tier: Tier, entry: _Entry, as_of: date) -> bool:
    return edition.threshold(tier.code, as_of).met_by(entry.composite)


def _undecided(tier: Tier, seats: int, entries: Iterable[_Entry]) -> Undecided:
    return Undecided(tier.code, seats, tuple(entry.candidate.id for entry in entries))


def _placing(entry: _Entry) -> Placing:
    """Of the reasons met on the way, keep those that speak: not being below a tier above the one that was won."""
    reasons = [reason for reason in entry.reasons if reason.code != "below_threshold"] or entry.reasons
    kept: dict[str, Reason] = {}
    for reason in reasons:
        kept.setdefault(reason.code, reason)
    return Placing(
        entry.candidate.id,
        entry.composite,
        entry.rank,
        entry.tier,
        entry.basis,
        entry.prize,
        tuple(kept.values()),
    )
