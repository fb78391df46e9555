"""Whether an organisation may apply: every condition of the edition is judged, none is skipped.

A condition is judged by its rule in `conditions`; a waiver then turns a fail into waived where the edition allows it.
"""

from dataclasses import dataclass, replace
from datetime import date

from applications.rules.conditions import RULES, Case
from applications.rules.facts import OrganisationFacts
from awards.law.editions import Edition
from awards.law.findings import Finding
from awards.law.terms import Condition

__all__ = ["Assessment", "Finding", "OrganisationFacts", "assess"]


@dataclass(frozen=True)
class Assessment:
    """The eligibility of an organisation (资格审核结论).

    `eligible` is False if any condition fails, None if none fails but a fact is absent, else True.
    """

    eligible: bool | None
    findings: tuple[Finding, ...]

    def to_document(self) -> dict[str, object]:
        return {"eligible": self.eligible, "findings": [finding.to_document() for finding in self.findings]}


def assess(edition: Edition, facts: OrganisationFacts, as_of: date) -> Assessment:
    """Judge every condition of the edition, in the order of its articles; raises MissingValue if incomplete."""
    case = Case(edition, facts, as_of)
    findings = tuple(_finding(case, condition) for condition in edition.conditions)
    outcomes = {finding.outcome for finding in findings}
    eligible = False if "fail" in outcomes else None if "needs_evidence" in outcomes else True
    return Assessment(eligible, findings)


def _finding(case: Case, condition: Condition) -> Finding:
    verdict = RULES[condition.code](case)
    finding = Finding(condition.code, verdict.outcome, condition.article, verdict.message, verdict.facts)
    if finding.outcome != "fail" or not condition.waivable:
        return finding
    for waiver in case.facts.waivers:
        if waiver.condition == condition.code:
            return replace(
                finding,
                outcome="waived",
                message=f"{verdict.message};已由决议“{waiver.resolution}”调整",
                facts={**verdict.facts, "resolution": waiver.resolution},
            )
    return finding
