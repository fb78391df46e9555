"""The demo's panels do as live ones: they settle what the page fills in, and score what they have heard."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from demo import judging, visiting
from demo.roster import Roster
from scoring.models import PresentationSlot, Sheet, SiteVisit, Stage
from scoring.queries.matrix import matrix_of
from scoring.queries.presentation import seal_by
from scoring.queries.references import verification_of
from scoring.queries.score_forms import score_form
from tests.factories import make_user
from tests.scoring.builders import House, make_house, seal_all
from tests.scoring.visiting import make_site, question, site_panel


@pytest.mark.parametrize("percents", [(40, 50, 60, 70), (40, 45, 50, 70)])
def test_the_lead_settles_what_the_page_fills_in(now: datetime, db: None, percents: tuple[int, ...]) -> None:
    house = make_house(now)
    application = house.applicant()
    report = seal_all(house.panel(len(percents)), application, percents, now)
    judging.settle(report, now)
    rows = matrix_of(report, score_form(house.cycle, report.stage)).rows
    assert [row.settled.percent for row in rows if row.settled] == [row.suggested for row in rows]


def roster_of(house: House) -> Roster:
    rows = {str(row.pk): row for row in house.applications}
    return Roster(
        house.now,
        users={"park_clerk": house.clerk, "supervisor": make_user("supervisor")},
        organisations={key: row.organisation for key, row in rows.items()},
        details={key: {"strength": 60} for key in rows},
    )


def test_every_sheet_of_a_presentation_is_sealed_after_its_slot_on_its_day(now: datetime, db: None) -> None:
    house = make_site(now, 4)
    roster, panel = roster_of(house), site_panel(house)
    visiting.present(roster, panel, now, (now + timedelta(days=12)).replace(hour=10))
    visiting.hear(roster, panel)
    slots = list(PresentationSlot.objects.all())
    assert len(slots) == 4
    for place, slot in enumerate(slots, start=1):
        sheets = Sheet.objects.filter(application=slot.application_id, stage=Stage.PRESENTATION)
        sealed = sorted(at for at in sheets.values_list("sealed_at", flat=True) if at)
        assert len(sealed) == 3
        last = [seal_by(house.cycle, slot), *(following.starts_at for following in slots[place:])]
        assert slot.ends_at < sealed[0]
        assert [at for at in last if at is None or at <= sealed[-1]] == []


def test_a_visit_that_is_over_leaves_no_question_without_a_word(now: datetime, db: None) -> None:
    """On working days, whoever the applicants are; some questions may be left open, but then the record says so."""
    house = make_site(now, 3)
    for application in house.applications:
        question(house, application, "4.1.2", "看台账")
    panel = site_panel(house)
    visiting.make_visits(roster_of(house), panel, now + timedelta(days=3))
    visits = list(SiteVisit.objects.order_by("pk"))
    assert [visit.starts_on.isoformat() for visit in visits] == ["2026-08-06", "2026-08-07", "2026-08-10"]
    assert all(visit.opening_signed_at and visit.closing_signed_at for visit in visits)
    found = [verification_of(application) for application in house.applications]
    assert [(one.asked, one.unanswered) for one in found] == [(1, ())] * 3
