"""`{% load scoring %}`: the parts of the review's pages that repeat a thousand times, written by plain Python.

A template costs some 20 µs a variable; a ranking of 1,000 rows and a sheet of 23 items times 21 percentages are made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from awards.law.criteria import Band
from awards.law.terms import Tier
from ground.templatetags.fields import error_words
from ground.templatetags.portal import cite, tag
from scoring.models import Stage
from scoring.queries.results import Placed

register = template.Library()

REASONS = {
    "above_threshold": "超过分数线，在名额内",
    "below_threshold": "未达到分数线",
    "outside_quota": "超过分数线，名额已满",
    "tie_at_quota": "并列跨越最后名额，交评定委审议",
    "repeat_winner": "再次获奖，不占名额、不发奖金",
    "not_yet_reapplicable": "同一奖级获奖未满规定年限",
}

# Of the fields of an item: the shorter ones, what the script looks for, and an example of evidence (True: on site).
SHORT = ("key_factors", "to_verify")
MARKS = {"strengths": " data-comment", "opportunities": " data-comment", "difference": " data-reason"}
EXAMPLES = {False: "附件3；第15–17页；自评4.1.2", True: "访谈1；文件2；附件3"}


@register.simple_tag
def ranking_rows(
    rows: Sequence[Placed], tiers: Mapping[str, Tier], edition: str, stages: Sequence[tuple[str, str]]
) -> SafeString:
    """The `<tr>`s of a frozen ranking; what many rows share (tier, reasons with their articles) is written once.

    `stages`: code and label of the three stages, in the order of the columns.
    """
    material, presentation, site = (f'<td class="num" data-label="{escape(label)}">' for _, label in stages)
    ends: dict[tuple[object, ...], str] = {}
    parts = []
    for row in rows:
        key = (row.tier, row.basis, row.undecided, row.reasons)
        end = ends.get(key)
        if end is None:
            end = ends[key] = (
                f'<td data-label="奖级">{_tier(row, tiers)}</td>'
                f'<td data-label="理由和条款">{_reasons(row, edition)}</td></tr>'
            )
        parts.append(
            f'<tr><td class="num" data-label="名次">{row.rank}</td><th scope="row">{escape(row.name)}<br>'
            f'<span class="muted">{escape(row.number)}</span></th>{material}{row.material:.2f}</td>'
            f"{presentation}{row.presentation:.2f}</td>{site}{row.site:.2f}</td>"
            f'<td class="num" data-label="综合得分"><strong>{row.shown}</strong></td>{end}'
        )
    return mark_safe("\n".join(parts))


def _tier(row: Placed, tiers: Mapping[str, Tier]) -> str:
    if row.tier in tiers:
        repeat = mark_safe("<br>再次获奖，不占名额") if row.basis == "repeat" else ""
        return format_html("{}{}", tag(tiers[row.tier].short, "honour"), repeat)
    return tag("并列待审议", "warn") if row.undecided else "—"


def _reasons(row: Placed, edition: str) -> str:
    return format_html_join(
        mark_safe("<br>"),
        "{} {}",
        ((REASONS.get(code, ""), cite(edition, article)) for code, article in row.reasons),
    )


@register.simple_tag
def percent_options(bands: Sequence[Band], chosen: str) -> SafeString:
    """The percentages of the scale by band, as `<optgroup>`s; `chosen`: the one selected, as sent."""
    parts = []
    for band in bands:
        low, high = band.percents[0], band.percents[-1]
        parts.append(f'<optgroup label="{low}%–{high}%" data-band="{low}">')
        parts += [
            f'<option value="{percent}"{" selected" if chosen == str(percent) else ""}>{percent}%</option>'
            for percent in band.percents
        ]
        parts.append("</optgroup>")
    return mark_safe("".join(parts))


@register.simple_tag
def band_labels(bands: Sequence[Band], item: Mapping[str, Any]) -> SafeString:
    """The bands of the criteria to choose from, each with what it says of an item of this kind."""
    bound, kind = item["band_field"], item["line"].kind
    parts = []
    for place, band in enumerate(bands):
        start = str(band.percents[0])
        extra = f' id="{escape(bound.id_for_label)}"' if place == 0 else ""
        extra += " checked" if item["band_chosen"] == start else ""
        words = band.process if kind == "process" else band.result
        parts.append(
            f'<label data-percents="{" ".join(map(str, band.percents))}"><input type="radio"'
            f' name="{escape(bound.html_name)}" value="{start}"{extra}><span class="band-range">{start}%–'
            f"{band.percents[-1]}%</span><span data-band-words>{escape(words)}</span></label>"
        )
    return mark_safe("".join(parts))


@register.simple_tag
def references(places: Iterable[Mapping[str, str]], docked: bool = False) -> SafeString:
    """The places that a score rests on, linked where the file is open (views.files.references_in); `docked`: on this page."""
    return mark_safe("；".join(_reference(one, docked) for one in places))


def _reference(one: Mapping[str, str], docked: bool) -> str:
    words = escape(one["words"])
    if not one.get("href"):
        return words
    target = f' target="{escape(one["target"])}" rel="noopener"' if one.get("target") else ""
    dock = " data-dock" if docked and one.get("dock") else ""
    name = f" {escape(one['name'])}" if one.get("name") else ""
    return f'<a href="{escape(one["href"])}"{target}{dock}>{words}{name}</a>'


@register.simple_tag
def item_texts(item: Mapping[str, Any], stage: str) -> SafeString:
    """What is written to one item of a sheet of `stage`: a field for each of `item["texts"]` (views.sheets)."""
    title = escape(item["line"].title)
    parts = []
    for name, bound, label in item["texts"]:
        faults = error_words(bound) if bound.errors else []
        key = escape(bound.id_for_label)
        parts.append(
            f'<div class="field text-{name}{" has-error" if faults else ""}"><label for="{key}">'
            f'<span class="visually-hidden">{title}：</span>{escape(label)}</label>'
            + "".join(f'<p class="field-error">{escape(words)}</p>' for words in faults)
        )
        value = bound.value()
        written = "" if value is None else escape(str(value))
        wrong = ' aria-invalid="true"' if faults else ""
        control = f'class="control" name="{escape(bound.html_name)}" id="{key}"{wrong}'
        if name == "evidence":
            parts.append(
                f'<input {control} value="{written}" placeholder="如：{EXAMPLES[stage == Stage.SITE]}" data-evidence'
                f' autocomplete="off"><p class="small references" data-references>{references(item["references"])}</p></div>'
            )
        else:
            rows = 2 if name in SHORT else 3
            parts.append(
                f'<textarea {control} rows="{rows}"{MARKS.get(name, "")}>\n{written}</textarea></div>'
            )
    return mark_safe("".join(parts))
