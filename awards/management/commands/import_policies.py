"""`manage import_policies FILE…`: texts of policy documents from the operator's own files into the library."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from awards.models import PolicyDocument
from awards.services import PolicySource, import_policy
from ground import clock
from ground.errors import Refused

WORDS = {"new": "新导入", "changed": "已更新", "same": "没有变化"}


class Command(BaseCommand):
    help = "导入政策文件（UTF-8 文本；首行为【级别】标题，其后为正文；文件名即网页地址）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--level", choices=PolicyDocument.Level.values, default="", help="首行没有级别时指明"
        )
        parser.add_argument("--title", default="", help="首行不是标题时指明（只用于一个文件）")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="施行日期，如 2023-11-01")
        parser.add_argument("--until", dest="last", type=date.fromisoformat, help="有效期至，如 2028-10-31")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import every file that can be; name every one that can't, and then fail (exit 1)."""
        files: list[Path] = options["files"]
        if len(files) > 1 and (options["title"] or options["first"] or options["last"]):
            raise CommandError("--title、--from、--until 一次只能用于一个文件。")
        failed = 0
        for path in files:
            try:
                source = PolicySource(
                    slug=path.stem.lower().replace("_", "-"),
                    text=path.read_text(encoding="utf-8-sig"),
                    title=options["title"],
                    level=options["level"],
                    in_force_from=options["first"],
                    in_force_until=options["last"],
                )
                document, outcome = import_policy(source=source, now=clock.now())
            except (OSError, UnicodeDecodeError) as error:
                self.stderr.write(f"{path}: 读不出来：{error}")
                failed += 1
            except Refused as refusal:
                self.stderr.write(f"{path}: {refusal}")
                failed += 1
            else:
                self.stdout.write(f"{WORDS[outcome]}\t/policies/{document.slug}/\t{document.title}")
        if failed:
            raise CommandError(f"{failed} 个文件没有导入。")
