"""The light markup: what it understands, and a hundred hostile texts that stay text."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest

from applications.rules import markup
from applications.rules.difference import inline, removed, sides

HARMLESS = markup.TAGS
SHAPES = (
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<img src=\"x\" onerror=\"alert(1)\">", "<IMG SRC=javascript:alert(1)>",
    "<img src=`x` onerror=alert(1)>", "<img src='data:text/html,<script>alert(1)</script>'>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<style>*{background:url(//evil)}</style>",
    "<link rel=stylesheet href=//evil>", "<iframe src=//evil></iframe>", "<iframe srcdoc='<script>x</script>'>",
    "<object data=//evil></object>", "<embed src=//evil>", "<base href=//evil/>", "<meta http-equiv=refresh content=0>",
    "<form action=//evil><input name=password></form>", "<a href='javascript:alert(1)'>点我</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>", "<a href='vbscript:msgbox(1)'>x</a>",
    "<p style='position:fixed;inset:0'>盖住</p>", "<div class='button danger' id=content>x</div>",
    "<body onload=alert(1)>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>", "<marquee onstart=alert(1)>", "<textarea></textarea><script>1</script>",
    "</textarea><script>alert(1)</script>", "<!--<script>--><script>alert(1)</script>", "<![CDATA[<script>1</script>]]>",
    "<?xml version='1.0'?><x/>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<template><script>1",
    "<table><tr><td><table><tr><td>套表<script>1</script>", "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>", "<select onchange=alert(1)>", "<x onclick=alert(1)>未知</x>", "<plaintext>",
)  # fmt: skip
IN_MARKUP = (
    "![<script>alert(1)</script>](1)", "![\" onerror=\"alert(1)](1)", "![' onerror='x](1)", "![x](javascript:alert(1))",
    "![x](data:text/html,x)", "![x](//evil/x.png)", "![x](https://evil/x.png)", "![x](1 onerror=alert(1))", "![x](1\"><script>)",
    "[点我](javascript:alert(1))", "[x](https://evil)", "## <script>alert(1)</script>", "### <img src=x onerror=1>",
    "- <script>alert(1)</script>", "1. <svg onload=1>", "**<script>alert(1)</script>**", "**<b onmouseover=1>**",
    "| <script>1</script> | <img src=x onerror=1> |", "| a\" onclick=\"x | b |", "|---|<script>|", "![](99999)", "![](0)",
    "![x](１)", "`<script>`", "```\n<script>alert(1)</script>\n```", "> <script>1</script>", "<https://evil>", "&lt;script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;", "&amp;lt;script&amp;gt;", "\\<script\\>", "javascript:alert(1)",
)  # fmt: skip
ODD = (
    "\x00<script>", "a\x00b", "\x08\x1b[31m红\x07", "\u202e反向\u202c", "\u2066隔离\u2069", "零\u200b宽\u200d字\ufeff符",
    "\u2028行\u2029段", "<scr\u200bipt>alert(1)</script>", "＜script＞全角＜/script＞", "\ud800孤", "\U000e0041标签",
    "\ufffe非字符", "\r\n\r\n\r", "\t\t\t", "é́́́́́́́́́́́́́́́́́́́́́", "ﷺ" * 50, "عربي <script> עברית", "💥" * 100, "\u00ad软\u00ad连",
    "\u061c阿", "|" * 50, "#" * 50, "**" * 50, "![" * 50, "- " * 50, "<" * 500, ">" * 500, "&" * 500, "\"" * 500, "'" * 500,
)  # fmt: skip
HOSTILE = SHAPES + IN_MARKUP + ODD


class Watch(HTMLParser):
    """Everything a browser would find in the result."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(text: str) -> Watch:
    watch = Watch()
    watch.feed(markup.to_html(text, lambda number: f"/image/{number}/" if number == 1 else ""))
    return watch


