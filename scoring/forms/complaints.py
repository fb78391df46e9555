"""Forms of a complaint about a reviewer and of what the office and the committee do with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from applications.models import Application
from awards.models import Cycle
from ground.dates import DayField
from scoring.models import MisconductCase, Reviewer, Stage

WORDS = {"rows": 6, "maxlength": 5000}


class ComplaintForm(forms.Form):
    """What happened, in which matter. Only officials are asked for the reviewer."""

    cycle = forms.ModelChoiceField(label="评定年度", queryset=Cycle.objects.none(), empty_label="请选择")
    application = forms.ModelChoiceField(
        label="涉及的申报", queryset=Application.objects.none(), required=False, empty_label="不涉及某一家"
    )
    stage = forms.ChoiceField(label="评审环节", required=False, choices=[("", "不清楚"), *Stage.choices])
    reviewer = forms.ModelChoiceField(
        label="评审员", queryset=Reviewer.objects.none(), required=False, empty_label="待核查确定"
    )
    ground = forms.ChoiceField(label="情形", choices=[("", "请选择"), *MisconductCase.Ground.choices])
    statement = forms.CharField(
        label="投诉内容",
        max_length=5000,
        widget=forms.Textarea(attrs=WORDS),
        help_text="写明时间、地点、事实和线索。不需要知道评审员的姓名。",
        error_messages={"required": "请写明投诉的事实。"},
    )

    def __init__(
        self,
        *args: Any,
        cycles: QuerySet[Cycle],
        applications: QuerySet[Application],
        reviewers: QuerySet[Reviewer] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = cycles
        self.fields["application"].queryset = applications
        self.fields["application"].label_from_instance = lambda row: (
            f"{row.cycle.year} {row.organisation.name}（{row.number}）"
        )
        if not applications.exists():
            del self.fields["application"]
        if reviewers is None:
            del self.fields["reviewer"]
        else:
            self.fields["reviewer"].queryset = reviewers
            self.fields["reviewer"].label_from_instance = lambda row: f"{row.user.name}（{row.employer}）"

    @property
    def complaint(self) -> dict[str, Any]:
        """What the service takes."""
        return {"application": None, "reviewer": None} | self.cleaned_data


class ReportForm(forms.Form):
    """What the inquiry found. The service names everything that is missing."""

    reviewer = forms.ModelChoiceField(
        label="评审员",
        queryset=Reviewer.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择评审员。"},
    )
    findings = forms.CharField(
        label="核查结论",
        max_length=5000,
        widget=forms.Textarea(attrs=WORDS),
        help_text="写明查实的事实、证据和造成的后果。",
        error_messages={"required": "请写明核查结论。"},
    )
    treatment = forms.ChoiceField(
        label="评分表的处理",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择评分表的处理。"},
    )
    treatment_reason = forms.CharField(
        label="这样处理的理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        error_messages={"required": "请写明这样处理的理由。"},
    )

    def __init__(
        self, *args: Any, reviewers: QuerySet[Reviewer], treatments: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers
        self.fields["reviewer"].label_from_instance = lambda row: f"{row.user.name}（{row.employer}）"
        self.fields["treatment"].choices = [
            choice for choice in MisconductCase.Treatment.choices if choice[0] in treatments
        ]


class ApproveForm(forms.Form):
    """The committee's resolution."""

    number = forms.CharField(
        label="决议文号",
        max_length=60,
        help_text="如“评定委〔2026〕5号”。",
        error_messages={"required": "请填写决议文号。"},
    )
    decided_on = DayField(
        label="决议日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写决议日期。", "invalid": "请填写有效的日期。"},
    )
    discipline = forms.BooleanField(
        label="同时提请其主管部门或者所在单位给予纪律处分；涉嫌犯罪的移送司法机关", required=False
    )


class EndForm(forms.Form):
    """Why it ends here."""

    reason = forms.CharField(
        label="理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        help_text="投诉人会看到这段文字。不要写评审员的姓名和评分。",
        error_messages={"required": "请写明理由。"},
    )
