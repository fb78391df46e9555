"""Forms of the office, the committee and the authority: from the shortlist to the approval."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import Application
from awards.law.editions import Edition
from ground.dates import DayField, MomentField
from scoring.models import Resolution, Vote

REASON = {"rows": 4, "maxlength": 2000}


class ShortlistForm(forms.Form):
    """Who goes on, and why."""

    applications = forms.ModelMultipleChoiceField(
        label="进入陈述答辩和现场评审的组织",
        queryset=Application.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一家。"},
    )
    reason = forms.CharField(
        label="确定入围的理由",
        max_length=2000,
        widget=forms.Textarea(attrs=REASON),
        help_text="写明名额或分数的标准。",
    )

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].queryset = candidates


class MeetingForm(forms.Form):
    """When and where the committee meets."""

    held_at = MomentField(
        label="会议时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label="会议地点", max_length=120)
    chair = forms.CharField(label="主持人", max_length=60)


class VoteForm(forms.Form):
    """One member's vote on one candidate."""

    choice = forms.ChoiceField(label="表决", choices=Vote.Choice.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 2000}),
        help_text="表决“不同意”或“回避”时必填。",
    )


class ResolutionForm(forms.Form):
    """What the committee resolved on one candidate."""

    outcome = forms.ChoiceField(label="决议", choices=Resolution.Outcome.choices, widget=forms.RadioSelect)
    tier = forms.ChoiceField(label="奖级", required=False, help_text="决议授奖时选择。")
    number = forms.CharField(label="决议文号", max_length=60)
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        help_text="决议与排名结果不同时必填。",
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = [
            ("", "（不授奖）"),
            *((tier.code, tier.name) for tier in edition.tiers),
        ]


class NextForm(forms.Form):
    """Moving the next one up after a candidate was struck."""

    number = forms.CharField(label="评定委决议文号", max_length=60)
    reason = forms.CharField(label="递补理由", max_length=2000, widget=forms.Textarea(attrs=REASON))


class ApprovalForm(forms.Form):
    """The authority's document."""

    document_number = forms.CharField(label="批准文号", max_length=60, help_text="如：苏园管〔2026〕5号")
    approved_on = DayField(
        label="批准日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
