"""How the portal shows the fields of a form, and says what is wrong with them.

Filters   as_field, error_words, error_line, error_target
Tags      field, form_sections
"""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


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
    label = str(bound.label).rstrip("。")  # what is ticked is a sentence
    return words if label in words else f"{label}：{words}"


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
    words_limit = widget.attrs.get("data-words-limit")
    counted = limit or words_limit
    described = [
        f"{bound.auto_id}_{part}"
        for part, there in (("hint", hint), ("error", bound.errors), ("counter", counted))
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
            "words_limit": words_limit,
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
