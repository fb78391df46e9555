"""On the visit each member says what has changed: since their own material sheet, or the consensus where it is shown."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from awards.law.editions import Edition
from ground.errors import Refused
from scoring import services
from scoring.models import Consolidation, Panel, Sheet
from scoring.queries.differences import compared
from scoring.queries.documents import sheet_digest_holds
from scoring.queries.earlier import earlier_of
from scoring.queries.score_forms import score_form
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, fill, seal, settle_all
from tests.scoring.devices import add, ask, sync
from tests.scoring.reviewing import MOST, Browser, queries, read, send, sheet_of, user
from tests.scoring.visiting import make_site, question, site_panel
from tests.scoring.workbooks import confirm, filled, taken, upload

FIELD = "difference-4.1.2"
WHY = "现场看到台账齐全"


@kept
def site(db: None, now: datetime) -> House:
    return make_site(now, 1)


@kept
def panel(site: House) -> Panel:
    """The second member scored 4.1.2 with 50 % in the material review, the others were not in it; consensus 20 %."""
    panel = site_panel(site)
    question(site, site.applications[0], "4.1.2", "看台账", percent=20)
    before = sheet_of(panel, 1, site.applications[0], "site").reviewer
    question(site, site.applications[0], "4.1.2", "看现场", percent=50, reviewer=before)
    return panel


@kept
def mine(site: House, panel: Panel) -> Sheet:
    return sheet_of(panel, 1, site.applications[0], "site")


@kept
def theirs(site: House, panel: Panel) -> Sheet:
    return sheet_of(panel, 2, site.applications[0], "site")


@pytest.fixture
def client(mine: Sheet, client_of: Browser) -> Client:
    return client_of(mine.reviewer.user)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition that shows the material consensus to those who visit."""
    named, value, has = "show_previous_consensus", Edition.value, Edition.has
    monkeypatch.setattr(Edition, "has", lambda self, key: key == named or has(self, key))
    monkeypatch.setattr(Edition, "value", lambda self, key, on=None: key == named or value(self, key, on))


def page_of(sheet: Sheet) -> str:
    return f"/scoring/sheets/{sheet.pk}/"


def refused(sheet: Sheet, now: datetime) -> set[tuple[str, str | None]]:
    with pytest.raises(Refused) as refusal:
        services.seal_sheet(sheet=sheet, actor=sheet.reviewer.user, now=now)
    return {(fault.code, fault.field) for fault in refusal.value.faults}


def test_who_leaves_their_own_score_says_why(site: House, mine: Sheet, client: Client) -> None:
    fill(mine, 60, site.now, i4_1_2=75)
    page = read(client, page_of(mine))
    assert "您本人的材料评审：<strong data-before>50%</strong>" in page
    assert "20%</strong>" not in page, "the consensus is kept back"
    assert 'data-limit="20"' in page
    assert page.count("data-differs") == 1
    assert refused(mine, site.now) == {("difference_unexplained", "4.1.2")}
    assert "与您本人的材料评审的 50% 相差超过 20 个百分点" in read(client, f"{page_of(mine)}seal/")
    mine.refresh_from_db()
    assert send(client, mine, FIELD, WHY, mine.revision)[0] == 200
    services.seal_sheet(sheet=mine, actor=mine.reviewer.user, now=site.now)
    assert sheet_digest_holds(Sheet.objects.get(pk=mine.pk))
    assert WHY in read(client, page_of(mine))
    assert queries(client, page_of(mine)) <= MOST


def test_the_limit_itself_asks_for_nothing(site: House, mine: Sheet) -> None:
    seal(mine, 60, site.now, i4_1_2=70)
    assert mine.state == "sealed"


def test_who_was_not_in_the_material_review_learns_nothing(
    site: House, theirs: Sheet, client_of: Browser
) -> None:
    """Asking would tell how far the material review was."""
    client = client_of(theirs.reviewer.user)
    page = read(client, page_of(theirs))
    assert f'name="{FIELD}"' not in page
    assert "data-before" not in page
    assert "data-differs" not in page
    device = add(theirs, site)
    kept = client.get(f"/scoring/devices/{device.pk}/sheets/{theirs.pk}/").json()
    assert kept["earlier"] == ""
    assert {line["before"] for group in kept["groups"] for line in group["lines"]} == {None}
    assert FIELD not in kept["values"]
    head = [cell.value for cell in load_workbook(BytesIO(taken(client, theirs)))["评分"][1]]
    assert not [words for words in head if "材料评审" in str(words)]
    seal(theirs, 95, site.now)
    assert theirs.state == "sealed"


