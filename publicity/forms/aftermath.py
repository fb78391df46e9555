"""Forms for what follows an award: reports, payments, revocation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from awards.law.editions import Edition
from documents.forms import UploadField
from ground.dates import DayField
from publicity.models import Honour, edition_of

DATE = {"type": "date"}


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs=DATE, format="%Y-%m-%d")


class IncidentForm(forms.Form):
    event = forms.ChoiceField(label="发生了哪种情形", widget=forms.RadioSelect)
    confirmed_on = DayField(
        label="确认之日", widget=_date_input(), help_text="事故认定书、抽查结果、判决等确认事实的日期。"
    )
    description = forms.CharField(
        label="情况说明",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="事项经过、影响、已采取和准备采取的措施。",
    )
    upload = UploadField(
        kinds=("pdf", "docx", "jpg", "png"),
        purpose="publicity.incident",
        label="证明材料（可不交）",
        required=False,
        help_text="PDF、Word（docx）或图片，不加密，不超过 200 MB。中断后可以从断点继续。",
    )

    def __init__(self, honour: Honour, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        edition = edition_of(honour.cycle)
        self.fields["upload"].for_key(honour.pk)  # type: ignore[attr-defined]
        field = self.fields["event"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (event.code, f"{event.label}（{event.article}）") for event in edition.events("incident_events")
        ]

    def clean_upload(self) -> Any:
        return next(iter(self.cleaned_data["upload"]), None)


class NoteForm(forms.Form):
    note = forms.CharField(
        label="处理意见", widget=forms.Textarea(attrs={"rows": 4}), help_text="会告知获奖组织。"
    )


class OpenCaseForm(forms.Form):
    ground = forms.ChoiceField(label="撤销事由", widget=forms.RadioSelect)
    summary = forms.CharField(label="线索和立案理由", widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, edition: Edition, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(g.code, f"{g.label}（{g.article}）") for g in edition.events("revocation_grounds")]


class FindingsForm(forms.Form):
    findings = forms.CharField(label="调查结论", widget=forms.Textarea(attrs={"rows": 6}))


class DecisionForm(forms.Form):
    """Number and date of a resolution or a decision."""

    number = forms.CharField(label="文号", max_length=60)
    decided_on = DayField(label="日期", widget=_date_input())


class _EffectForm(DecisionForm):
    crime_suspected = forms.BooleanField(label="涉嫌犯罪，移交公安机关处理", required=False)


def effect_form(refer_to_police: object) -> type[DecisionForm]:
    """The authority's form: it asks about a crime only where the matrix makes the police depend on that."""
    return _EffectForm if refer_to_police == "if_crime" else DecisionForm


class VoucherForm(forms.Form):
    """A voucher with its date; the labels say which (paid or recovered)."""

    voucher = forms.CharField(label="凭证号", max_length=60)
    on = DayField(label="日期", widget=_date_input())

    def __init__(
        self, *args: object, verb: str = "拨付", today: date | None = None, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["voucher"].label = f"{verb}凭证号"
        self.fields["on"].label = f"{verb}日期"
        if today is not None:
            self.fields["on"].widget.attrs["max"] = today.isoformat()
