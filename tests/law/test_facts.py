"""An organisation's facts: read from the contract's document, and every fault of it named."""

from datetime import date
from typing import Any

import pytest

from applications.rules.eligibility import OrganisationFacts, assess
from applications.rules.facts import FactsRefused
from awards.law import editions
from awards.law.editions import Edition
from tests.law import case_tables

GOOD: dict[str, Any] = case_tables.table("eligibility")["bases"]["park"]["organisation"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "club"}, "kind"),
        ({"region": "moon"}, "region"),
        ({"established_on": "2026-02-30"}, "established_on"),
        ({"safety_level": -1}, "safety_level"),
        ({"safety_level": True}, "safety_level"),
        ({"trade_rank_in_city": 0}, "trade_rank_in_city"),
        ({"exporter": "no"}, "exporter"),
        ({"certificates": {}}, "certificates"),
        ({"certificates": [{"valid_until": None}]}, "certificates[0].standard"),
        ({"spot_checks": [{"on": "2025-01-01", "level": "village", "passed": True}]}, "spot_checks[0].level"),
        ({"spot_checks": [{"on": "2025-01-01", "level": "city", "passed": None}]}, "spot_checks[0].passed"),
        ({"export_incidents": [{"kind": "rumour"}]}, "export_incidents[0].kind"),
        ({"net_profit": {"25": 1}}, "net_profit.25"),
        ({"net_profit": {"２０２５": 1}}, "net_profit.２０２５"),
        ({"net_profit": {"2025": "much"}}, "net_profit.2025"),
        ({"accidents": [{"on": "2025-01-01", "grade": "huge"}]}, "accidents[0].grade"),
        ({"dishonesty_records": ["2025-01-01"]}, "dishonesty_records[0]"),
        ({"honours": [{"award": "nobel", "on": "2025-01-01"}]}, "honours[0].award"),
        ({"bans": [{"scheme": "park"}]}, "bans[0].until"),
        ({"waivers": [{"condition": "profit"}]}, "waivers[0].resolution"),
        ({"waivers": [{"condition": "profit", "resolution": " "}]}, "waivers[0].resolution"),
        ({"waivers": [{"condition": "luck", "resolution": "x"}]}, "waivers[0].condition"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_faults_are_named(change: dict[str, Any], path: str) -> None:
    with pytest.raises(FactsRefused) as caught:
        OrganisationFacts.from_document({**GOOD, **change}, editions.get("park-2023"))
    assert path in {fault.path for fault in caught.value.faults}


def test_all_faults_at_once() -> None:
    with pytest.raises(FactsRefused) as caught:
        OrganisationFacts.from_document({"kind": 1, "region": 2, "x": 3})
    assert [fault.path for fault in caught.value.faults] == ["x", "kind", "region"]
    with pytest.raises(FactsRefused):
        OrganisationFacts.from_document([])


def test_an_edition_may_know_awards_and_regions_of_its_own() -> None:
    content = editions.get("park-2023").content
    content["parameters"]["own_award"]["value"] = "nanjing_quality"
    content["parameters"]["regions"]["value"] = ["jiangning"]
    edition = Edition.from_content(content)
    honours = [{"award": "nanjing_quality", "tier": "quality", "on": "2026-01-01"}]
    document = {**GOOD, "region": "jiangning", "honours": honours}
    found = assess(edition, OrganisationFacts.from_document(document, edition), date(2026, 8, 20))
    outcomes = {finding.condition: finding.outcome for finding in found.findings}
    assert (outcomes["registered"], outcomes["reapply_interval"]) == ("pass", "fail")
    with pytest.raises(FactsRefused):
        OrganisationFacts.from_document(document)
    with pytest.raises(FactsRefused):
        OrganisationFacts.from_document(document, editions.get("province-2016"))


def test_both_prior_awards_may_be_asked_for() -> None:
    content = editions.get("city-2016").content
    content["parameters"]["prior_award_mode"]["value"] = "all"
    edition = Edition.from_content(content)
    standing = {"award": "suzhou_quality", "on": "2025-01-10", "valid_until": "2028-01-09"}
    recent = {"award": "luban", "on": "2025-01-10"}
    undated = {"award": "suzhou_quality", "on": "2025-01-10"}
    for honours, outcome in (
        ([standing], "fail"),
        ([recent], "fail"),
        ([standing, recent], "pass"),
        ([undated, recent], "needs_evidence"),
        ([undated], "fail"),
    ):
        facts = OrganisationFacts.from_document({**GOOD, "honours": honours})
        findings = {f.condition: f.outcome for f in assess(edition, facts, date(2026, 8, 20)).findings}
        assert findings["prior_award"] == outcome


def test_a_finding_carries_its_facts() -> None:
    waived = {
        **GOOD,
        "region": "other",
        "waivers": [{"condition": "registered", "resolution": "评定委〔2026〕3号"}],
    }
    found = assess(editions.get("park-2023"), OrganisationFacts.from_document(waived), date(2026, 8, 20))
    finding = found.findings[0]
    assert (finding.outcome, finding.article) == ("waived", "第十一条(一)")
    assert finding.facts == {"region": "other", "resolution": "评定委〔2026〕3号"}
    assert "评定委〔2026〕3号" in finding.message
    assert found.eligible is True
