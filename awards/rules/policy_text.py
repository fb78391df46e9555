"""A policy document as text: its level and title, its articles with their anchors, and where a search hits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL_WORDS = {"国家级": "nation", "江苏省级": "province", "苏州市级": "city", "园区本级": "park"}
_HEAD = re.compile(r"^【(?P<level>[^】]+)】\s*(?P<title>.+)$")
_NUMBER = "[〇零一二三四五六七八九十百]+"
_ARTICLE = re.compile(rf"^(第{_NUMBER}条(?:之{_NUMBER})?)[\s　]*(.*)$", re.DOTALL)
_POINT = re.compile(rf"^[(（]({_NUMBER})[)）]")
_CHAPTER = re.compile(rf"^(第{_NUMBER}[章节]|{_NUMBER}、)")
_SECTION = re.compile(rf"^({_NUMBER})、")
_SPACE = "[ \\t\u00a0\u2002\u2003\u3000]"
_MARKER = rf"[(（]?(?:\d+\.|{_NUMBER}[)）、]|第{_NUMBER}[条章]|——)"
# Web pages run paragraphs together: a new one begins at wide space before a number, at a section or article after a stop.
_GAP = re.compile(
    rf"\n+|{_SPACE}{{2,}}(?={_MARKER})|{_SPACE}+(?=第{_NUMBER}章{_SPACE})"
    rf"|(?<=[。；]){_SPACE}+(?={_NUMBER}、|第{_NUMBER}条{_SPACE})"
)
WINDOW = 60


@dataclass(frozen=True)
class Head:
    """What the first line says: 【园区本级】苏州工业园区质量奖评定管理办法. `level` is None where it has no tag."""

    level: str | None
    title: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the text. `anchor` is the id that citations link to ("第十一条", "(二十六)"), or ""."""

    anchor: str
    text: str
    kind: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text, hit by the search or not."""

    text: str
    hit: bool


def head_of(text: str) -> tuple[Head, str]:
    """The head and the rest of an operator's file. A file without a tag has its first line as the title."""
    lines = text.lstrip("﻿\n\r ").splitlines()
    first = lines[0].strip() if lines else ""
    rest = "\n".join(lines[1:]).strip()
    found = _HEAD.match(first)
    if found is None:
        return Head(None, first), rest
    return Head(LEVEL_WORDS.get(found["level"]), found["title"].strip()), rest


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The text cut into paragraphs; the first of each article carries the article's anchor.

    A document without articles (an opinion) is anchored at its numbered points instead: (二十六), or 三(三) where the
    points are counted afresh in each section.
    """
    parts = [part.strip() for part in _GAP.split(text) if part.strip()]
    has_articles = any(_ARTICLE.match(part) for part in parts)
    points = [point[1] for part in parts if (point := _POINT.match(part))]
    counted_afresh = len(points) != len(set(points))
    section, seen, found = "", set[str](), []
    for part in parts:
        heading = _SECTION.match(part)
        section = heading[1] if heading and counted_afresh else section
        anchor = _anchor(part, section, has_articles)
        if anchor in seen:
            anchor = ""
        seen.add(anchor)
        kind = "article" if anchor else "chapter" if _CHAPTER.match(part) and len(part) < 40 else "text"
        found.append(Paragraph(anchor, part, kind))
    return tuple(found)


def _anchor(part: str, section: str, has_articles: bool) -> str:
    if has_articles:
        article = _ARTICLE.match(part)
        return article[1] if article else ""
    point = _POINT.match(part)
    return f"{section}({point[1]})" if point else ""


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, each once, at most eight."""
    return tuple(dict.fromkeys(query.split()))[:8]


def marked(text: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """The whole text in pieces, those that match one of `words` (any case) marked as hits."""
    if not words:
        return (Piece(text, False),)
    pattern = re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE
    )
    pieces, at = [], 0
    for found in pattern.finditer(text):
        if found.start() > at:
            pieces.append(Piece(text[at : found.start()], False))
        pieces.append(Piece(found[0], True))
        at = found.end()
    if at < len(text):
        pieces.append(Piece(text[at:], False))
    return tuple(pieces)


def excerpt(text: str, words: Sequence[str], window: int = WINDOW) -> str:
    """The stretch around the first hit, or the beginning, in one line."""
    flat = " ".join(text.split())
    lower = flat.lower()
    hits = [at for at in (lower.find(word.lower()) for word in words) if at >= 0]
    start = max(0, min(hits, default=0) - window)
    end = min(len(flat), start + 3 * window)
    return f"{'…' if start else ''}{flat[start:end]}{'…' if end < len(flat) else ''}"
