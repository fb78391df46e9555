"""The committee decided that a substitute scores anew: one is owed, however many reviewers are left."""

from __future__ import annotations

from datetime import datetime

from notifications.queries import duties_for
from scoring import services
from scoring.models import NO_CONFLICT, Consolidation, OwedSubstitute, Panel, Sheet
from scoring.queries.desk import led_consolidations
from tests.kept import kept
from tests.scoring.builders import House, pledge, seal
from tests.scoring.complaining import signed_then_void
from tests.scoring.reviewing import Browser, read


@kept
def house(now: datetime, db: None) -> House:
    """One applicant, a panel of four, the report signed; the fourth's sheet is to be replaced by a substitute's."""
    return signed_then_void(now, "substitute")


def test_the_report_waits_for_the_substitute(house: House, client_of: Browser) -> None:
    panel = Panel.objects.get()
    assert Consolidation.objects.get().state == "waiting"
    assert duties_for(house.clerk).filter(kind="scoring.mend_panel").count() == 1
    assert [row.lacks for row in led_consolidations(house.pool[0])] == ["还缺 1 名评审员"]
    page = read(client_of(house.clerk), f"/scoring/panels/{panel.pk}/substitute/")
    assert "不需要补充评审员" not in page
    fresh = house.reviewer()
    services.seat_substitute(panel=panel, seat=services.Seat(fresh), actor=house.clerk, now=house.now)
    assert OwedSubstitute.objects.get().fresh == Sheet.objects.get(reviewer=fresh)
    assert not duties_for(house.clerk).filter(kind="scoring.mend_panel").exists()
    assert Consolidation.objects.get().state == "waiting"
    pledge(fresh, house.cycle, house.now)
    services.declare_recusal(
        reviewer=fresh, application=house.applications[0], kind=NO_CONFLICT, reason="", actor=fresh.user,
        now=house.now,
    )  # fmt: skip
    seal(Sheet.objects.get(reviewer=fresh), 50, house.now)
    assert Consolidation.objects.get().state == "open"


def test_a_substitute_who_is_recused_leaves_the_debt(house: House) -> None:
    panel, fresh = Panel.objects.get(), house.reviewer()
    services.seat_substitute(panel=panel, seat=services.Seat(fresh), actor=house.clerk, now=house.now)
    services.declare_recusal(
        reviewer=fresh, application=house.applications[0], kind="family", reason="亲属", actor=fresh.user,
        now=house.now,
    )  # fmt: skip
    assert Consolidation.objects.get().state == "waiting"
    assert duties_for(house.clerk).filter(kind="scoring.mend_panel").count() == 1
