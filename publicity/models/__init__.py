"""What the public is told, and what follows: notices, objections, honours, payments, incidents, revocations."""

from publicity.models.aftermath import Incident, RevocationCase
from publicity.models.editions import edition_of, tier_name
from publicity.models.honours import Honour, Payment
from publicity.models.notices import Notice, NoticeEntry, NoticeSite
from publicity.models.objections import Objection

__all__ = [
    "Honour",
    "Incident",
    "Notice",
    "NoticeEntry",
    "NoticeSite",
    "Objection",
    "Payment",
    "RevocationCase",
    "edition_of",
    "tier_name",
]
