"""The articles that the steps of this app rest on, by the edition a cycle has pinned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from awards.law.editions import Edition
from publicity.models import Notice

PUBLICITY: Final = "publicity_days"
OBJECTION: Final = "objections"
ANNOUNCEMENT: Final = "decision_order"
PRIZE: Final = "prizes"
VALIDITY: Final = "validity_years"
REPORT: Final = "report_days"

# The office's own targets for its internal duties; no regulation sets them.
NEXT_WORKING_STEP: Final = timedelta(days=3)
VERIFICATION: Final = timedelta(days=7)
PAYING: Final = timedelta(days=30)


def article(edition: Edition, key: str) -> str:
    """The article of `key`; "" where the text is silent and only a reading stands."""
    return edition.article(key) if edition.has(key) else ""


def issuer(notice: Notice, edition: Edition | None) -> str:
    """Whose name stands at the head: the office publishes candidates, the authority announces and revokes."""
    if edition is None:
        return notice.scheme.name
    return edition.bodies["office" if notice.kind == Notice.Kind.PUBLICITY else "authority"].name


def sanction_cells(edition: Edition, ground: str) -> Mapping[str, Any]:
    """The row of the sanction matrix for `ground`: effect → {value, article, reading}."""
    row: Mapping[str, Any] = edition.value("sanctions")[ground]
    return row


def revocation_article(edition: Edition, ground: str) -> str:
    return str(sanction_cells(edition, ground)["revoke"]["article"])
