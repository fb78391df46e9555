"""`{% load portal %}`: how the portal writes dates, money, scores, states, citations and form fields.

Filters   moment, day, moment_end, moment_left, yuan, score, percent, share, bytes, digest_short
Tags      badge, tag, cite, composite, query_string, sort_header, pages_around, field, form_sections, countdown
Blocks    table_region … end_table_region
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django import forms, template
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ground.svg import countdown_ring

register = template.Library()

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTHING = "—"
ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百]+条(?:之[一二三四五六七八九十]+)?")
TONES = frozenset({"neutral", "active", "good", "warn", "bad", "honour"})


# ---- time ----
@register.filter
def moment(value: date | datetime | None) -> str:
    """2026年9月28日 17:00 in Asia/Shanghai; a date without its time; nothing → —."""
    if not isinstance(value, date):
        return NOTHING
    if not isinstance(value, datetime):
        return _day(value)
    local = _local(value)
    return f"{_day(local)} {local:%H:%M}"


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年9月28日, without the time."""
    if not isinstance(value, date):
        return NOTHING
    return _day(_local(value) if isinstance(value, datetime) else value)


@register.filter
def moment_end(value: datetime | None) -> str:
    """As `moment`, for the end of a window: midnight is written as 24:00 of the day before."""
    if not isinstance(value, datetime):
        return moment(value)
    local = _local(value)
    if local.time() != time.min:
        return moment(local)
    return f"{_day(local - timedelta(days=1))} 24:00"


@register.filter
def moment_left(value: date | datetime | None, now: datetime | None) -> str:
    """还剩 3 天 4 小时 / 已逾期 2 小时, the two largest units. A date without time ends at 24:00."""
    if not isinstance(value, date) or not isinstance(now, datetime):
        return ""
    due = _deadline(value)
    left = due - _local(now)
    if left >= timedelta():
        return f"还剩{_span(left)}"
    return f"已逾期{_span(-left)}"


@register.filter
def is_past(value: date | datetime | None, now: datetime | None) -> bool:
    """Whether a deadline has gone by (for `class="overdue"`)."""
    return isinstance(value, date) and isinstance(now, datetime) and _deadline(value) < _local(now)


@register.simple_tag
def countdown(start: date | datetime, end: date | datetime, now: datetime, label: str = "") -> SafeString:
    """A ring that empties from `start` to `end`, with the deadline and what is left in words."""
    begins, due, here = _deadline(start, first=True), _deadline(end), _local(now)
    return render_to_string(
        "components/countdown.html",
        {
            "ring": countdown_ring(begins, due, here),
            "end": moment_end(due),
            "left": moment_left(due, here),
            "late": due < here,
            "label": label,
        },
    )


def _local(value: datetime) -> datetime:
    return value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value.astimezone(SHANGHAI)


def _deadline(value: date | datetime, *, first: bool = False) -> datetime:
    if isinstance(value, datetime):
        return _local(value)
    return datetime.combine(value if first else value + timedelta(days=1), time.min, SHANGHAI)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f" {days} 天 {hours} 小时" if hours else f" {days} 天"
    if hours:
        return f" {hours} 小时 {rest} 分钟" if rest else f" {hours} 小时"
    return f" {rest} 分钟" if rest else "不到 1 分钟"


