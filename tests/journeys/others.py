"""The other organisations of a year: what they do has been done once in a browser, so the services do it for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accounts.actors import SYSTEM
from applications.services import record_honour_won
from awards.law.vocabulary import AWARDS
from demo import applying
from tests.journeys.year import Year


def apply(year: Year, key: str, recommender: str, at: datetime, *, signed: bool = True, **facts: Any) -> None:
    """Draft, fill in, submit; the recommender signs three days later."""
    draft(year, key, recommender, at, **facts)
    roster, application = year.cast.roster, year.files[key]
    applying.submit(roster, application, key, at + timedelta(hours=2))
    if signed:
        applying.recommend(roster, application, recommender, at + timedelta(days=3))


def draft(year: Year, key: str, recommender: str, at: datetime, **facts: Any) -> None:
    """A file with everything in it, not submitted."""
    application = applying.draft(year.cast.roster, year.cycle, key, at, **facts)
    year.files[key] = application
    applying.complete(year.cast.roster, application, key, recommender, at + timedelta(hours=1))


def won_before(year: Year, key: str, on: date) -> None:
    """On the portal's record: this organisation won the quality award years ago."""
    award = year.edition.value("own_award")
    assert award in AWARDS
    record_honour_won(
        uscc=year.cast.roster.organisations[key].uscc,
        scheme_code=year.scheme,
        award=award,
        tier="quality",
        on=on,
        until=on.replace(year=on.year + 3),
        article="",
        source_key=f"old:{year.scheme}:{key}",
        actor=SYSTEM,
        now=year.cast.now,
    )
