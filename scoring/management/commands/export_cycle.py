"""`export_cycle CYCLE_ID --out FILE`: everything the result rests on, for auditors (contracts.md 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from awards.models import Cycle
from scoring.queries.export import cycle_document


def _written(document: Mapping[str, Any]) -> Iterator[str]:
    """The document as JSON, piece by piece; a value that is an iterator becomes an array without being held."""
    yield "{"
    for number, (key, value) in enumerate(document.items()):
        yield f"{',' if number else ''}\n {json.dumps(key)}: "
        if not isinstance(value, Iterator):
            yield _json(value)
            continue
        yield "["
        for place, row in enumerate(value):
            yield f"{',' if place else ''}\n{_json(row)}"
        yield "]"
    yield "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


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
        try:
            with options["out"].open("w", encoding="utf-8") as file:
                for piece in _written(cycle_document(cycle)):
                    file.write(piece)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{cycle}: {options['out']}")
