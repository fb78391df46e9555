"""`export_cycle CYCLE_ID --out FILE`: everything the result rests on, for auditors (contracts.md 3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from awards.models import Cycle
from scoring.queries.export import cycle_document


class Command(BaseCommand):
    help = "Write everything a cycle's result rests on as one JSON document."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle_id", type=int)
        parser.add_argument("--out", required=True, type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        cycle = (
            Cycle.objects.select_related("scheme", "edition_record").filter(pk=options["cycle_id"]).first()
        )
        if cycle is None:
            raise CommandError(f"There is no cycle {options['cycle_id']}.")
        document = json.dumps(cycle_document(cycle), ensure_ascii=False, indent=1, default=str)
        try:
            options["out"].write_text(document + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{cycle}: {options['out']}")
