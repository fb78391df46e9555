"""Show or move the portal's clock (demonstration and tests; refused in production)."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ground import clock
from ground.errors import Refused


class Command(BaseCommand):
    help = "Show the clock; --set 2026-10-08T09:00 moves it (Asia/Shanghai), --reset goes back to real time."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--set", dest="wall", type=_wall_time, metavar="TIME")
        choice.add_argument("--reset", action="store_true")

    def handle(self, *args: Any, wall: datetime | None, reset: bool, **options: Any) -> None:
        try:
            if wall is not None:
                clock.set_to(wall)
            elif reset:
                clock.reset()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        moment = clock.now()
        moved = "（已调整）" if clock.shift() else "（真实时间）"
        self.stdout.write(f"{moment:%Y-%m-%d %H:%M:%S}{moved}")


def _wall_time(text: str) -> datetime:
    return datetime.fromisoformat(text)
