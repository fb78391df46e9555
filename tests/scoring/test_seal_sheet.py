"""评分表：逐项评分，封存后谁也改不了，数据库也不行."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Consolidation, Sheet, SheetItem
from scoring.queries.documents import sheet_digest_holds
from scoring.queries.score_forms import score_form
from tests.factories import make_user
from tests.scoring.builders import House, fill, lead, pledge, seal, sheets_of


def save(
    sheet: Sheet, house: House, percent: int | None = 50, item: str = "4.4.5", **texts: str
) -> SheetItem:
    return services.save_item(
        sheet=sheet,
        item=item,
        percent=percent,
        strengths=texts.get("strengths", ""),
        opportunities=texts.get("opportunities", ""),
        actor=sheet.reviewer.user,
        now=house.now,
    )


def test_the_form_has_23_items_of_1000_points(sheet: Sheet) -> None:
    form = score_form(sheet.application.cycle, "material")
    assert len(form.lines) == 23
    assert sum(line.points for line in form.lines) == 1000
    assert form.percents == tuple(range(0, 101, 5))
    assert (form.low, form.high) == (25, 85)


def test_the_presentation_has_the_editions_rubric(sheet: Sheet) -> None:
    form = score_form(sheet.application.cycle, "presentation")
    assert [line.points for line in form.lines] == [300, 300, 300, 100]
    assert form.points_of({"strategy": 55, "delivery": 5}) == Decimal("170")


def test_points_are_exact(sheet: Sheet, house: House) -> None:
    form = score_form(sheet.application.cycle, "material")
    assert form.points_of({"4.4.5": 5}) == Decimal("0.75")
    assert form.points_of({"4.4.5": 5, "4.4.6": 5, "4.1.2": 45}) == Decimal("23.75")


@pytest.mark.parametrize("percent", [3, 51, 105, -5])
def test_percentages_lie_on_the_scale(sheet: Sheet, house: House, percent: int) -> None:
    with pytest.raises(Refused) as refused:
        save(sheet, house, percent)
    assert refused.value.codes == ("percent_off_scale",)
    assert not sheet.items.exists()


def test_an_item_that_the_criteria_do_not_know(sheet: Sheet, house: House) -> None:
    with pytest.raises(Refused) as refused:
        save(sheet, house, item="4.1.1")
    assert refused.value.codes == ("unknown_item",)


def test_an_item_may_be_left_open_and_saved_again(sheet: Sheet, house: House) -> None:
    save(sheet, house, None, strengths="先记一笔")
    save(sheet, house, 60, strengths="先记一笔")
    assert [(row.item, row.percent, row.strengths) for row in sheet.items.all()] == [
        ("4.4.5", 60, "先记一笔")
    ]
    sheet.refresh_from_db()
    assert (sheet.revision, sheet.saved_at) == (2, house.now)


def test_only_the_reviewer_writes_on_the_sheet(sheet: Sheet, house: House) -> None:
    colleague = sheets_of(sheet.panel, sheet.application)[1].reviewer.user
    for other in (colleague, house.head, make_user("supervisor"), make_user("reviewer")):
        with pytest.raises(PermissionDenied):
            services.save_item(
                sheet=sheet,
                item="4.1.2",
                percent=50,
                strengths="",
                opportunities="",
                actor=other,
                now=house.now,
            )
        with pytest.raises(PermissionDenied):
            services.seal_sheet(sheet=sheet, actor=other, now=house.now)


def test_nothing_is_saved_before_the_declaration(house: House) -> None:
    panel = house.form(house.bench())
    services.start_panel(panel=panel, actor=house.clerk, now=house.now)
    sheet = sheets_of(panel, house.applications[0])[0]
    pledge(sheet.reviewer, house.cycle, house.now)
    with pytest.raises(Refused) as refused:
        save(sheet, house)
    assert refused.value.code == "declaration_missing"


def test_every_missing_item_and_comment_is_named(sheet: Sheet, house: House) -> None:
    for line in score_form(sheet.application.cycle, "material").lines[2:]:
        save(sheet, house, 50, item=line.code)
    save(sheet, house, 25, item="4.1.4")
    save(sheet, house, 85, item="4.2.2")
    save(sheet, house, 30, item="4.2.3")
    save(sheet, house, 80, item="4.3.2")
    with pytest.raises(Refused) as refused:
        services.seal_sheet(sheet=sheet, actor=sheet.reviewer.user, now=house.now)
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [
        ("item_unscored", "4.1.2"),
        ("item_unscored", "4.1.3"),
        ("comment_missing", "4.1.4"),
        ("comment_missing", "4.2.2"),
    ]
    save(sheet, house, 60, item="4.1.2")
    save(sheet, house, 60, item="4.1.3")
    save(sheet, house, 25, item="4.1.4", opportunities="没有公益计划")
    save(sheet, house, 85, item="4.2.2", strengths="战略研讨成制度")
    services.seal_sheet(sheet=sheet, actor=sheet.reviewer.user, now=house.now)
    assert sheet.state == "sealed"


def test_sealing_fixes_total_digest_and_time(sheet: Sheet, house: House) -> None:
    later = house.now + timedelta(days=2)
    fill(sheet, 55, house.now, i4_4_5=5, i4_4_6=5)
    services.seal_sheet(sheet=sheet, actor=sheet.reviewer.user, now=later)
    assert sheet.total == Decimal("550") - Decimal("12.50")
    assert sheet.sealed_at == later
    assert len(sheet.digest) == 64
    assert sheet_digest_holds(Sheet.objects.get(pk=sheet.pk))
    assert not duties_for(sheet.reviewer.user).filter(kind="scoring.score", subject_id=str(sheet.pk)).exists()


def test_the_ledger_has_the_digest_but_no_score(sheet: Sheet, house: House) -> None:
    seal(sheet, 55, house.now)
    entry = Entry.objects.get(action="sheet.seal", subject_id=str(sheet.pk))
    assert entry.content["details"]["digest"] == sheet.digest
    assert "550" not in entry.payload
    assert entry.article == "第十五条"


def test_a_sealed_sheet_refuses_every_service(sheet: Sheet, house: House) -> None:
    seal(sheet, 55, house.now)
    user = sheet.reviewer.user
    for attempt in (
        lambda: save(sheet, house, 90, strengths="x"),
        lambda: services.save_overall(sheet=sheet, text="x", actor=user, now=house.now),
        lambda: services.seal_sheet(sheet=sheet, actor=user, now=house.now),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "sheet_sealed"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scoring_sheetitem SET percent = 95 WHERE sheet_id = %s",
        "UPDATE scoring_sheetitem SET sheet_id = (SELECT min(id) FROM scoring_sheet WHERE id <> %s)",
        "DELETE FROM scoring_sheetitem WHERE sheet_id = %s",
        "INSERT INTO scoring_sheetitem (sheet_id, item, percent, strengths, opportunities) VALUES (%s, 'x', 5, '', '')",
        "UPDATE scoring_sheet SET total = 999 WHERE id = %s",
        "UPDATE scoring_sheet SET overall = 'x' WHERE id = %s",
        "UPDATE scoring_sheet SET reviewer_id = reviewer_id + 1 WHERE id = %s",
        "UPDATE scoring_sheet SET state = 'draft' WHERE id = %s",
        "DELETE FROM scoring_sheet WHERE id = %s",
    ],
)
def test_the_database_refuses_to_touch_a_sealed_sheet(sheet: Sheet, house: House, statement: str) -> None:
    seal(sheet, 55, house.now)
    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [sheet.pk])
    assert sheet_digest_holds(Sheet.objects.get(pk=sheet.pk))


def test_an_open_sheet_is_left_alone_by_the_database(sheet: Sheet, house: House) -> None:
    fill(sheet, 55, house.now)
    assert SheetItem.objects.filter(sheet=sheet).update(percent=60) == 23


def test_the_last_seal_opens_the_consensus(house: House) -> None:
    panel = house.panel()
    first, second, third = sheets_of(panel, house.applications[0])
    row = Consolidation.objects.get(application=house.applications[0])
    for sheet in (first, second):
        seal(sheet, 50, house.now)
        row.refresh_from_db()
        assert row.state == "waiting"
    seal(third, 50, house.now)
    row.refresh_from_db()
    assert row.state == "open"
    assert "scoring.settle" in duties_for(lead(panel)).values_list("kind", flat=True)
    assert Consolidation.objects.get(application=house.applications[1]).state == "waiting"


def test_the_head_sends_a_sheet_back_and_the_old_one_stays(house: House, now: datetime) -> None:
    panel = house.panel()
    row = Consolidation.objects.get(application=house.applications[0])
    one, old, last = sheets_of(panel, house.applications[0])
    seal(one, 50, now)
    seal(old, 55, now)
    with pytest.raises(Refused) as refused:
        services.reopen_sheet(sheet=old, reason=" ", actor=house.head, now=now)
    assert refused.value.code == "reason_missing"
    with pytest.raises(PermissionDenied):
        services.reopen_sheet(sheet=old, reason="漏看附件", actor=house.clerk, now=now)
    fresh = services.reopen_sheet(sheet=old, reason="漏看附件", actor=house.head, now=now)
    old.refresh_from_db()
    row.refresh_from_db()
    assert (old.state, old.total, old.items.count()) == ("superseded", Decimal("550.00"), 23)
    assert sheet_digest_holds(Sheet.objects.get(pk=old.pk))
    assert (fresh.version, fresh.state, fresh.total) == (2, "draft", None)
    assert set(fresh.items.values_list("percent", flat=True)) == {55}
    assert row.state == "waiting"
    assert duties_for(old.reviewer.user).filter(kind="scoring.score", subject_id=str(fresh.pk)).exists()
    seal(last, 60, now)
    row.refresh_from_db()
    assert row.state == "waiting"
    seal(fresh, 65, now)
    row.refresh_from_db()
    assert row.state == "open"


def test_a_sheet_once_replaced_does_not_come_back(sheet: Sheet, house: House) -> None:
    seal(sheet, 55, house.now)
    services.reopen_sheet(sheet=sheet, reason="漏看附件", actor=house.head, now=house.now)
    with pytest.raises(Refused) as refused:
        services.reopen_sheet(sheet=sheet, reason="再退一次", actor=house.head, now=house.now)
    assert refused.value.code == "wrong_state"


def test_no_scores_for_an_application_that_is_gone(sheet: Sheet, house: House) -> None:
    sheet.application.state = "withdrawn"
    sheet.application.save()
    with pytest.raises(Refused) as refused:
        save(sheet, house)
    assert refused.value.code == "application_closed"
