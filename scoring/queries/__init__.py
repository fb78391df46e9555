"""Reading panels, sheets and what comes of them; every list goes through a `…_visible_to`."""

from scoring.queries.conflicts import blind
from scoring.queries.eligible import eligible_reviewers
from scoring.queries.references import issues_to_verify
from scoring.queries.visibility import (
    consolidations_visible_to,
    panels_visible_to,
    recusals_visible_to,
    reviewers_visible_to,
    sheets_visible_to,
)

__all__ = [
    "blind",
    "consolidations_visible_to",
    "eligible_reviewers",
    "issues_to_verify",
    "panels_visible_to",
    "recusals_visible_to",
    "reviewers_visible_to",
    "sheets_visible_to",
]
