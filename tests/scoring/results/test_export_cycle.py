"""`export_cycle`：结果所依据的一切写成一份文件，其 ranking_input 可以交给 `recompute ranking` 复核."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from awards.models import Cycle
from rewards.recompute import compute, parse_json
from scoring import services
from scoring.models import Sheet, SheetItem
from scoring.queries.export import cycle_document
from scoring.queries.score_forms import score_form
from scoring.services import register_reviewer
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, agree_all, seal_all, settle_all, sign_as_lead
from tests.scoring.results.builders import Year, make_year


def export(cycle: Cycle, folder: Path) -> Any:
    target = folder / "证据.json"
    call_command("export_cycle", str(cycle.pk), "--out", str(target), verbosity=0)
    return json.loads(target.read_text(encoding="utf-8"))


def sheet_of(year: Year, name: str, percent: int, **fields: Any) -> Sheet:
    """A sheet with its items; sealed last, as the database allows no other order."""
    application = year.files[name]
    reviewer = register_reviewer(
        user=make_user(name="李评审"),
        kind="reviewer",
        employer="苏州质量协会",
        employer_uscc="",
        industries="C",
        qualification="",
        actor=year.clerk,
        now=year.now,
    )
    sheet = Sheet.objects.create(
        application=application,
        panel=application.consolidations.get(stage="material").panel,
        reviewer=reviewer,
        stage="material",
        opened_at=year.now,
    )
    SheetItem.objects.bulk_create(
        SheetItem(sheet=sheet, item=code, percent=percent, strengths="只给评定办看的话")
        for code in score_form(year.cycle, "material").codes
    )
    Sheet.objects.filter(pk=sheet.pk).update(**fields)
    return sheet


@kept
def finished(year: Year) -> Year:
    year.enter("甲", material="612.50", presentation=640, site="655.25")
    year.enter("乙", 650)
    year.enter("丙", 650)
    year.enter("丁", 450)
    year.won("甲", date(2020, 11, 20))
    sheet_of(
        year,
        "甲",
        60,
        state="sealed",
        sealed_at=year.now,
        total=Decimal("600.00"),
        digest="a" * 64,
        version=2,
    )
    sheet_of(year, "甲", 50, state="superseded", sealed_at=year.now, total=Decimal("500.00"), digest="b" * 64)
    sheet_of(year, "乙", 70)
    year.freeze()
    meeting = year.call()
    year.award(meeting, 甲="quality", 乙="quality")
    year.vote(meeting, "丙", "for", "against", "recused")
    year.resolve(meeting, "丙", "", outcome="defer", reason="并列待查")
    year.close(meeting)
    year.approve()
    return year


def test_anybody_gets_the_same_ranking_from_it(finished: Year, tmp_path: Path) -> None:
    document = export(finished.cycle, tmp_path)
    assert compute("ranking", document["ranking_input"]) == document["ranking_result"]
    assert document["ranking_result"] == finished.cycle.ranking.result
    assert document["ranking_digest"] == finished.cycle.ranking.digest
    text = (tmp_path / "证据.json").read_text(encoding="utf-8")
    assert compute("ranking", parse_json(text)["ranking_input"]) == document["ranking_result"]
    assert "甲" in text


def test_a_changed_score_gives_another_result(finished: Year, tmp_path: Path) -> None:
    document = export(finished.cycle, tmp_path)
    document["ranking_input"]["candidates"][0]["site"] = "655.26"
    assert compute("ranking", document["ranking_input"]) != document["ranking_result"]


def test_it_holds_what_the_result_rests_on(finished: Year, tmp_path: Path) -> None:
    document = export(finished.cycle, tmp_path)
    assert set(document) == {
        "format", "cycle", "edition", "criteria", "ledger_head", "applications", "sheets", "reports", "shortlist",
        "ranking_input", "ranking_result", "ranking_digest", "resolutions", "approvals",
    }  # fmt: skip
    assert document["cycle"] == {
        "id": finished.cycle.pk,
        "scheme": "park",
        "year": 2026,
        "state": "approved",
    }
    assert document["edition"]["digest"] == finished.cycle.edition_record.digest
    assert document["edition"]["content"]["code"] == "park-2023"
    assert document["criteria"]["digest"] == finished.cycle.criteria_digest
    assert [row["organisation"] for row in document["applications"]] == list("甲乙丙丁")
    assert len(document["reports"]) == 12
    assert {row["score"] for row in document["reports"] if row["stage"] == "site"} == {
        "655.25", "650.00", "450.00",
    }  # fmt: skip


def test_sealed_sheets_and_their_earlier_versions_but_no_drafts(finished: Year, tmp_path: Path) -> None:
    sheets = export(finished.cycle, tmp_path)["sheets"]
    found = {(sheet["application"], sheet["version"], sheet["state"], sheet["total"]) for sheet in sheets}
    number = finished.files["甲"].number
    assert found == {(number, 2, "sealed", "600.00"), (number, 1, "superseded", "500.00")}
    assert {item["percent"] for sheet in sheets for item in sheet["items"]} == {50, 60}


def test_decisions_with_their_counts_of_votes(finished: Year, tmp_path: Path) -> None:
    document = export(finished.cycle, tmp_path)
    found = {row["application"]: row for row in document["resolutions"]}
    repeat, deferred = found[finished.files["甲"].number], found[finished.files["丙"].number]
    assert (repeat["tier"], repeat["basis"], repeat["prize"]) == ("quality", "repeat", 0)
    assert (deferred["outcome"], deferred["tier"], deferred["basis"]) == ("defer", None, None)
    assert deferred["votes"] == {"for": 1, "against": 1, "abstained": 0, "recused": 1}
    (approval,) = document["approvals"]
    assert approval["number"] == "苏园管〔2026〕5号"
    assert [line["organisation"] for line in approval["list"]] == ["乙", "甲"]


def test_nothing_of_another_cycle(finished: Year, tmp_path: Path) -> None:
    other = make_year(finished.now, scheme="city")
    other.enter("外省集团", 700)
    sheet_of(other, "外省集团", 80, state="sealed", sealed_at=other.now, total=1, digest="c" * 64)
    other.decided(外省集团="quality")
    before = export(finished.cycle, tmp_path)
    assert "外省集团" not in json.dumps(before, ensure_ascii=False)
    assert [row["organisation"] for row in export(other.cycle, tmp_path)["applications"]] == ["外省集团"]


def test_before_the_ranking_there_is_none(year: Year, tmp_path: Path) -> None:
    year.enter("甲")
    document = export(year.cycle, tmp_path)
    assert (document["ranking_input"], document["ranking_result"], document["shortlist"]) == (None,) * 3
    assert document["resolutions"] == document["approvals"] == []


def test_no_such_cycle_and_no_such_folder(year: Year, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no cycle 0"):
        call_command("export_cycle", "0", "--out", str(tmp_path / "x.json"))
    assert not (tmp_path / "x.json").exists()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_cycle", str(year.cycle.pk), "--out", str(tmp_path / "none" / "x.json"))


def test_what_the_members_said_and_signed_is_in_it(house: House, tmp_path: Path) -> None:
    panel = house.panel()
    first = house.applications[0]
    report = seal_all(panel, first, [30, 60, 90], house.now)
    settle_all(report, 60, house.now, note="看了三年数据")
    lead, expert, third = (
        seat.reviewer for seat in panel.members.select_related("reviewer__user").order_by("id")
    )
    code = score_form(house.cycle, "material").codes[0]
    agree_all(report, house.now)
    services.give_consent(
        consolidation=report, answers={code: (False, "数据不全")}, actor=third.user, now=house.now
    )
    sign_as_lead(report, house.now)
    services.countersign(
        consolidation=report, digest=report.digest, remark="保留意见", actor=expert.user, now=house.now
    )
    services.record_absence(
        consolidation=report, reviewer=third, reason="住院", actor=house.head, now=house.now
    )
    report.refresh_from_db()
    assert report.state == "signed"
    (found,) = export(house.cycle, tmp_path)["reports"]
    sealed = Sheet.objects.filter(application=first, state="sealed")
    assert found["sheets"] == {row.reviewer.user.username: row.digest for row in sealed}
    assert found["signed_by"] == lead.user.username
    dissents = [row for row in found["opinions"] if not row["agrees"]]
    assert [(row["item"], row["reviewer"], row["percent"], row["reason"]) for row in dissents] == [
        (code, third.user.username, 60, "数据不全")
    ]
    assert len(found["opinions"]) > 23
    assert [(row["reviewer"], row["digest"], row["remark"]) for row in found["countersignatures"]] == [
        (expert.user.username, found["digest"], "保留意见")
    ]
    assert [(row["reviewer"], row["reason"], row["recorded_by"]) for row in found["absences"]] == [
        (third.user.username, "住院", house.head.username)
    ]


def test_sheets_and_reports_are_never_held_at_once(
    finished: Year, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    document = cycle_document(finished.cycle)
    assert isinstance(document["sheets"], Iterator)
    assert isinstance(document["reports"], Iterator)
    with django_assert_max_num_queries(30):
        export(finished.cycle, tmp_path)