def test_a_members_own_figures_are_shown_to_nobody_else(
    site: House, panel: Panel, mine: Sheet, client_of: Browser
) -> None:
    fill(mine, 60, site.now, i4_1_2=75)
    services.save_items(
        sheet=mine, items={"4.1.2": {"difference": WHY}}, actor=mine.reviewer.user, now=site.now
    )
    services.seal_sheet(sheet=mine, actor=mine.reviewer.user, now=site.now)
    for place in (0, 2):
        seal(sheet_of(panel, place, site.applications[0], "site"), 60, site.now)
    report = Consolidation.objects.get(application=site.applications[0], stage="site")
    for who in (user(panel, 0), user(panel, 2), make_user("supervisor")):
        page = read(client_of(who), page_of(mine))
        assert WHY in page
        assert "您本人的材料评审" not in page
        assert "data-before" not in page
    settle_all(report, 75, site.now, "现场为准")
    lead = client_of(user(panel, 0))
    differences = f"/scoring/consolidations/{report.pk}/differences/"
    assert f"{mine.reviewer.user.name}：{WHY}</textarea>" in read(lead, differences)
    rows = {row.line.code: row for row in compared(report, score_form(site.cycle, "site"))}
    assert rows["4.1.2"].said == ((mine.reviewer.user.name, WHY),)
    assert rows["4.1.3"].said == ()


def test_a_shown_consensus_goes_before_the_own_score(
    site: House, mine: Sheet, theirs: Sheet, client_of: Browser, shown: None
) -> None:
    for sheet in (mine, theirs):
        earlier = earlier_of(sheet)
        assert earlier is not None
        assert (earlier.own, set(earlier.percents.values()), len(earlier.percents)) == (False, {20}, 23)
    fill(theirs, 40, site.now, i4_1_2=75, i4_2_2=0)
    assert refused(theirs, site.now) == {("difference_unexplained", "4.1.2")}
    page = read(client_of(theirs.reviewer.user), page_of(theirs))
    assert page.count("材料评审合议：<strong data-before>20%</strong>") == 23


def test_an_own_sheet_that_does_not_count_any_more_is_no_measure(site: House, mine: Sheet) -> None:
    before = Sheet.objects.get(reviewer=mine.reviewer, stage="material")
    Sheet.objects.filter(pk=before.pk).update(state="void")
    assert earlier_of(mine) is None
    seal(mine, 95, site.now)
    assert mine.state == "sealed"


def test_the_workbook_asks_and_brings_the_reason_back(site: House, mine: Sheet, client: Client) -> None:
    content = taken(client, mine)
    page = load_workbook(BytesIO(content))["评分"]
    head = [cell.value for cell in page[1]]
    assert head[-2:] == ["与材料评审相比，变化的原因", "您本人的材料评审（%，对照用）"]
    assert [page.cell(row, len(head)).value for row in (2, 3)] == [50, None]
    assert page.cell(2, len(head)).protection.locked

    def change(book: object) -> None:
        book["评分"].cell(2, len(head) - 1).value = WHY  # type: ignore[index]
        book["评分"].cell(2, len(head)).value = 95  # type: ignore[index]

    preview = upload(client, mine, filled(content, change))
    assert [row["name"] for row in preview.context["rows"]] == [FIELD]
    assert confirm(client, mine, preview).status_code == 302
    assert mine.items.get().difference == WHY


def test_the_device_takes_the_own_score_along_and_brings_the_reason_back(
    site: House, mine: Sheet, client: Client
) -> None:
    device = add(mine, site)
    kept = client.get(f"/scoring/devices/{device.pk}/sheets/{mine.pk}/").json()
    lines = {line["code"]: line for group in kept["groups"] for line in group["lines"]}
    assert (kept["earlier"], kept["limit"], lines["4.1.2"]["before"]) == ("您本人的材料评审", 20, 50)
    assert "difference" in lines["4.1.2"]["fields"]
    assert lines["4.1.3"]["before"] is None
    assert sync(client, device, mine, changes={FIELD: WHY}, taken={})[0] == 200
    assert mine.items.get().difference == WHY
    assert ask(client, f"{device.pk}/contact/")[0] == 200


def test_the_reason_goes_into_the_exports(
    site: House, panel: Panel, mine: Sheet, client_of: Browser, tmp_path: Path
) -> None:
    fill(mine, 60, site.now)
    services.save_items(
        sheet=mine, items={"4.1.2": {"difference": WHY}}, actor=mine.reviewer.user, now=site.now
    )
    services.seal_sheet(sheet=mine, actor=mine.reviewer.user, now=site.now)
    for place in (0, 2):
        seal(sheet_of(panel, place, site.applications[0], "site"), 60, site.now)
    for sheet in Sheet.objects.filter(stage="presentation"):
        seal(sheet, 60, site.now)
    out = tmp_path / "cycle.json"
    call_command("export_cycle", str(site.cycle.pk), out=out)
    assert out.read_text().count(WHY) == 1
    answer = client_of(site.head).get(reverse("scoring:export_scores", args=[site.cycle.pk]))
    assert b"".join(answer.streaming_content).decode().count(WHY) == 1