# ---- numbers ----
@register.filter
def yuan(value: object, unit: str = "") -> str:
    """500,000 元; `yuan:"wan"` writes whole multiples of 10,000 as 50 万元; fractions keep their two digits (分)."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    if unit == "wan" and amount and amount % 10000 == 0:
        return f"{amount / 10000:,.0f} 万元"
    if amount == amount.to_integral_value():
        return f"{amount:,.0f} 元"
    return f"{_rounded(amount):,.2f} 元"


@register.filter
def score(value: object) -> str:
    """Two decimals, rounded half up; nothing → —."""
    number = _decimal(value)
    return NOTHING if number is None else f"{_rounded(number):.2f}"


@register.filter
def percent(value: object) -> str:
    """A number of percent as it stands: 45 → 45%."""
    number = _decimal(value)
    return NOTHING if number is None else f"{_plain(number)}%"


@register.filter
def share(value: object) -> str:
    """A fraction as percent: 0.15 → 15%."""
    number = _decimal(value)
    return NOTHING if number is None else f"{_plain(number * 100)}%"


@register.simple_tag
def composite(value: object, thresholds: object = ()) -> str:
    """A composite score with two decimals, and with more where two would hide on which side of a threshold it lies.

    `thresholds`: one number, several, or a mapping tier → number.
    """
    number = _decimal(value)
    if number is None:
        return NOTHING
    lines = [line for line in map(_decimal, _several(thresholds)) if line is not None]
    exponent = number.normalize().as_tuple().exponent
    for digits in range(2, max(2, -int(exponent)) + 1):
        shown = _rounded(number, digits)
        if all((shown > line) - (shown < line) == (number > line) - (number < line) for line in lines):
            return f"{shown:.{digits}f}"
    return f"{number:f}"


@register.filter(name="bytes")
def size_in_bytes(value: object) -> str:
    """812 B, 340 KB, 1.2 MB."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1024 or unit == "GB":
            break
        number /= 1024
    return f"{number:.0f} {unit}" if unit in ("B", "KB") else f"{number:.1f} {unit}"


@register.filter
def digest_short(value: str | None) -> str:
    """The first 12 hex digits of a digest in groups of four, enough to compare by eye."""
    if not value:
        return NOTHING
    return " ".join(value[i : i + 4] for i in range(0, 12, 4))


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _rounded(number: Decimal, digits: int = 2) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    shown = f"{_rounded(number):f}"
    return shown.rstrip("0").rstrip(".")


