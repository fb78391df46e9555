"""`manage sync_law`: the schemes of all editions known, as rows. Run after every migrate; twice has the effect of once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from awards.services import sync_law
from ground import clock


class Command(BaseCommand):
    help = "按随附的规则版本建立或更新奖项"

    def handle(self, *args: Any, **options: Any) -> None:
        touched = sync_law(now=clock.now())
        for scheme in touched:
            self.stdout.write(f"{scheme.code}\t{scheme.name}")
        self.stdout.write(f"已同步 {len(touched)} 个奖项" if touched else "奖项没有变化")
