"""The one count of words (字数) against the edition's limits: what a reader reads, not what is typed to lay it out.

Characters with punctuation and the spaces inside a line. Line breaks, spaces at a line's ends, the marks of the markup
and pictures don't count; a picture's caption under it does. static/js/words.js counts the same while somebody types.
"""

from __future__ import annotations

from applications.rules import markup


def in_plain(text: str) -> int:
    """Of a text without markup: the organisation profile."""
    return sum(len(line.strip()) for line in markup.cleaned(text).split("\n"))


def in_markup(text: str) -> int:
    """Of a self-assessment text."""
    return sum(len(line.strip()) for line in markup.visible_lines(text))
