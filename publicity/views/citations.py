"""The articles that this app's pages cite, by the edition of the cycle they speak of."""

from __future__ import annotations

from awards.law.editions import Edition
from publicity.services.basis import article

CITED = {
    "publicity_article": "publicity_days",
    "decision_article": "decision_order",
    "objection_article": "objections",
    "prize_article": "prizes",
    "validity_article": "validity_years",
    "sites_article": "sites",
    "report_article": "report_days",
    "use_article": "title_use",
}


def citations(edition: Edition | None) -> dict[str, str]:
    """Name in the template → article; "" where the text is silent."""
    return {name: article(edition, key) for name, key in CITED.items()} if edition else {}
