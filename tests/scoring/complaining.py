"""Complaints for tests: filed, reported, approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from ground.errors import Refused
from scoring import services
from scoring.models import MisconductCase, Reviewer
from tests.factories import make_user
from tests.scoring.builders import (
    House,
    committee,
    make_house,
    seal_all,
    settle_all,
    sign,
)

SAID = {
    "cycle": None,
    "application": None,
    "stage": "",
    "reviewer": None,
    "ground": "favour",
    "statement": "收受礼品。",
}


def owner(house: House, place: int = 0) -> User:
    return make_user(f"applicant_owner:{house.applications[place].organisation_id}")


def filed(house: House, actor: User | None = None, **changes: Any) -> MisconductCase:
    given = SAID | {"cycle": house.cycle, "actor": actor or house.clerk, "now": house.now}
    return services.file_complaint(**given | changes)


def reported(house: House, reviewer: Reviewer, treatment: str, **changes: Any) -> MisconductCase:
    case = services.open_inquiry(case=filed(house), actor=house.clerk, now=house.now)
    given = {
        "case": case, "reviewer": reviewer, "findings": "查实收受礼品。", "treatment": treatment,
        "treatment_reason": "评分受到影响。", "actor": house.head, "now": house.now,
    }  # fmt: skip
    return services.report_misconduct(**given | changes)


def approved(house: House, reviewer: Reviewer, treatment: str) -> MisconductCase:
    return approve(reported(house, reviewer, treatment), house)


def approve(case: MisconductCase, house: House, **changes: Any) -> MisconductCase:
    given = {
        "case": case, "number": "评定委〔2026〕5号", "decided_on": house.now.date(), "discipline": True,
        "actor": committee(), "now": house.now,
    }  # fmt: skip
    return services.approve_disqualification(**given | changes)


def codes(call: Any, *args: Any, **given: Any) -> set[str]:
    with pytest.raises(Refused) as refusal:
        call(*args, **given)
    return set(refusal.value.codes)


def signed_then_void(now: datetime, treatment: str) -> House:
    """One applicant, a panel of four, the report signed; then the fourth is disqualified and the sheet void."""
    made = make_house(now)
    made.applicant()
    report = seal_all(made.panel(4), made.applications[0], [50, 50, 50, 75], now)
    settle_all(report, 55, now, "看法不一，已议定。")
    sign(report, now)
    approved(made, made.pool[3], treatment)
    return made
