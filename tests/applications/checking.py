"""What tests of the eligibility check share: a file with a loss, the finding on a condition, a conclusion."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from applications import services
from applications.models import Application, EligibilityCheck
from tests.applications import builders

LOSS = builders.FACTS | {"net_profit": {"2023": "100", "2024": "-5", "2025": "7"}}


def check_of(application: Application, condition: str) -> EligibilityCheck:
    return application.checks.get(condition=condition)


def decide(
    application: Application, head: User, now: datetime, *, accepted: bool, reason: str = "理由"
) -> Any:
    return services.decide_eligibility(
        application=application, accepted=accepted, reason=reason, actor=head, now=now
    )
