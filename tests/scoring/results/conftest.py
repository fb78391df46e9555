"""A park year whose reports are signed, before the ranking is frozen."""

from __future__ import annotations

from datetime import datetime

from scoring.models import Meeting
from tests.kept import kept
from tests.scoring.results.builders import Year, make_year


@kept
def year(db: None, now: datetime) -> Year:
    return make_year(now)


@kept
def material_year(db: None, now: datetime) -> Year:
    """In material review: two with a signed report."""
    year = make_year(now, state="material")
    year.enter("甲", 640, state="accepted")
    year.enter("乙", 520, state="accepted")
    return year


@kept
def held(year: Year) -> Meeting:
    """甲 and 乙 for quality, 丙 outside it and so for excellence, 丁 below every line."""
    year.enter("甲", 700)
    year.enter("乙", 680)
    year.enter("丙", 660)
    year.enter("丁", 400)
    year.freeze()
    return year.call()


@kept
def ranked(year: Year) -> Year:
    year.enter("苏州甲精密", 700)
    year.enter("苏州乙软件", 560)
    year.enter("苏州丙物流", 420)
    year.freeze()
    return year


@kept
def called(ranked: Year) -> Meeting:
    return ranked.call()
