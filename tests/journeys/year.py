"""One year of one award on its way through the portal: who takes part, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from applications.models import Application
from awards.law.editions import Edition
from awards.models import Cycle
from demo import applying
from demo.timeline import last_year, on
from tests.journeys.cast import Cast
from tests.journeys.person import Person


@dataclass
class Applicant:
    """An organisation that goes through every form itself, with the person at its browser."""

    username: str
    person_name: str
    uscc: str
    name: str
    region: str
    person: Person | None = None

    @property
    def browser(self) -> Person:
        assert self.person is not None, "the applicant has not come yet"
        return self.person


@dataclass
class Year:
    """The year of an award. `files` are the applications by the short key of their organisation."""

    cast: Cast
    scheme: str
    edition_title: str
    number: int
    call_number: str
    applicant: Applicant
    files: dict[str, Application] = field(default_factory=dict)

    @property
    def cycle(self) -> Cycle:
        return Cycle.objects.select_related("scheme", "edition_record").get(
            scheme__code=self.scheme, year=self.number
        )

    @property
    def edition(self) -> Edition:
        return self.cycle.edition

    @property
    def rows(self) -> dict[str, tuple[datetime, datetime]]:
        return last_year(self.number)

    @property
    def clerk(self) -> Person:
        return self.cast[f"{self.scheme}_clerk"]

    @property
    def head(self) -> Person:
        return self.cast[f"{self.scheme}_head"]

    def following(self, call_number: str) -> Year:
        """The next year, opened and called as this one was."""
        number = self.number + 1
        cycle = applying.call_year(
            self.cast.roster,
            self.scheme,
            self.edition.code,
            number,
            call_number,
            last_year(number),
            on(number, 3, 3),
        )
        return Year(self.cast, self.scheme, self.edition_title, cycle.year, call_number, self.applicant)

    def file(self, key: str) -> Application:
        """The application as it stands now."""
        return Application.objects.select_related("organisation", "cycle__scheme").get(pk=self.files[key].pk)
