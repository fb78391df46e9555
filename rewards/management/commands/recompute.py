"""`manage.py recompute KIND [FILE] [--lines]`: check a result without a database or a server."""

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandParser

from rewards import recompute


class Command(BaseCommand):
    """Read JSON, print JSON. Exit 0: computed. Exit 2: refused, with all faults as JSON on standard error."""

    help = "按所写版本的规则重新计算一份文件:" + "、".join(recompute.KINDS)
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Options may stand anywhere, also between KIND and FILE, which argparse by itself does not take."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        setattr(parser, "parse_args", parser.parse_intermixed_args)  # noqa: B010
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", nargs="?", default="", help="、".join(recompute.KINDS))
        parser.add_argument("file", metavar="FILE", nargs="?", help="JSON 文件；不写则读标准输入")
        parser.add_argument("--lines", action="store_true", help="每行一份文件，每行一个答案")

    def handle(self, *args: Any, **options: Any) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        kind = options["kind"]
        try:
            recompute.check_kind(kind)
            source = _source(options["file"])
            if options["lines"]:
                refused = self._each_line(kind, source)
            else:
                self._print(recompute.compute(kind, recompute.parse_json(source.read())))
                refused = False
        except recompute.Refused as error:
            self.stderr.write(_text({"errors": error.errors}), style_func=str)
            refused = True
        if refused:
            sys.exit(2)

    def _each_line(self, kind: str, source: BinaryIO) -> bool:
        """Answer each line by a line, a refused one by its errors; tell whether any was refused."""
        refused = False
        for line in source:
            try:
                answer = recompute.compute(kind, recompute.parse_json(line))
            except recompute.Refused as error:
                answer, refused = {"errors": error.errors}, True
            self._print(answer)
        return refused

    def _print(self, answer: dict[str, object]) -> None:
        self.stdout.write(_text(answer), style_func=str)


def _source(name: str | None) -> BinaryIO:
    """The file's bytes, or standard input; a file that can't be read is refused like a bad document."""
    if name is None:
        return sys.stdin.buffer
    try:
        return BytesIO(Path(name).read_bytes())
    except OSError as error:
        raise recompute.Refused([{"path": "FILE", "message": f"读不了文件：{error.strerror}"}]) from error


def _text(answer: dict[str, Any]) -> str:
    """One line of JSON, Chinese as it is; what no text file could hold is escaped."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
