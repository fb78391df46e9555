"""The handbook leads nowhere wrong: pictures and chapters exist, anchors are headings, no picture is left over or large."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "handbook").glob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors_of(page: Path) -> set[str]:
    """The anchors that a heading gets: lower case, spaces to hyphens, marks left out."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w-]", "", head.lower().replace(" ", "-")) for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_chapter_leads_somewhere(page: Path) -> None:
    wrong = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.is_file() or (anchor and anchor not in anchors_of(target)):
            wrong.append(link)
    assert wrong == []


def test_every_picture_is_shown_somewhere_made_by_the_script_and_small() -> None:
    shown = {
        Path(link).name
        for page in [*PAGES, DOCS.parent / "README.md"]
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if link.endswith(".png")
    }
    made = set(re.findall(r'^    "([a-z_]+)": Picture\(', (DOCS / "screenshots.py").read_text("utf-8"), re.M))
    kept = {path.name: path.stat().st_size for path in (DOCS / "images").iterdir()}
    assert set(kept) == {f"{name}.png" for name in made} == shown
    assert max(kept.values()) <= 150_000
