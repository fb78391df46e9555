"""What of a file its applicant may change just now: everything, nothing, or what a correction request lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from applications.models import Application
from applications.queries.deadlines import deadline, is_past
from applications.questions import OTHER, facts_of, section_of

CANCELLED: Final = "cancelled"
EDITABLE: Final = frozenset({"draft", "declined"})
ITEM: Final = "item-"
REPORT: Final = "report"


@dataclass(frozen=True)
class Opened:
    """`whole`: everything. Else `codes`: what the items of the correction name, and other files; empty: nothing."""

    whole: bool
    codes: frozenset[str] = frozenset()

    def section(self, section: str) -> bool:
        """Whether anything of a section may be changed; `item-4.2.3` is one item of the self-assessment."""
        if section.startswith(ITEM) and REPORT in self.codes:
            return True
        return self.whole or section in {section_of(code) for code in self.codes}

    def condition(self, condition: str) -> bool:
        """Whether the evidence for one condition may be changed."""
        return self.whole or condition in self.codes

    def fact(self, key: str) -> bool:
        """Whether one answer may be changed: that of a condition listed."""
        return self.whole or any(key in facts_of(code) for code in self.codes)


def declined_late(application: Application, now: datetime) -> bool:
    """Whether nobody recommends the file and it can't be handed in again."""
    return application.state == "declined" and is_past(deadline(application), now)


def opened(application: Application, now: datetime) -> Opened:
    """What may be changed at `now`: a draft as a whole, during a correction what it lists; other files always then.

    A declined file was handed in: after the application deadline it stays as its readers have it.
    """
    if application.cycle.state == CANCELLED or declined_late(application, now):
        return Opened(whole=False)
    if application.state in EDITABLE:
        return Opened(whole=True)
    if application.state != "correcting":
        return Opened(whole=False)
    correction = application.corrections.filter(state="open").first()
    if correction is None or is_past(correction.due_at, now):
        return Opened(whole=False)
    return Opened(whole=False, codes=frozenset({OTHER, *(item.condition for item in correction.items.all())}))
