"""At the end: what was published can be computed again from the export, and the ledger is whole."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from audit.services import seal_pending
from publicity.models import NoticeEntry
from tests.journeys.year import Year


def prove_result(year: Year, folder: Path) -> None:
    """`export_cycle`, then `recompute ranking` in a process of its own: the tiers are those published."""
    exported = folder / f"{year.scheme}.json"
    call_command("export_cycle", str(year.cycle.pk), "--out", str(exported))
    document = json.loads(exported.read_text(encoding="utf-8"))
    answer = subprocess.run(
        [sys.executable, "manage.py", "recompute", "ranking"],
        input=json.dumps(document["ranking_input"]),
        capture_output=True,
        text=True,
        check=True,
    )
    computed = {row["id"]: row["tier"] for row in json.loads(answer.stdout)["ranking"] if row["tier"]}
    entries = NoticeEntry.objects.filter(notice__cycle=year.cycle, notice__kind="publicity")
    published = {entry.application.number: entry.tier for entry in entries.select_related("application")}
    assert computed == published
    assert json.loads(answer.stdout) == year.cycle.ranking.result


def prove_ledger(year: Year) -> None:
    seal_pending(year.cast.now)
    told = StringIO()
    call_command("verify_ledger", stdout=told)
    supervisor = year.cast["supervisor"]
    supervisor.open("/accounts/ledger/")
