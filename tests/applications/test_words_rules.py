"""Words are what a reader reads: no pipes of tables, marks of headings, tags of pictures."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules import markup, words
from tests.applications.test_markup import HOSTILE

# Text → words. tests/applications/test_words_browser.py counts the same in a browser.
CASES = {
    "": 0,
    " \n\u3000\n": 0,
    "公司高层，\r\n  每季度主持例会。 ": 13,
    "## 使命": 2,
    "### 更 小": 3,
    "##无空格": 5,
    "- 列表\n• 项": 3,
    "1. 第一\n２、第二\n3.14 不是编号": 13,
    "**粗体**字": 3,
    "**没有另一半": 7,
    "| 指标 | 2025 |\n|---|---|\n| 合格率 | 99.5% |": 14,
    "| a \\| b | |": 5,
    "|" + "|".join("字" * 25) + "|": 40,
    "![流程图](3)": 3,
    "![](3)": 0,
    "见图 ![流程图](3) 所示": 6,
    "![流程图](３)": 3,
    "零\u200b宽\x00\u2028行": 3,
    "💥é": 2,
}


class Shown(HTMLParser):
    """The text of a page with a line break wherever a block begins or ends."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.text += "" if tag in ("strong", "img") else "\n"

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(text: str) -> int:
    reader = Shown()
    reader.feed(markup.to_html(text, lambda number: f"/images/{number}"))
    reader.close()
    return sum(len(line.strip()) for line in reader.text.split("\n"))


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_what_counts(text: str, expected: int) -> None:
    assert words.in_markup(text) == expected == shown(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_count_is_of_what_the_page_shows(text: str) -> None:
    assert words.in_markup(text) == shown(text)


@given(st.text(alphabet="字a1 \n|*#-.![]()3、\\\u3000", max_size=60))
def test_the_count_is_of_what_the_page_shows_whatever_is_typed(text: str) -> None:
    assert words.in_markup(text) == shown(text)


def test_a_text_without_markup_counts_as_it_stands() -> None:
    assert words.in_plain("## 一\r\n | 二 | \n\n") == 9
    assert words.in_plain(" \n") == 0