def _several(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return value
    return (value,)


# ---- states and citations ----
@register.simple_tag(takes_context=True)
def badge(context: template.Context, obj: Any) -> SafeString:
    """The state of a stateful object in words; the office sees its own label (`request.user.is_office`)."""
    state = type(obj).STATES.state(obj.state)
    return tag(state.office if _office_looks(context) else state.public, state.tone)


@register.simple_tag
def tag(label: str, tone: str = "neutral") -> SafeString:
    """A badge of any words. Tones: neutral, active, good, warn, bad, honour. Never colour alone."""
    return format_html('<span class="badge {}">{}</span>', tone if tone in TONES else "neutral", label)


@register.simple_tag
def cite(edition: object, article: str) -> SafeString:
    """〔第十一条(四)〕 as a link to the article's anchor in the policy library. `edition`: its code or an object with `.code`.

    Without an edition or an article number there is nothing to link to: the words stand alone.
    """
    code = str(getattr(edition, "code", edition) or "")
    if not article:
        return SafeString("")
    found = ARTICLE.search(article)
    if not code or not found:
        return format_html('<span class="cite">〔{}〕</span>', article)
    return format_html(
        '<a class="cite" href="/law/{}/#{}">〔{}〕</a>', quote(code, safe=""), found.group(), article
    )


def _office_looks(context: template.Context) -> bool:
    if "viewer_is_office" in context:
        return bool(context["viewer_is_office"])
    return bool(getattr(getattr(context.get("request"), "user", None), "is_office", False))


# ---- lists ----
@register.simple_tag(takes_context=True)
def query_string(context: template.Context, **changes: object) -> str:
    """`?…` with the page's own GET parameters and `changes` on top; None or "" takes a parameter out."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, key: str, label: str, css: str = "") -> SafeString:
    """A `<th>` whose link sorts by `key` (`?sort=key`, again: `?sort=-key`), with aria-sort for the one in force."""
    here = context["request"].GET.get("sort", "")
    target = f"-{key}" if here == key else key
    order = {key: "ascending", f"-{key}": "descending"}.get(here)
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', order) if order else "",
        query_string(context, sort=target, page=None),
        label,
    )


@register.simple_tag
def pages_around(page: Page[Any]) -> list[int]:
    """Page numbers to show: first, last and two on each side of the one open; 0 stands for a gap."""
    return [
        number if isinstance(number, int) else 0
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]


@register.filter
def pairs(value: Any) -> Iterable[tuple[object, object]]:
    """The pairs of a mapping, or pairs as they are (a mapping's own key "items" can't get in the way)."""
    return value.items() if isinstance(value, Mapping) else value


@register.simple_block_tag(takes_context=True)
def table_region(context: template.Context, content: SafeString, label: str, css: str = "") -> SafeString:
    """A container in which a wide table scrolls, reachable by keyboard and named for screen readers. Ends with endtable_region.

    css="tall": the table scrolls inside at most 75% of the window, its head stays in sight.
    """
    return format_html(
        '<div class="table-region {}" role="region" tabindex="0" aria-label="{}">{}</div>',
        css,
        label,
        content,
    )


# ---- forms ----
@register.simple_tag
def field(form: forms.BaseForm, name: str, hint: str = "") -> SafeString:
    """One field of a Django form with label, hint, error, required mark and counter."""
    return render_field(form[name], hint)


@register.simple_tag
def form_sections(form: forms.BaseForm) -> list[dict[str, Any]]:
    """The visible fields by section: `form.fieldsets = [(legend, hint, [names…]) or (legend, [names…])]`, else one section.

    Fields that no fieldset names come last, so that nothing is lost by forgetting.
    """
    visible = {bound.name: bound for bound in form.visible_fields()}
    sections = []
    for legend, *hint, names in getattr(form, "fieldsets", ()):
        fields = [visible.pop(name) for name in names if name in visible]
        if fields:
            sections.append({"legend": legend, "hint": hint[0] if hint else "", "fields": fields})
    if visible:
        sections.append({"legend": "", "hint": "", "fields": list(visible.values())})
    return sections


@register.filter
def as_field(bound: forms.BoundField) -> SafeString:
    """A bound field with everything around it (used by form.html)."""
    return render_field(bound)


@register.filter
def error_words(bound: forms.BoundField) -> list[str]:
    """The field's errors in plain words: what to do, instead of Django's own "这个字段是必填项"."""
    return [_plain_error(bound, error) for error in bound.errors.as_data()]


@register.filter
def error_line(words: str, bound: forms.BoundField) -> str:
    """An error as the summary shows it: with the field's label in front unless it names the field itself."""
    return words if str(bound.label) in words else f"{bound.label}：{words}"


@register.filter
def error_target(bound: forms.BoundField) -> str:
    """The id the error summary links to: the control, or the first choice of a group."""
    widget = bound.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return f"{bound.auto_id}_0"
    return str(bound.auto_id)


def render_field(bound: forms.BoundField, hint: str = "") -> SafeString:
    hint = hint or str(bound.help_text)
    widget = bound.field.widget
    kind = _kind(widget)
    limit = widget.attrs.get("maxlength") if isinstance(widget, forms.Textarea) else None
    described = [
        f"{bound.auto_id}_{part}"
        for part, there in (("hint", hint), ("error", bound.errors), ("counter", limit))
        if there
    ]
    attrs: dict[str, Any] = {}
    if kind in ("text", "select", "file", "multi"):
        attrs["class"] = f"{widget.attrs.get('class', '')} control".strip()
    if not limit:
        attrs["maxlength"] = False  # What is pasted is never cut silently: the server says what is too long.
    if kind != "group" and described:
        attrs["aria-describedby"] = " ".join(described)
    if kind != "group" and bound.errors:
        attrs["aria-invalid"] = "true"
    return render_to_string(
        "components/field.html",
        {
            "field": bound,
            "kind": kind,
            "hint": hint,
            "limit": limit,
            "described": " ".join(described) if kind in ("group", "multi") else "",
            "control": bound.as_widget(attrs=attrs),
        },
    )


def _plain_error(bound: forms.BoundField, error: ValidationError) -> str:
    if error.code == "required" and error.message == forms.Field.default_error_messages["required"]:
        verb = {"group": "请选择", "select": "请选择", "file": "请上传", "checkbox": "请勾选"}.get(
            _kind(bound.field.widget)
        )
        return f"{verb or '请填写'}“{bound.label}”。"
    if error.code == "max_length" and error.params:
        return f"最多 {error.params['limit_value']} 字，现在是 {error.params['show_value']} 字，请删减。"
    if error.code == "min_length" and error.params:
        return f"至少 {error.params['limit_value']} 个字符，现在是 {error.params['show_value']} 个。"
    return "；".join(error.messages)


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "group"
    if isinstance(widget, forms.MultiWidget):
        return "multi"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "select" if isinstance(widget, forms.Select) else "text"
