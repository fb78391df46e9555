"""Words that are hard to read are found, wherever their look turns up first."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.contrast import violations

GOOD = "<p>看得清的文字</p>"
FAINT = '<p style="color: #bbb">看不清的文字</p>'


def hard_to_read(page: Page, content: str, known: set[str]) -> list[str]:
    page.set_content(f'<html lang="zh"><title>样例</title><main>{content}</main></html>')
    page.evaluate(Axe().axe_script)
    return [node["html"] for found in violations(page, known) for node in found["nodes"]]


def test_each_look_is_judged_once(page: Page) -> None:
    known: set[str] = set()
    assert hard_to_read(page, GOOD, known) == []
    assert hard_to_read(page, GOOD + FAINT + FAINT, known) == [FAINT, FAINT]
    assert hard_to_read(page, GOOD + FAINT, known) == []


def test_the_same_words_on_another_ground_are_another_look(page: Page) -> None:
    known: set[str] = set()
    assert hard_to_read(page, GOOD, known) == []
    dark = f'<div style="background: #222">{GOOD}</div>'
    assert hard_to_read(page, dark, known) == [GOOD]


def test_what_is_not_judged_where_it_is_hidden_or_off_is_judged_where_it_is_seen(page: Page) -> None:
    known: set[str] = set()
    label = '<label style="color: #bbb">名称的标签<input{off}></label>'
    hidden = FAINT.replace('style="', 'style="display: none; ')
    assert hard_to_read(page, hidden + label.format(off=" disabled"), known) == []
    assert len(hard_to_read(page, FAINT + label.format(off=""), known)) == 2
