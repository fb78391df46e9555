"""Elements, escaping, and the figure around every picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Number = float | int


def element(name: str, content: str = "", **attributes: object) -> SafeString:
    """One SVG element; `class_` for class, `stroke_width` for stroke-width. Content that is not yet safe is escaped."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return mark_safe(
        f"<{name}{words}>{conditional_escape(content)}</{name}>" if content else f"<{name}{words}/>"
    )


def text(x: Number, y: Number, words: object, css: str = "") -> SafeString:
    return element("text", str(words), x=x, y=y, class_=f"c-text {css}".strip())


def line(x1: Number, y1: Number, x2: Number, y2: Number, css: str) -> SafeString:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=css)


def rect(
    x: Number, y: Number, width: Number, height: Number, css: str, *, hint: str = "", round_by: Number = 2
) -> SafeString:
    return element("rect", _hint(hint), x=x, y=y, width=max(width, 0), height=height, rx=round_by, class_=css)


def circle(x: Number, y: Number, radius: Number, css: str, *, hint: str = "") -> SafeString:
    return element("circle", _hint(hint), cx=x, cy=y, r=radius, class_=css)


def joined(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def clipped(words: str, limit: int) -> str:
    """At most `limit` full-width characters, so that a long name stays in its column (the table has it whole)."""
    width = 0.0
    for position, letter in enumerate(words):
        width += 1 if ord(letter) > 0x2E80 else 0.55
        if width > limit:
            return words[:position] + "…"
    return words


def figure(
    parts: Iterable[str],
    *,
    width: int,
    height: int,
    title: str,
    description: str,
    key: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> SafeString:
    """The picture with its words, and the table behind it."""
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<div class="chart-scroll" role="region" tabindex="0" aria-label="{}">'
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg></div>'
        "<details><summary>以表格查看{}</summary>{}</details></figure>",
        title,
        title,
        width,
        height,
        key,
        key,
        key,
        title,
        key,
        description,
        joined(parts),
        format_html('<span class="visually-hidden">：{}</span>', title),
        _table(title, head, rows),
    )


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> SafeString:
    return format_html(
        '<div class="table-region" role="region" tabindex="0" aria-label="{}（表格）"><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        title,
        format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head)),
        format_html_join(
            "",
            "<tr>{}</tr>",
            (
                (
                    joined(
                        format_html('<th scope="row">{}</th>' if first == 0 else "<td>{}</td>", cell)
                        for first, cell in enumerate(row)
                    ),
                )
                for row in rows
            ),
        ),
    )


def _hint(words: str) -> str:
    return element("title", words) if words else ""


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
