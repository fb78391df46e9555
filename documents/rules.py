"""How an official document is set, after GB/T 9704-2012: pure functions of texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_NUMERAL = "[〇零一二三四五六七八九十百]+"
_LEVELS = (
    (1, re.compile(rf"{_NUMERAL}、")),
    (2, re.compile(rf"[（(]{_NUMERAL}[）)]")),
    (3, re.compile(r"\d+[.．](?!\d)")),
    (4, re.compile(r"[（(]\d+[）)]")),
)
_MARK_WIDTH_POINTS = 156 / 25.4 * 72
MARK_LARGEST = 48
MARK_SMALLEST = 14
_NAME_LONGEST = 200


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `level` 1 to 4 by its number (一、 （一） 1. （1）), 0 for plain text."""

    level: int
    text: str


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a plain text: one a line, empty lines left out."""
    lines = (line.strip() for line in text.splitlines())
    return [Paragraph(_level(line), line) for line in lines if line]


def _level(line: str) -> int:
    return next((level for level, pattern in _LEVELS if pattern.match(line)), 0)


def mark_points(issuer: str) -> int:
    """The type size of the issuer's mark, in whole points: as large as fits the width of the type area on one line.

    Every size from MARK_SMALLEST has a class of its own in styles/official_notice.css.
    """
    width = sum(1.0 if unicodedata.east_asian_width(ch) in "WF" else 0.5 for ch in issuer)
    fitting = int(0.96 * _MARK_WIDTH_POINTS / max(width, 1))
    return max(MARK_SMALLEST, min(MARK_LARGEST, fitting))


def document_date(day: date) -> str:
    """A date as documents write it: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def document_number(mark: str, year: int, number: int) -> str:
    """苏园质评〔2026〕5号: six-cornered brackets, no 第, no leading zeros."""
    return f"{mark}〔{year}〕{number}号"


def file_name(name: str) -> str:
    """The name a file came under, fit to be shown and kept: no folders, no control or direction characters.

    Too long a name loses its middle, so that how it begins and its extension stay to be read.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = " ".join("".join(ch for ch in last if ch.isprintable() or ch.isspace()).split()).strip(". ")
    if len(clean) > _NAME_LONGEST:
        clean = f"{clean[:120]}…{clean[-(_NAME_LONGEST - 121) :]}"
    return clean or "文件"
