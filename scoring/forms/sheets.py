"""A score sheet as one form: read tolerantly, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django import forms

from ground.errors import Fault, Refused
from ground.web import refusals_on
from scoring.models import MOST_HOURS
from scoring.queries.score_forms import Line, ScoreForm

TEXTS = {
    "key_factors": "关键因素",
    "strengths": "优势",
    "opportunities": "改进机会",
    "evidence": "依据",
    "to_verify": "现场核实事项",
    "difference": "与材料评审相比，变化的原因",
}
EVIDENCE_LIMIT = 500
TEXT_LIMIT = 4000
TOO_LONG = "最多 %(limit_value)d 字，现在是 %(show_value)d 字，请删减。"


class TextField(forms.CharField):
    """A text as typed; line breaks as the database keeps them, whichever way they were sent."""

    def __init__(self, *, rows: int, limit: int = TEXT_LIMIT, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "maxlength": limit})
        super().__init__(
            max_length=limit,
            widget=widget,
            error_messages={"max_length": TOO_LONG, "required": "请填写这一栏。"},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class PercentField(forms.TypedChoiceField):
    """A percentage on the scale of the criteria."""

    def __init__(self, score_form: ScoreForm, **kwargs: Any) -> None:
        step = score_form.criteria.step
        super().__init__(
            choices=lambda: [("", "未评"), *((percent, f"{percent}%") for percent in score_form.percents)],
            coerce=int,
            empty_value=None,
            error_messages={
                "invalid_choice": f"百分比请在 0 至 100 之间按 {step} 的倍数选择。",
                "required": "请选择百分比。",
            },
            **kwargs,
        )


class BandField(forms.TypedChoiceField):
    """One of the criteria's bands, by its lowest percentage."""

    def __init__(self, score_form: ScoreForm, **kwargs: Any) -> None:
        super().__init__(
            choices=lambda: [("", "未选"), *((start, f"{start}%") for start in score_form.bands)],
            coerce=int,
            empty_value=None,
            error_messages={"invalid_choice": "没有这个区间，请重新选择。"},
            **kwargs,
        )


class HoursField(forms.DecimalField):
    """Hours in halves or tenths, as the reviewer says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0,
            max_value=MOST_HOURS,
            decimal_places=1,
            widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
            error_messages={
                "invalid": "用时请填数字，如 3.5。",
                "min_value": "用时不能小于 0。",
                "max_value": f"用时最多填 {MOST_HOURS} 小时。",
                "max_decimal_places": "用时最多一位小数，如 3.5。",
                "max_whole_digits": f"用时最多填 {MOST_HOURS} 小时。",
                "max_digits": f"用时最多填 {MOST_HOURS} 小时。",
            },
            **kwargs,
        )


def field_of(score_form: ScoreForm, line: Line, field: str) -> forms.Field:
    """The field of one line, such as its percentage."""
    name = line.title if line.kind == "rubric" else f"{line.code} {line.title}"
    if field == "band":
        return BandField(score_form, label=f"{name}：区间", required=False)
    if field == "percent":
        return PercentField(score_form, label=f"{name}：评分", required=False)
    limit = EVIDENCE_LIMIT if field == "evidence" else TEXT_LIMIT
    return TextField(label=f"{name}：{TEXTS[field]}", required=False, rows=3, limit=limit)


class SheetForm(forms.Form):
    """NAME-CODE for each line and each of its fields, such as percent-4.1.2; the overall text and the hours.

    `initial` is what the sheet holds now; only what differs from it is saved.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    overall = TextField(label="总体评价", required=False, rows=5)
    hours = HoursField(
        label="用时（小时）",
        required=False,
        help_text="评这一份实际用了多少小时，由您自己填写，如 3.5。",
    )

    def __init__(self, *args: Any, score_form: ScoreForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.score_form = score_form
        for line in score_form.lines:
            for field in score_form.fields_of(line):
                self.fields[f"{field}-{line.code}"] = field_of(score_form, line, field)

    def changes(self) -> dict[str, dict[str, Any]]:
        """What differs from the sheet, by item code, as `services.save_items` takes it."""
        found: dict[str, dict[str, Any]] = {}
        for line in self.score_form.lines:
            sent = {
                name: self.cleaned_data[f"{name}-{line.code}"] for name in self.score_form.fields_of(line)
            }
            if sent.get("band", 0) is None:  # a choice once made can't be unmade: none was sent
                del sent["band"]
            changed = {
                name: value
                for name, value in sent.items()
                if value != self.initial.get(f"{name}-{line.code}", "" if name in TEXTS else None)
            }
            if "band" in sent and changed.keys() & {"band", "percent"}:
                changed |= {"band": sent["band"], "percent": sent["percent"]}
            if changed:
                found[line.code] = changed
        return found

    def changed_whole(self) -> dict[str, Any]:
        """The overall text and the hours, as far as they differ."""
        pairs = (("overall", ""), ("hours", None))
        return {
            name: self.cleaned_data[name]
            for name, empty in pairs
            if self.cleaned_data[name] != self.initial.get(name, empty)
        }

    def on_top_of(self, revision: int) -> None:
        """Show what was typed again, now on top of that revision: saving once more is a choice made knowingly."""
        self.data = {**self.data.dict(), "version": str(revision)}


def read_one(score_form: ScoreForm, field: str, value: object) -> tuple[str, str, Any]:
    """One field as autosave sends it: (item code or "", name, clean value); raises ValidationError or KeyError."""
    name, _, code = field.partition("-")
    line = score_form.line(code)
    if line is not None and name in score_form.fields_of(line):
        return code, name, field_of(score_form, line, name).clean(value)
    if field not in ("overall", "hours"):
        raise KeyError(field)
    return "", field, SheetForm.base_fields[field].clean(value)


@contextmanager
def refusals_at(form: forms.Form, name: str) -> Iterator[None]:
    """As `refusals_on`, for faults that name an item: they go to the field `name`-CODE."""
    with refusals_on(form):
        try:
            yield
        except Refused as refusal:
            raise Refused.many(_at(form, name, fault) for fault in refusal.faults) from refusal


def _at(form: forms.Form, name: str, fault: Fault) -> Fault:
    """The fault at its field, without the item's title, which stands in the field's label already."""
    field = form.fields.get(f"{name}-{fault.field}")
    if field is None:
        return fault
    title = str(field.label).partition("：")[0]
    return replace(fault, field=f"{name}-{fault.field}", message=fault.message.removeprefix(f"{title}："))
