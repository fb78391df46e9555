"""The light markup of self-assessment texts: plain text in, safe HTML out.

    ## 小标题      ### 更小的标题      - 列表      1. 编号列表      **粗体**
    | 表头 | 表头 |      one row a line; the first row is the head; a line |---|---| is taken for what it is and left out
    ![说明](3)    picture number 3 of the application
    An empty line ends a paragraph. Everything else is text: no HTML is understood, all of it is escaped.

Two fences: every character of the text is escaped here, and the result goes through nh3 with a short allow-list.
Work grows in step with the length of the text, whatever it is made of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Final

import nh3

from ground.text import plain

ImageAddress = Callable[[int], str]

COLUMNS: Final = 20
TAGS: Final = {
    "p", "br", "strong", "h3", "h4", "ul", "ol", "li", "div", "table", "thead", "tbody", "tr", "th", "td", "figure",
    "figcaption", "img", "em",
}  # fmt: skip
ATTRIBUTES: Final = {
    "div": {"class", "role", "tabindex", "aria-label"},
    "figure": {"class"},
    "em": {"class"},
    "th": {"scope"},
    "ol": {"start"},
    "img": {"src", "alt", "loading"},
}
# What stands for the address of a picture that may not be shown, and the words in its place.
WAITING: Final = "scan:waiting"
INFECTED: Final = "scan:infected"
UNSHOWN: Final = {
    WAITING: "图片 {} 正在做病毒检测，通过后显示",
    INFECTED: "图片 {} 没有通过病毒检测，不能显示",
}
CLASSES: Final = {"table-region", "text-image", "image-missing"}

_HEADING = re.compile(r"(#{1,4})[ \u3000]+(\S.*)")
_BULLET = re.compile(r"[-*•·][ \u3000]+(\S.*)")
_NUMBER = re.compile(r"(\d{1,3})(?:[、)）]|[.．](?!\d))[ \u3000]*(\S.*)")
_RULE_ROW = re.compile(r"\|[\s|:-]*-[\s|:-]*")
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,200})\]\((?:图片)?(\d{1,5})\)")
_SPLIT = re.compile(r"(?<!\\)\|")


def cleaned(text: str) -> str:
    """`text` as it is stored: one kind of line break, no control or invisible characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(ch for ch in plain(lines) if ch in "\n\t" or _visible(ch))


def images_in(text: str) -> frozenset[int]:
    """The numbers of the pictures that `text` shows."""
    return frozenset(int(number) for _, number in _IMAGE.findall(text))


def without_images(text: str) -> str:
    """The text with each picture replaced by its caption in brackets: pictures belong to one file only."""
    return _IMAGE.sub(lambda found: f"（图片：{found[1]}）" if found[1] else "（图片）", text)


def to_html(text: str, image: ImageAddress) -> str:
    """`text` as safe HTML. `image` gives the address of a picture by its number; "" where there is none, a key of UNSHOWN
    where it may not be shown."""
    out: list[str] = []
    lines = cleaned(text).split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if not line:
            at += 1
        elif found := _HEADING.fullmatch(line):
            tag = "h3" if len(found[1]) <= 2 else "h4"
            out.append(f"<{tag}>{_inline(found[2], image)}</{tag}>")
            at += 1
        elif _is_row(line):
            end = _end_of(lines, at, _is_row)
            out.append(_table([row.strip() for row in lines[at:end]], image))
            at = end
        elif _BULLET.fullmatch(line):
            at = _list(lines, at, _BULLET, image, out)
        elif _NUMBER.fullmatch(line):
            at = _list(lines, at, _NUMBER, image, out)
        elif _IMAGE.fullmatch(line):
            out.append(_figure(line, image))
            at += 1
        else:
            end = _end_of(lines, at, _is_plain)
            out.append(_paragraph([row.strip() for row in lines[at:end]], image))
            at = end
    return _fenced("\n".join(out))


def visible_lines(text: str) -> Iterator[str]:
    """What to_html shows of each line: without marks, rules of tables, pictures and the numbers of lists."""
    for row in cleaned(text).split("\n"):
        line = row.strip()
        if found := _HEADING.fullmatch(line) or _BULLET.fullmatch(line) or _NUMBER.fullmatch(line):
            yield _seen(found[found.re.groups])
        elif _is_row(line):
            if not _RULE_ROW.fullmatch(line):
                yield from map(_seen, _padded(_cells(line), COLUMNS))
        elif _IMAGE.fullmatch(line):
            yield line[2 : line.index("]")].strip()
        else:
            yield _seen(line)


