"""合议：差异过大的逐项说明；环节得分由版本规定的方法算出，报告签署后不变."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Consolidation, Panel
from scoring.queries.documents import consolidation_digest_holds
from scoring.queries.matrix import matrix_of
from scoring.queries.score_forms import score_form
from tests.kept import kept
from tests.scoring.builders import House, lead, seal, seal_all, settle_all, sheets_of, sign


@kept
def panel(house: House) -> Panel:
    return house.panel()


def settle(row: Consolidation, now: datetime, **items: tuple[int, str]) -> None:
    services.settle_items(
        consolidation=row,
        items={name.removeprefix("i").replace("_", "."): value for name, value in items.items()},
        actor=lead(row.panel),
        now=now,
    )


def test_the_matrix_shows_spread_mean_and_trimmed_mean(house: House, panel: Panel, now: datetime) -> None:
    for sheet, percent in zip(sheets_of(panel, house.applications[0]), (30, 50, 55), strict=True):
        seal(sheet, 50, now, i4_1_2=percent)
    row = Consolidation.objects.get(application=house.applications[0])
    matrix = matrix_of(row, score_form(house.cycle, "material"))
    first = matrix.rows[0]
    assert (first.percents, first.spread, first.trimmed) == ((30, 50, 55), 25, 50)
    assert first.mean == Decimal(135) / 3
    assert first.needs_note
    assert not matrix.rows[1].needs_note
    assert matrix.wide == 1
    assert matrix.totals == [Decimal("490.00"), Decimal("500.00"), Decimal("502.50")]
    assert matrix.trimmed == Decimal("500.00")


@pytest.mark.parametrize(("highest", "asked"), [(70, False), (75, True)])
def test_a_note_is_asked_for_beyond_20_points_only(
    house: House, panel: Panel, now: datetime, highest: int, asked: bool
) -> None:
    for sheet, percent in zip(sheets_of(panel, house.applications[0]), (50, 60, highest), strict=True):
        seal(sheet, 50, now, i4_1_2=percent)
    row = Consolidation.objects.get(application=house.applications[0])
    if not asked:
        settle(row, now, i4_1_2=(60, ""))
        return
    with pytest.raises(Refused) as refused:
        settle(row, now, i4_1_2=(60, " "), i4_1_3=(50, ""))
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("note_missing", "4.1.2")]
    assert not row.items.exists()
    settle(row, now, i4_1_2=(60, "现场以董事会纪要为准"), i4_1_3=(50, ""))
    assert row.items.count() == 2


def test_settled_percentages_lie_on_the_scale(house: House, panel: Panel, now: datetime) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    with pytest.raises(Refused) as refused:
        settle(row, now, i4_1_2=(52, ""), i9_9_9=(50, ""))
    assert refused.value.codes == ("percent_off_scale", "unknown_item")


def test_the_report_needs_every_item_and_every_text(house: House, panel: Panel, now: datetime) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle(row, now, i4_1_2=(50, ""))
    with pytest.raises(Refused) as refused:
        services.sign_consolidation(
            consolidation=row, strengths="", opportunities=" ", conclusion="", actor=lead(panel), now=now
        )
    codes = refused.value.codes
    assert codes.count("item_unsettled") == 22
    assert codes[-3:] == ("strengths_missing", "opportunities_missing", "conclusion_missing")
    row.refresh_from_db()
    assert (row.state, row.score) == ("open", None)


def test_the_stage_score_is_the_consensus_exact_to_two_decimals(
    house: House, panel: Panel, now: datetime
) -> None:
    row = seal_all(panel, house.applications[0], [40, 50, 60], now)
    settle_all(row, 55, now)
    settle(row, now, i4_4_5=(5, ""), i4_4_6=(5, ""))
    sign(row, now)
    assert row.state == "signed"
    assert (row.score, row.method) == (Decimal("537.50"), "consensus")
    assert row.signed_by == lead(panel)
    assert consolidation_digest_holds(Consolidation.objects.get(pk=row.pk))
    assert not duties_for(lead(panel)).filter(kind="scoring.settle").exists()


def test_the_panel_is_finished_with_its_last_report(house: House, panel: Panel, now: datetime) -> None:
    for place, application in enumerate(house.applications):
        row = seal_all(panel, application, [50, 50, 50], now)
        settle_all(row, 50, now)
        sign(row, now)
        panel.refresh_from_db()
        assert panel.state == ("finished" if place else "working")


def test_a_withdrawn_application_does_not_keep_a_panel_at_work(
    house: House, panel: Panel, now: datetime
) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    house.applications[1].state = "withdrawn"
    house.applications[1].save()
    settle_all(row, 50, now)
    sign(row, now)
    panel.refresh_from_db()
    assert panel.state == "finished"


def test_only_the_lead_settles_and_signs(house: House, panel: Panel, now: datetime) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    other = panel.members.filter(lead=False).first().reviewer.user
    for actor in (other, house.head):
        with pytest.raises(PermissionDenied):
            services.settle_items(consolidation=row, items={"4.1.2": (50, "")}, actor=actor, now=now)
        with pytest.raises(PermissionDenied):
            services.sign_consolidation(
                consolidation=row, strengths="a", opportunities="b", conclusion="c", actor=actor, now=now
            )


def test_nothing_is_settled_before_all_is_sealed(house: House, panel: Panel, now: datetime) -> None:
    seal(sheets_of(panel, house.applications[0])[0], 50, now)
    row = Consolidation.objects.get(application=house.applications[0])
    with pytest.raises(Refused) as refused:
        settle(row, now, i4_1_2=(50, ""))
    assert refused.value.code == "not_open"


def test_after_the_signature_no_sheet_goes_back(house: House, panel: Panel, now: datetime) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(row, 50, now)
    sign(row, now)
    with pytest.raises(Refused) as refused:
        services.reopen_sheet(
            sheet=sheets_of(panel, house.applications[0])[0], reason="漏看", actor=house.head, now=now
        )
    assert refused.value.code == "consolidating"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scoring_consolidation SET score = 999 WHERE id = %s",
        "UPDATE scoring_consolidation SET state = 'open' WHERE id = %s",
        "DELETE FROM scoring_consolidation WHERE id = %s",
        "UPDATE scoring_consolidateditem SET percent = 95 WHERE consolidation_id = %s",
        "DELETE FROM scoring_consolidateditem WHERE consolidation_id = %s",
        "INSERT INTO scoring_consolidateditem (consolidation_id, item, percent, note) VALUES (%s, 'x', 5, '')",
    ],
)
def test_the_database_refuses_to_touch_a_signed_report(
    house: House, panel: Panel, now: datetime, statement: str
) -> None:
    row = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(row, 50, now)
    sign(row, now)
    with pytest.raises(IntegrityError, match="signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [row.pk])
    assert consolidation_digest_holds(Consolidation.objects.get(pk=row.pk))
