"""What a rule says: a finding (认定), never a bare yes or no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["pass", "fail", "not_applicable", "waived", "needs_evidence"]


@dataclass(frozen=True)
class Finding:
    """The outcome of one condition (条件的认定): what was found, under which article, on which facts.

    `message` is plain Chinese for the reader; `facts` are the values looked at, JSON-able.
    """

    condition: str
    outcome: Outcome
    article: str
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def to_document(self) -> dict[str, object]:
        return {
            "condition": self.condition,
            "outcome": self.outcome,
            "article": self.article,
            "message": self.message,
        }


@dataclass(frozen=True)
class Reason:
    """Why a result is as it is (理由): a code, the article it rests on, and the tier it speaks of, if any."""

    code: str
    article: str
    tier: str | None = None

    def to_document(self) -> dict[str, object]:
        return {"code": self.code, "article": self.article}
