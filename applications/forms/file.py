"""The rest of the file: profile, report, evidence, recommender, and reasons."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import Application, Recommender
from applications.queries import recommenders_of
from documents.forms import UploadField


class ProfileForm(forms.Form):
    """The organisation profile (组织概述). Over-long text is kept and told, never cut."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="组织概述", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 18})
    )

    def __init__(self, *args: Any, limit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["data-words-limit"] = limit  # for the live count


class ReportForm(forms.Form):
    """One file: `cleaned_data["upload"]` is the file, or the token of its upload."""

    upload = UploadField(
        label="自评报告文件",
        help_text="PDF 或 Word（docx），不加密，不超过 200 MB。中断后可以从断点继续。",
        kinds=("pdf", "docx"),
        purpose="applications.report",
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].for_key(application.pk)

    def clean_upload(self) -> Any:
        return self.cleaned_data["upload"][0]


class EvidenceForm(forms.Form):
    """Pieces of evidence for one of the conditions of a question: `cleaned_data["upload"]` is a list, as above."""

    condition = forms.ChoiceField(label="证明哪一项条件")
    upload = UploadField(
        label="选择文件",
        help_text="PDF、Word、Excel 或图片，不加密，每份不超过 200 MB，可以一次选几份。中断后可以从断点继续。",
        kinds=("pdf", "docx", "xlsx", "png", "jpg"),
        purpose="applications.evidence",
        many=True,
    )

    def __init__(
        self, *args: Any, application: Application, conditions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].for_key(application.pk)
        self.fields["condition"].choices = conditions
        if len(conditions) == 1:
            self.fields["condition"].widget = forms.HiddenInput()
            self.fields["condition"].initial = conditions[0][0]


class RecommenderForm(forms.Form):
    recommender = forms.ModelChoiceField(
        Recommender.objects.none(),
        label="推荐单位",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "请选择推荐单位。", "invalid_choice": "请在列出的推荐单位中选择。"},
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recommender"].queryset = recommenders_of(application)
        self.fields["recommender"].label_from_instance = lambda body: (
            f"{body.name}（{body.get_kind_display()}）"
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明理由。"},
    )
