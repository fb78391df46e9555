"""What recommenders and the office fill in, and the applicant's answers to a correction request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from applications.forms.organisation import day_input
from applications.models import Correction, EligibilityCheck, Organisation, Recommendation
from applications.states import APPLICATION
from documents.forms import UploadField
from ground.dates import DayField, MomentField


class SignForm(forms.Form):
    opinion = forms.CharField(
        label="推荐意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请填写推荐意见。"},
        help_text="写明对该组织质量管理情况的评价和是否推荐。",
    )
    signatory = forms.CharField(
        label="签署人姓名", max_length=60, error_messages={"required": "请填写签署人姓名。"}
    )
    scan = UploadField(
        kinds=("pdf", "png", "jpg"),
        purpose="applications.recommendation",
        label="加盖公章的推荐意见扫描件（选填）",
        required=False,
        help_text="PDF 或图片，不加密。",
    )

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scan"].for_key(recommendation.pk)

    def clean_scan(self) -> Any:
        return next(iter(self.cleaned_data["scan"]), None)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="不予推荐的理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写明理由。"},
        help_text="申报组织会看到这段文字。",
    )
    signatory = forms.CharField(
        label="签署人姓名", max_length=60, error_messages={"required": "请填写签署人姓名。"}
    )


class ConfirmCheckForm(forms.Form):
    outcome = forms.ChoiceField(label="人工结论", choices=EligibilityCheck.Outcome.choices)
    note = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.TextInput)

    def __init__(self, *args: Any, outcomes: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if outcomes:
            words = dict(EligibilityCheck.Outcome.choices)
            self.fields["outcome"].choices = [(code, words[code]) for code in outcomes]


class WaiverForm(forms.Form):
    condition = forms.ChoiceField(label="调整的条件")
    resolution = forms.CharField(
        label="评定委决议文号", max_length=60, error_messages={"required": "请填写评定委决议文号。"}
    )
    resolved_on = DayField(label="决议日期", widget=day_input())
    reason = forms.CharField(label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, conditions: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"].choices = [("", "请选择"), *conditions]


class DecisionForm(forms.Form):
    accepted = forms.ChoiceField(
        label="资格审核结论",
        choices=[("yes", "通过，进入材料评审"), ("no", "不通过")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结论。"},
    )
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不通过的必须填写，申报组织会看到这段文字和所依据的条款。",
    )


class CorrectionForm(forms.Form):
    due_at = MomentField(
        label="补正期限",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        help_text="到期未答复的，按现有材料审核。",
        error_messages={
            "required": "请填写补正期限。",
            "invalid": "请写成日期加时间，例如 2026-10-08T17:00。",
        },
    )


class CorrectionItemForm(forms.Form):
    condition = forms.ChoiceField(label="哪一部分", required=False)
    request = forms.CharField(
        label="需要补正什么", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, conditions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"].choices = [("", "请选择"), *conditions]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("request") and not values.get("condition"):
            self.add_error("condition", "请选择要补正的部分。")
        if values.get("condition") and not values.get("request"):
            self.add_error("request", "请写明要补正什么；不需要的一行请清空选择。")
        return values


class _Items(BaseFormSet):  # type: ignore[type-arg]
    @property
    def pairs(self) -> list[tuple[str, str]]:
        rows = [row.cleaned_data for row in self.forms]
        return [(row["condition"], row["request"]) for row in rows if row.get("condition")]


CorrectionItems = formset_factory(CorrectionItemForm, formset=_Items, extra=4, max_num=40, absolute_max=50)


class CorrectionAnswerForm(forms.Form):
    """One answer for each item, as `answer_<item key>`."""

    def __init__(self, *args: Any, correction: Correction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(correction.items.all())
        for number, item in enumerate(self.items, start=1):
            self.fields[f"answer_{item.pk}"] = forms.CharField(
                label=f"{number}. {item.request}",
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="说明改了什么、补了哪份材料。",
                error_messages={"required": "请答复这一项。"},
            )

    @property
    def answers(self) -> dict[int, str]:
        return {item.pk: self.cleaned_data[f"answer_{item.pk}"] for item in self.items}


class OfficeFilter(forms.Form):
    """The filter of the office's list; unknown words are taken as no filter."""

    q = forms.CharField(label="组织名称、信用代码或编号", required=False, max_length=120)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((s.code, s.office) for s in APPLICATION.states if s.code != "draft")],
    )
    category = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Organisation.Category.choices]
    )
