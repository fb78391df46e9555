"""The reward for international patents and trademarks (国际专利、国际商标奖励).

Claims are taken in the order given. For each: refusals first; then the amount, cut in this order by the cap of
the item, by what was paid before (grants only), by the cap of the patent family (grants only), and by the
applicant's cap for the year. A refused claim uses nothing of any cap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from awards.law import countries
from awards.law.editions import Edition
from awards.law.findings import Reason

Kind = Literal["patent_grant", "patent_application", "trademark"]
Cap = Literal["item", "prior_payment", "family", "applicant"]
KINDS: tuple[Kind, ...] = ("patent_grant", "patent_application", "trademark")
_ITEM_CAPS: Mapping[Kind, str] = {
    "patent_grant": "grant_cap",
    "patent_application": "application_cap",
    "trademark": "trademark_cap",
}


@dataclass(frozen=True)
class Claim:
    """A claim (奖励申请) of one year. `paid_before` is whole yuan already paid for the same patent and country.

    `country` is where a patent was granted or applied for (ISO 3166; EP is none); `designated` are a trademark's
    designated countries and regions; `search_favourable` is the outlook of the international search.
    """

    id: str
    applicant: str
    kind: Kind
    route: str
    first_applicant: bool
    urban_district: bool
    country: str | None = None
    family: str | None = None
    designated: tuple[str, ...] = ()
    search_favourable: bool | None = None
    paid_before: int = 0


@dataclass(frozen=True)
class Cut:
    """What one cap took off (扣减), in whole yuan."""

    cap: Cap
    cut: int


@dataclass(frozen=True)
class Award:
    """What a claim comes to (核定奖励), in whole yuan, with every cut above 0, or with every refusal."""

    id: str
    amount: int
    cuts: tuple[Cut, ...]
    refused: tuple[Reason, ...]

    def to_document(self) -> dict[str, object]:
        return {
            "id": self.id,
            "amount": self.amount,
            "cuts": [{"cap": cut.cap, "cut": cut.cut} for cut in self.cuts],
            "refused": [reason.to_document() for reason in self.refused],
        }


@dataclass(frozen=True)
class RewardResult:
    """All claims in the order given, and each applicant's total in the order of their first claim."""

    claims: tuple[Award, ...]
    totals: tuple[tuple[str, int], ...]

    def to_document(self) -> dict[str, object]:
        return {
            "claims": [award.to_document() for award in self.claims],
            "applicants": [{"applicant": applicant, "total": total} for applicant, total in self.totals],
        }


def compute(edition: Edition, year: int, claims: Iterable[Claim]) -> RewardResult:
    """Compute the rewards of one year by the values that hold at its end; raises MissingValue if incomplete."""
    on = date(year, 12, 31)
    families: defaultdict[str, int] = defaultdict(int)
    applicants: defaultdict[str, int] = defaultdict(int)
    awards = []
    for claim in claims:
        refused = tuple(_refusals(edition, claim, on))
        if refused:
            applicants[claim.applicant] += 0
            awards.append(Award(claim.id, 0, (), refused))
            continue
        amount = _gross(edition, claim, on)
        cuts = []
        for cap, most in _caps(edition, claim, on, families, applicants):
            left = max(amount - most, 0) if cap == "prior_payment" else min(amount, most)
            if left < amount:
                cuts.append(Cut(cap, amount - left))
                amount = left
        applicants[claim.applicant] += amount
        if claim.kind == "patent_grant" and claim.family is not None:
            families[claim.family] += amount
        awards.append(Award(claim.id, amount, tuple(cuts), ()))
    return RewardResult(tuple(awards), tuple(applicants.items()))


def _refusals(edition: Edition, claim: Claim, on: date) -> Iterator[Reason]:
    """Yield every refusal that applies, in the order of the edition's list."""
    patent = claim.kind != "trademark"
    routes = edition.value("patent_routes" if patent else "trademark_routes", on)
    applies = {
        "not_first_applicant": not claim.first_applicant,
        "outside_urban_district": not claim.urban_district,
        "country_not_covered": patent and not _covered(edition, claim.country, on),
        "route_not_covered": claim.route.upper() not in routes,
        "search_not_favourable": claim.kind == "patent_application" and not claim.search_favourable,
    }
    for refusal in edition.events("refusals"):
        if applies[refusal.code]:
            yield Reason(refusal.code, refusal.article)


def _covered(edition: Edition, country: str | None, on: date) -> bool:
    if country is None:
        return False
    return country in edition.value("countries", on) or any(
        countries.get(code).has_in_year(country, on.year) for code in edition.value("country_lists", on)
    )


def _gross(edition: Edition, claim: Claim, on: date) -> int:
    """What the year's plan gives for the claim before any cap, in yuan."""
    if claim.kind == "patent_grant":
        return int(edition.value("grant_amount", on))
    if claim.kind == "patent_application":
        return int(edition.value("application_amount", on))
    each = int(edition.value("designation_amount", on))
    return int(edition.value("trademark_amount", on)) + each * len(set(claim.designated))


def _caps(
    edition: Edition, claim: Claim, on: date, families: Mapping[str, int], applicants: Mapping[str, int]
) -> Iterator[tuple[Cap, int]]:
    """Yield each cap that the claim is under, in order, with what it takes or what room it leaves, in yuan."""
    yield "item", int(edition.value(_ITEM_CAPS[claim.kind], on))
    if claim.kind == "patent_grant":
        if edition.value("deduct_prior_application_reward", on):
            yield "prior_payment", claim.paid_before
        if claim.family is not None:
            yield "family", int(edition.value("family_cap", on)) - families.get(claim.family, 0)
    yield "applicant", int(edition.value("applicant_cap", on)) - applicants.get(claim.applicant, 0)
