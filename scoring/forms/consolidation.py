"""The panel's consensus as one form."""

from __future__ import annotations

from typing import Any

from django import forms

from scoring.forms.sheets import PercentField, TextField
from scoring.queries.score_forms import ScoreForm

REPORT = {"strengths": "主要优势", "opportunities": "改进机会", "conclusion": "评审意见"}


class ConsensusForm(forms.Form):
    """The panel's percentage and note for each line, and the three texts of the report (needed only to sign)."""

    def __init__(self, *args: Any, score_form: ScoreForm, signing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.score_form = score_form
        for line in score_form.lines:
            self.fields[f"percent-{line.code}"] = PercentField(score_form, label=f"{line.title}：合议结果")
            self.fields[f"note-{line.code}"] = TextField(
                label=f"{line.title}：说明", required=False, rows=2, limit=1000
            )
        for name, label in REPORT.items():
            rows = 5 if name == "conclusion" else 10
            self.fields[name] = TextField(label=label, required=signing, rows=rows, limit=20000)
            self.fields[name].error_messages["required"] = f"请填写{label}。"

    def items(self) -> dict[str, tuple[int, str]]:
        return {
            line.code: (self.cleaned_data[f"percent-{line.code}"], self.cleaned_data[f"note-{line.code}"])
            for line in self.score_form.lines
        }

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in REPORT}


class SignForm(forms.Form):
    confirmed = forms.BooleanField(
        label="我已核对各项合议结果和评审意见，代表评审组签署。",
        error_messages={"required": "签署前请先确认已经核对。"},
    )
