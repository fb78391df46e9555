"""A score sheet as one form: read tolerantly, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django import forms

from ground.errors import Refused
from ground.web import refusals_on
from scoring.queries.score_forms import ScoreForm

TEXTS = ("strengths", "opportunities")
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
            choices=[("", "未评"), *((percent, f"{percent}%") for percent in score_form.percents)],
            coerce=int,
            empty_value=None,
            error_messages={
                "invalid_choice": f"百分比请在 0 至 100 之间按 {step} 的倍数选择。",
                "required": "请选择百分比。",
            },
            **kwargs,
        )


class SheetForm(forms.Form):
    """percent-CODE, strengths-CODE, opportunities-CODE for each line, and the overall text.

    `initial` is what the sheet holds now; only what differs from it is saved.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    overall = TextField(label="总体评价", required=False, rows=5)

    def __init__(self, *args: Any, score_form: ScoreForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.score_form = score_form
        for line in score_form.lines:
            name = line.title if line.kind == "rubric" else f"{line.code} {line.title}"
            self.fields[f"percent-{line.code}"] = PercentField(
                score_form, label=f"{name}：评分", required=False
            )
            for text, label in zip(TEXTS, ("优势", "改进机会"), strict=True):
                self.fields[f"{text}-{line.code}"] = TextField(
                    label=f"{name}：{label}", required=False, rows=3
                )

    def changes(self) -> dict[str, dict[str, Any]]:
        """What differs from the sheet, by item code, as `services.save_items` takes it."""
        found: dict[str, dict[str, Any]] = {}
        for line in self.score_form.lines:
            for name in ("percent", *TEXTS):
                value = self.cleaned_data[f"{name}-{line.code}"]
                if value != self.initial.get(f"{name}-{line.code}", None if name == "percent" else ""):
                    found.setdefault(line.code, {})[name] = value
        return found

    def changed_overall(self) -> str | None:
        overall: str = self.cleaned_data["overall"]
        return None if overall == self.initial.get("overall", "") else overall

    def on_top_of(self, revision: int) -> None:
        """Show what was typed again, now on top of that revision: saving once more is a choice made knowingly."""
        self.data = {**self.data.dict(), "version": str(revision)}

    def one(self, field: str, value: object) -> tuple[str, str, Any]:
        """One field as autosave sends it: (item code or "", name, clean value); raises ValidationError or KeyError."""
        if field == "version":
            raise KeyError(field)
        name, _, code = field.partition("-")
        return code, name, self.fields[field].clean(value)


@contextmanager
def refusals_at(form: forms.Form, name: str) -> Iterator[None]:
    """As `refusals_on`, for faults that name an item: they go to the field `name`-CODE."""
    with refusals_on(form):
        try:
            yield
        except Refused as refusal:
            raise Refused.many(
                replace(fault, field=f"{name}-{fault.field}")
                if f"{name}-{fault.field}" in form.fields
                else fault
                for fault in refusal.faults
            ) from refusal
