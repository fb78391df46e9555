"""What a reviewer declares before a file opens."""

from __future__ import annotations

from django import forms

from scoring.models import Recusal
from scoring.models.reviewers import NO_CONFLICT


class DeclareForm(forms.Form):
    """No conflict, or which one and why."""

    kind = forms.ChoiceField(
        label="您与这家组织有无利害关系？",
        choices=[(NO_CONFLICT, "没有利害关系"), *Recusal.Kind.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择有无利害关系。"},
    )
    reason = forms.CharField(
        label="具体情况",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
        help_text="有利害关系的必填，例如任职时间、持股情况。申报后您将看不到这家组织的任何材料和评分。",
    )
