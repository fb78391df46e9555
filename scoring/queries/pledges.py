"""Who has taken on the duty of confidentiality for a cycle, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from awards.law.editions import Edition
from awards.models import Cycle
from ground.digest import sm3_hex
from scoring.models import ConfidentialityPledge, Reviewer
from scoring.queries.visibility import assignments_of


@dataclass(frozen=True)
class Wording:
    """What a reviewer reads and accepts: each sentence, the article, and the digest that the pledge keeps."""

    sentences: tuple[str, ...]
    article: str
    reading: str

    @property
    def digest(self) -> str:
        return sm3_hex("\n".join(self.sentences).encode())


def wording_of(edition: Edition) -> Wording:
    """The edition's pledge; an edition older than the pledge gives its words on confidentiality."""
    key = "confidentiality_pledge" if edition.has("confidentiality_pledge") else "confidentiality"
    text = str(edition.value(key)).replace("。", "").strip()
    sentences = tuple(f"{part}。" for part in text.split("；") if part)
    return Wording(sentences, edition.article(key), edition.reading(key) or "")


def pledged(*, reviewer: OuterRef | Reviewer, cycle: OuterRef) -> Exists:
    return Exists(ConfidentialityPledge.objects.filter(reviewer=reviewer, cycle=cycle))


def seated_cycles(reviewer: Reviewer) -> QuerySet[Any]:
    """The cycles in which the reviewer is seated for somebody, each with `pledged_at` (None: not yet)."""
    made = ConfidentialityPledge.objects.filter(reviewer=reviewer, cycle=OuterRef("pk"))
    return (
        Cycle.objects.filter(pk__in=assignments_of(reviewer.user).order_by().values("cycle_id"))
        .select_related("scheme", "edition_record")
        .annotate(pledged_at=Subquery(made.values("accepted_at")[:1]))
        .order_by("-year", "pk")
    )