def _fenced(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={
            "data"
        },  # pictures of a document that carries them itself; addresses here have no scheme
        link_rel=None,
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        own = value.startswith("/") and not value.startswith("//")
        return (
            value if own or value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")) else None
        )
    return value if name != "class" or value in CLASSES else None


def _visible(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cs", "Cn", "Co")


def _is_row(line: str) -> bool:
    words = line.strip()
    return len(words) > 1 and words[0] == "|" and words.count("|") > 1


def _is_plain(line: str) -> bool:
    words = line.strip()
    starts = (_HEADING, _BULLET, _NUMBER, _IMAGE)
    return bool(words) and not _is_row(words) and not any(start.fullmatch(words) for start in starts)


def _end_of(lines: Sequence[str], start: int, belongs: Callable[[str], bool]) -> int:
    """Where the run that begins at `start` ends."""
    end = start + 1
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return end


def _list(lines: Sequence[str], at: int, kind: re.Pattern[str], image: ImageAddress, out: list[str]) -> int:
    """A run of list lines; a numbered one begins at the number that was typed."""
    rows, first = [], kind.fullmatch(lines[at].strip())
    while at < len(lines) and (found := kind.fullmatch(lines[at].strip())):
        rows.append(f"<li>{_inline(found[found.re.groups], image)}</li>")
        at += 1
    number = int(first[1]) if first and kind is _NUMBER else 1
    start = f' start="{number}"' if number != 1 else ""
    tag = "ol" if kind is _NUMBER else "ul"
    out.append(f"<{tag}{start}>{''.join(rows)}</{tag}>")
    return at


def _table(lines: Sequence[str], image: ImageAddress) -> str:
    rows = [_cells(line) for line in lines if not _RULE_ROW.fullmatch(line)]
    if not rows:
        return ""
    width = min(max(len(row) for row in rows), COLUMNS)
    head = "".join(f'<th scope="col">{_inline(cell, image)}</th>' for cell in _padded(rows[0], width))
    body = "".join(
        "<tr>" + "".join(f"<td>{_inline(cell, image)}</td>" for cell in _padded(row, width)) + "</tr>"
        for row in rows[1:]
    )
    return (
        '<div class="table-region" role="region" tabindex="0" aria-label="表格"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cells(line: str) -> list[str]:
    inner = line.removeprefix("|")
    inner = inner.removesuffix("|") if not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in _SPLIT.split(inner)]


def _padded(row: list[str], width: int) -> list[str]:
    """Exactly `width` cells: what is too much is written into the last one, so that no word is lost."""
    if len(row) > width:
        return [*row[: width - 1], " | ".join(row[width - 1 :])]
    return row + [""] * (width - len(row))


def _paragraph(lines: Sequence[str], image: ImageAddress) -> str:
    return f"<p>{'<br>'.join(_inline(line, image) for line in lines)}</p>"


def _inline(words: str, image: ImageAddress) -> str:
    out, last = [], 0
    for found in _IMAGE.finditer(words):
        out.append(_bold(words[last : found.start()]))
        out.append(_image(found[1].strip(), int(found[2]), image))
        last = found.end()
    out.append(_bold(words[last:]))
    return "".join(out)


def _seen(words: str) -> str:
    """A line as its reader sees it: as _inline, without tags and pictures."""
    return "".join(piece for part in _IMAGE.sub("\n", words).split("\n") for piece, _ in _runs(part))


def _bold(words: str) -> str:
    return "".join(
        f"<strong>{escape(piece)}</strong>" if strong else escape(piece) for piece, strong in _runs(words)
    )


def _runs(words: str) -> Iterator[tuple[str, bool]]:
    """`**…**` as bold (True); a mark without its other half stays as it was typed."""
    pieces = words.split("**")
    yield pieces[0], False
    for number in range(1, len(pieces), 2):
        if number + 1 < len(pieces) and pieces[number].strip():
            yield pieces[number], True
            yield pieces[number + 1], False
        else:
            yield "**" + "**".join(pieces[number : number + 2]), False


def _figure(line: str, image: ImageAddress) -> str:
    """A picture on a line of its own, with its words below."""
    shown = _inline(line, image)
    caption = line[2 : line.index("]")].strip()
    if not shown.startswith("<img"):
        return f"<p>{shown}</p>"
    words = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="text-image">{shown}{words}</figure>'


def _image(caption: str, number: int, image: ImageAddress) -> str:
    address = image(number)
    if address in UNSHOWN:
        return f'<em class="image-missing">（{UNSHOWN[address].format(number)}）</em>'
    if not address:
        return f'<em class="image-missing">（没有编号为 {number} 的图片）</em>'
    return f'<img src="{escape(address)}" alt="{escape(caption or f"图片 {number}")}" loading="lazy">'
