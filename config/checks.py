"""What production must not have: demo accounts, a clock that can be moved, a weak secret."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register


@register(Tags.security, deploy=True)
def no_demo_in_production(**_: Any) -> list[CheckMessage]:
    faults: list[CheckMessage] = []
    if settings.DEMO:
        faults.append(Error("DEMO must be off in production.", id="portal.E001"))
    if settings.CLOCK_FILE is not None:
        faults.append(
            Error("CLOCK_FILE must not be set in production: the clock is real there.", id="portal.E002")
        )
    if not settings.CLAMAV:
        faults.append(
            Info("No virus scanner: set CLAMAV_SOCKET or CLAMAV_HOST (docs/operations.md).", id="portal.I001")
        )
    return faults
