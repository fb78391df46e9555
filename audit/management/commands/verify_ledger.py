"""Check the whole ledger: exit 0 and its head when it holds, exit 1 and the first broken entry otherwise."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.verification import Report, verify


class Command(BaseCommand):
    help = (
        "Walk the audit chain. Exit 0 and the head when it is whole, 1 and the first broken entry otherwise."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--head", action="append", default=[], metavar="DIGEST",
            help="a head printed on a notice that must be part of the chain (may be repeated)",
        )  # fmt: skip

    def handle(self, *args: Any, head: list[str], **options: Any) -> None:
        report = verify(expected_heads=head)
        self.stdout.write(_as_json(report) if options["json"] else _in_words(report))
        if report.broken:
            sys.exit(1)


def _as_json(report: Report) -> str:
    broken = report.broken
    return json.dumps(
        {
            "ok": broken is None,
            "head": None if broken else report.head,
            "entries": report.entries,
            "batches": report.batches,
            "pending": report.pending,
            "broken": broken
            and {
                "sequence": broken.sequence,
                "entry": broken.entry,
                "problem": broken.problem,
                "message": broken.message,
            },
        },
        ensure_ascii=False,
    )


def _in_words(report: Report) -> str:
    if report.broken:
        return f"台账在第 {report.broken.sequence} 条断开：{report.broken.message}（{report.broken.problem}）"
    return (
        f"台账完整：{report.entries} 条，{report.batches} 批，另有 {report.pending} 条待封存。\n"
        f"链首 {report.head}"
    )
