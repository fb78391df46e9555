"""A presentation's scores are sealed within its day; what comes later still counts, and says so wherever it is read."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import reverse

from awards.law import editions
from awards.law.editions import Edition
from ground.clock import SHANGHAI
from scoring.models import Consolidation, Panel, Sheet
from scoring.queries.presentation import sealed_late
from tests.kept import kept
from tests.scoring.builders import House, fill, seal, settle_all, sign
from tests.scoring.reviewing import MOST, Browser, queries, read, sheet_of, user
from tests.scoring.visiting import DAY, drawn, make_site, site_panel

NIGHT = datetime.combine(DAY, time(23, 59, 40), SHANGHAI)
MARK = "逾期封存"


@kept
def site(db: None, now: datetime) -> House:
    return make_site(now, 1)


@kept
def panel(site: House) -> Panel:
    panel = site_panel(site)
    drawn(site, panel)
    return panel


def heard(panel: Panel, place: int) -> Sheet:
    return sheet_of(panel, place, panel.applications.get(), "presentation")


@kept
def report(panel: Panel) -> Consolidation:
    """Two sheets sealed on the day itself, the third half a minute after midnight."""
    for place, at in enumerate((NIGHT, NIGHT, NIGHT + timedelta(seconds=50))):
        seal(heard(panel, place), 60, at)
    return Consolidation.objects.get(panel=panel, stage="presentation")


def test_the_editions_say_so() -> None:
    for code in ("park-2023", "city-2016", "province-2016"):
        assert editions.get(code).value("presentation_sealed_late") == "accepted_marked"


def test_who_seals_late_is_told_before_and_after(site: House, panel: Panel, client_of: Browser) -> None:
    sheet = heard(panel, 2)
    fill(sheet, 60, site.now)
    client = client_of(sheet.reviewer.user)
    page = reverse("scoring:seal_sheet", args=[sheet.pk])
    assert MARK not in read(client, page)
    seal(sheet, 60, NIGHT + timedelta(minutes=1))
    assert MARK in read(client, page)
    assert queries(client, page) <= MOST
    prompt = heard(panel, 1)
    seal(prompt, 60, NIGHT)
    assert MARK not in read(client_of(prompt.reviewer.user), reverse("scoring:seal_sheet", args=[prompt.pk]))


def test_a_late_sheet_is_marked_in_matrix_report_and_exports(
    site: House, panel: Panel, report: Consolidation, client_of: Browser, tmp_path: Path
) -> None:
    late = heard(panel, 2)
    lead = client_of(user(panel, 0))
    page = read(lead, report.get_absolute_url())
    assert f'{late.reviewer}</a> 600.00 <span class="badge warn">{MARK}' in page
    assert page.count(MARK) == 2, "once in the line of totals, once over its column"
    settle_all(report, 60, NIGHT)
    sign(report, NIGHT)
    address = reverse("scoring:report", args=[report.pk])
    assert read(lead, address).count(MARK) == 1
    assert queries(lead, address) <= MOST
    printed = render_to_string(
        "documents/panel_report.html", lead.get(address).context[0].flatten() | {"made_at": NIGHT}
    )
    assert printed.count(MARK) == 1
    out = tmp_path / "cycle.json"
    call_command("export_cycle", str(site.cycle.pk), out=out)
    marked = [one["reviewer"] for one in json.loads(out.read_text())["sheets"] if one.get("sealed_late")]
    assert marked == [late.reviewer.user.username]
    for place in range(3):
        seal(sheet_of(panel, place, panel.applications.get(), "site"), 60, NIGHT)
    answer = client_of(site.head).get(reverse("scoring:export_scores", args=[site.cycle.pk]))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert {late.reviewer.user.name in line for line in lines if line.endswith("是")} == {True}
    assert sum(line.endswith("是") for line in lines) == late.items.count()


def test_an_edition_that_does_not_ask_for_the_day_marks_nothing(
    site: House, report: Consolidation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = list(Sheet.objects.filter(stage="presentation"))
    assert sealed_late(site.cycle, sheets) == {sheets[-1].pk}
    has = Edition.has
    monkeypatch.setattr(
        Edition, "has", lambda self, key: key != "presentation_sealed_same_day" and has(self, key)
    )
    assert sealed_late(site.cycle, sheets) == frozenset()
