"""A score sheet as one form: read tolerantly, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from scoring.queries.score_forms import ScoreForm

TEXTS = ("strengths", "opportunities")
TEXT_LIMIT = 4000


class SheetForm(forms.Form):
    """percent-CODE, strengths-CODE, opportunities-CODE for each line, and the overall text."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    overall = forms.CharField(
        label="总体评价",
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LIMIT}),
    )

    def __init__(self, *args: Any, score_form: ScoreForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.score_form = score_form
        percents = [("", "未评"), *((percent, f"{percent}%") for percent in score_form.percents)]
        for line in score_form.lines:
            self.fields[f"percent-{line.code}"] = forms.TypedChoiceField(
                label="评分",
                choices=percents,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.Select(attrs={"data-points": line.points}),
            )
            for name, label in (("strengths", "优势"), ("opportunities", "改进机会")):
                self.fields[f"{name}-{line.code}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=TEXT_LIMIT,
                    widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LIMIT}),
                )

    def items(self) -> dict[str, dict[str, Any]]:
        """What was entered, by item code, as `services.save_items` takes it."""
        return {line.code: self._values(line.code, self.cleaned_data) for line in self.score_form.lines}

    @staticmethod
    def _values(code: str, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {name: cleaned[f"{name}-{code}"] for name in ("percent", *TEXTS)}

    def one(self, field: str, value: object) -> tuple[str, str, Any]:
        """One field as autosave sends it: (item code or "", name, clean value); raises ValidationError or KeyError."""
        bound = self.fields[field]
        cleaned = bound.clean(value)
        if field == "overall":
            return "", "overall", cleaned
        name, _, code = field.partition("-")
        return code, name, cleaned


class ConsensusForm(forms.Form):
    """The panel's percentage and note for each line, and the three texts of the report."""

    strengths = forms.CharField(label="主要优势", required=False, max_length=TEXT_LIMIT)
    opportunities = forms.CharField(label="改进机会", required=False, max_length=TEXT_LIMIT)
    conclusion = forms.CharField(label="评审意见", required=False, max_length=TEXT_LIMIT)

    def __init__(self, *args: Any, score_form: ScoreForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.score_form = score_form
        for name in ("strengths", "opportunities", "conclusion"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 5, "maxlength": TEXT_LIMIT})
        percents = [(percent, f"{percent}%") for percent in score_form.percents]
        for line in score_form.lines:
            self.fields[f"percent-{line.code}"] = forms.TypedChoiceField(
                label=f"{line.title}合议结果", choices=percents, coerce=int
            )
            self.fields[f"note-{line.code}"] = forms.CharField(
                label=f"{line.title}说明", required=False, max_length=1000
            )

    def items(self) -> dict[str, tuple[int, str]]:
        return {
            line.code: (self.cleaned_data[f"percent-{line.code}"], self.cleaned_data[f"note-{line.code}"])
            for line in self.score_form.lines
        }

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("strengths", "opportunities", "conclusion")}