def test_there_are_a_hundred_hostile_texts() -> None:
    assert len(set(HOSTILE)) >= 100


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "- {}", "| {} | x |", "## {}", "**{}**", "前文\n{}\n后文"])
def test_hostile_text_stays_text(text: str, around: str) -> None:
    watch = shown(around.format(text))
    assert set(watch.tags) <= HARMLESS
    for tag, name, value in watch.attributes:
        assert name in markup.ATTRIBUTES.get(tag, set()), (tag, name)
        assert name != "src" or value == "/image/1/"
        assert name != "class" or value in markup.CLASSES
    assert not set(watch.text) & {"\x00", "\x08", "\x1b", "\u202e", "\u2066", "\u200b", "\ufeff", "\u061c"}


@pytest.mark.parametrize("text", [*SHAPES, *IN_MARKUP])
def test_what_is_no_markup_is_shown_as_typed(text: str) -> None:
    """Nothing is silently swallowed: whoever writes <0.5 mm finds it in the report."""
    bare = "".join(ch for ch in shown(text).text if not ch.isspace())
    letters = [ch for ch in text if ch.isalpha() and ch.isascii()]
    if not text.startswith(("!", "|", "#", "-", "*")):
        assert "".join(ch for ch in bare if ch.isalpha() and ch.isascii()) == "".join(letters)


@pytest.mark.parametrize(
    "seed",
    [
        "**",
        "|",
        "![",
        "# ",
        "- ",
        "|a",
        "<",
        "1",
        "![a](",
        "|-",
        "\n|a|",
        "\n- x",
        "\n1. x",
        "\n\n",
        "[",
        "\\|",
        "\u200b",
    ],
)
def test_work_grows_with_the_length_only(seed: str) -> None:
    text = seed * (200_000 // len(seed))
    begun = time.process_time()
    shown(text)
    assert time.process_time() - begun < 15


def test_what_it_understands() -> None:
    text = "## 方法\n我们**系统地**管理。\n第二行\n\n- 甲\n- 乙\n\n1. 一\n2. 二\n\n"
    text += "| 年 | 值 |\n|---|---|\n| 2025 | 3 |\n\n![流程](1)"
    assert markup.to_html(text, lambda number: f"/i/{number}/") == (
        "<h3>方法</h3>\n<p>我们<strong>系统地</strong>管理。<br>第二行</p>\n<ul><li>甲</li><li>乙</li></ul>\n"
        "<ol><li>一</li><li>二</li></ol>\n"
        '<div class="table-region" role="region" tabindex="0" aria-label="表格"><table><thead><tr><th scope="col">年</th>'
        '<th scope="col">值</th></tr></thead><tbody><tr><td>2025</td><td>3</td></tr></tbody></table></div>\n'
        '<figure class="text-image"><img src="/i/1/" alt="流程" loading="lazy"><figcaption>流程</figcaption></figure>'
    )


def test_rows_of_unequal_length_lose_no_word() -> None:
    wide = "|" + "|".join(str(number) for number in range(40)) + "|"
    assert "39" in shown(f"| a |\n{wide}").text


def test_numbers_at_the_start_of_a_sentence_are_no_list() -> None:
    assert shown("2025年产值增长。").tags == ["p"]
    assert shown("3.5 亿元").tags == ["p"]
    assert markup.to_html("3. 三", lambda _: "") == '<ol start="3"><li>三</li></ol>'


def test_the_text_is_stored_clean() -> None:
    assert markup.cleaned("a\r\nb\rc\u2028d\x00\u200b\u202e\n") == "a\nb\nc\nd\n"
    assert markup.images_in("![a](1) ![b](图片2) ![c](x)") == {1, 2}


def test_differences_put_together_give_both_texts() -> None:
    old, new = "今天天气好。\n第二行\n三", "今天的天气很好。\n第三行\n三\n四"
    left, right = sides(old, new)
    assert "".join(piece.text for piece in left) == old
    assert "".join(piece.text for piece in right) == new
    assert {piece.kind for piece in inline(old, new)} == {"same", "gone", "new"}
    assert removed("abcdef", "abXef") == 2
    assert removed("abc", "abcabc") == 0


@pytest.mark.parametrize("mark", sorted(markup.UNSHOWN))
def test_a_picture_that_was_not_found_clean_is_words(mark: str) -> None:
    html = markup.to_html("前 ![图](3) 后", lambda number: mark)
    assert "<img" not in html
    assert "scan:" not in html
    assert f"（{markup.UNSHOWN[mark].format(3)}）" in html
