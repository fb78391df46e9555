"""What stands beside a percentage: its band, key factors, where it is found, what to verify on site, the hours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from applications.models import Evidence
from awards.law.editions import Edition
from ground.errors import Refused
from scoring import services
from scoring.models import Sheet, SheetItem
from scoring.queries import issues_to_verify
from scoring.queries.documents import sheet_digest_holds, sheet_document
from scoring.queries.score_forms import score_form
from scoring.rules.references import NotFound, checked, parse
from tests.scoring.builders import House, report, seal, seal_all, settle_all, sheets_of, sign


def save(
    sheet: Sheet, house: House, *, item: str = "4.1.2", revision: int | None = None, **values: Any
) -> SheetItem:
    return services.save_items(
        sheet=sheet, items={item: values}, actor=sheet.reviewer.user, now=house.now, revision=revision
    )[0]


def refusal(sheet: Sheet, house: House, **values: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        save(sheet, house, **values)
    return refused.value.faults[0].code, refused.value.faults[0].field


# ---- band and percentage


def test_a_percentage_lies_in_its_band(sheet: Sheet, house: House) -> None:
    assert (save(sheet, house, band=30).band, save(sheet, house, percent=45).percent) == (30, 45)
    assert refusal(sheet, house, band=30, percent=50) == ("percent_outside_band", "4.1.2")
    assert refusal(sheet, house, band=35) == ("band_off_scale", "band-4.1.2")
    row = save(sheet, house, percent=50)
    assert (row.band, row.percent) == (50, 50), "a percentage alone brings its band"
    row = save(sheet, house, band=70)
    assert (row.band, row.percent) == (70, None), "another band asks for the percentage anew"
    row = save(sheet, house, band=None, percent=5)
    assert (row.band, row.percent) == (0, 5)


def test_a_rubric_has_no_bands_and_a_visit_leaves_nothing_to_verify(sheet: Sheet) -> None:
    cycle = sheet.application.cycle
    presentation, site = score_form(cycle, "presentation"), score_form(cycle, "site")
    assert presentation.fields_of(presentation.lines[0]) == (
        "percent",
        "strengths",
        "opportunities",
        "evidence",
        "to_verify",
    )
    assert "to_verify" not in site.fields_of(site.lines[0])


def test_another_windows_band_is_not_overwritten(sheet: Sheet, house: House) -> None:
    save(sheet, house, percent=60)
    with pytest.raises(Refused) as refused:
        save(sheet, house, band=30, revision=0)
    assert {fault.field for fault in refused.value.faults} == {"band-4.1.2", "percent-4.1.2"}
    assert sheet.items.get().percent == 60


# ---- where it is found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("附件3；P5,第 7-9 页", "附件3；第5页；第7–9页"),
        ("4.2.3、自评4.1.2、自评 4.1.2", "自评4.2.3；自评4.1.2"),
        ("第9至7页\n附件 1", "第7–9页；附件1"),
        (" ； ", ""),
    ],
)
def test_places_have_one_form(typed: str, kept: str) -> None:
    assert "；".join(map(str, parse(typed))) == kept
    assert "；".join(map(str, parse(kept))) == kept


@pytest.mark.parametrize("typed", ["附件4", "第0页", "第10–12页", "自评9.9.9", "见附件", "=1+1"])
def test_a_place_that_is_not_in_the_file_is_refused(typed: str) -> None:
    with pytest.raises(NotFound):
        checked(typed, evidence=(1, 3), items=("4.1.2",), pages=11)


def test_a_piece_keeps_its_number_when_another_is_taken_away(sheet: Sheet, house: House) -> None:
    for name in ("甲", "乙"):
        Evidence.objects.create(
            application=sheet.application,
            condition="exports",
            file=report(house.clerk, house.now, name),
            name=f"{name}.pdf",
            uploaded_by=house.clerk,
            uploaded_at=house.now,
        )
    Evidence.objects.filter(name="甲.pdf").update(removed_at=house.now)
    assert save(sheet, house, evidence="附件 2, 自评 4.1.3").evidence == "附件2；自评4.1.3"
    assert refusal(sheet, house, evidence="附件1") == ("unknown_reference", "evidence-4.1.2")
    assert sheet.items.get().evidence == "附件2；自评4.1.3"


# ---- hours and the comment limits


def test_hours_are_what_the_reviewer_says(sheet: Sheet, house: House) -> None:
    for hours in (Decimal("3.5"), None):
        services.save_items(sheet=sheet, items={}, hours=hours, actor=sheet.reviewer.user, now=house.now)
        assert Sheet.objects.get(pk=sheet.pk).hours == hours
    with pytest.raises(Refused) as refused:
        services.save_items(
            sheet=sheet, items={}, hours=Decimal(201), actor=sheet.reviewer.user, now=house.now
        )
    assert (refused.value.code, refused.value.faults[0].field) == ("hours_off_scale", "hours")


def test_the_edition_says_from_where_a_comment_is_asked(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = Edition.value
    monkeypatch.setattr(
        Edition,
        "value",
        lambda self, key, on=None: (
            {"low": 10, "high": 95} if key == "comment_limits" else value(self, key, on)
        ),
    )
    form = score_form(sheet.application.cycle, "material")
    assert [form.asks_comment(percent) for percent in (10, 15, 90, 95)] == [True, False, False, True]


# ---- sealed


def test_the_seal_covers_all_of_it_and_earlier_seals_hold(sheet: Sheet, house: House) -> None:
    services.save_items(
        sheet=sheet,
        items={"4.1.2": {"key_factors": "出口为主", "evidence": "自评4.1.2", "to_verify": "看班组"}},
        hours=Decimal("2.5"),
        actor=sheet.reviewer.user,
        now=house.now,
    )
    seal(sheet, 55, house.now)
    sealed = Sheet.objects.get(pk=sheet.pk)
    rows = {row.item: row for row in sealed.items.all()}
    document = sheet_document(sealed, score_form(sealed.application.cycle, "material"), rows)
    assert document["hours"] == Decimal("2.5")
    assert document["items"][0] | {"points": 0, "strengths": "", "opportunities": ""} == {
        "item": "4.1.2",
        "percent": 55,
        "points": 0,
        "strengths": "",
        "opportunities": "",
        "band": 50,
        "key_factors": "出口为主",
        "evidence": "自评4.1.2",
        "to_verify": "看班组",
    }
    assert sheet_digest_holds(sealed)
    before = sheet_document(
        sealed,
        score_form(sealed.application.cycle, "material"),
        {code: SheetItem(item=code, percent=50) for code in rows},
    )
    assert set(before["items"][0]) == {"item", "percent", "points", "strengths", "opportunities"}
    fresh = services.reopen_sheet(sheet=sealed, reason="漏看附件", actor=house.head, now=house.now)
    assert (fresh.hours, fresh.items.get(item="4.1.2").to_verify) == (Decimal("2.5"), "看班组")


def test_what_to_verify_comes_out_with_the_signed_report(house: House) -> None:
    panel, application = house.panel(), house.applications[0]
    first, second, _ = sheets_of(panel, application)
    save(first, house, item="4.3.2", to_verify="核对投诉台账")
    save(second, house, item="4.1.2", to_verify="访谈高层")
    save(sheets_of(panel, house.applications[1])[0], house, to_verify="另一家")
    consolidation = seal_all(panel, application, [50, 55, 60], house.now)
    assert issues_to_verify(application) == (), "nothing before the panel has signed"
    settle_all(consolidation, 55, house.now)
    sign(consolidation, house.now)
    assert [(one.item, one.text, one.stage, one.reviewer) for one in issues_to_verify(application)] == [
        ("4.1.2", "访谈高层", "material", second.reviewer.user.name),
        ("4.3.2", "核对投诉台账", "material", first.reviewer.user.name),
    ]
