"""`load_demo --once`: the demo's accounts and cycles, made through the portal's own services, in one transaction."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.models import User
from demo.roster import PASSWORD
from demo.story import tell
from ground import clock


class Command(BaseCommand):
    help = "Load the demo's accounts and cycles, unless they are there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="say nothing but the accounts if it is loaded already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not User.objects.filter(is_demo=True).exists():
            with transaction.atomic():
                tell(clock.now())
        elif not options["once"]:
            self.stderr.write("The demo data is loaded already.")
        self.stdout.write(f"演示账号（密码均为 {PASSWORD}）：")
        for user in User.objects.filter(is_demo=True).order_by("pk").prefetch_related("role_grants"):
            self.stdout.write(f"  {user.username:<18} {user.name}（{user.role_line}）")
