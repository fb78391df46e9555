"""What members say and sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from scoring.forms.sheets import TextField
from scoring.models import Reviewer
from scoring.queries.hearing import Member, WideItem

WHOLE = (("agree", "各项全部同意"), ("dissent", "各项全部不同意"), ("each", "在下面逐项表示"))
EACH = (("agree", "同意"), ("dissent", "不同意"))


class ConsentForm(forms.Form):
    """One word for all items, or one for each: `whole` and `reason`, or `word-CODE` and `reason-CODE`."""

    whole = forms.ChoiceField(
        label="您的意见",
        choices=WHOLE,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择您的意见。", "invalid_choice": "请选择您的意见。"},
    )
    reason = TextField(
        label="全部不同意的理由",
        required=False,
        rows=3,
        limit=2000,
        help_text="不同意的，理由印在评审报告里。",
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: Sequence[WideItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            code, title = item.line.code, item.line.title
            self.fields[f"word-{code}"] = forms.ChoiceField(
                label=f"{title}：意见",
                choices=EACH,
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": "请选择同意或者不同意。"},
            )
            self.fields[f"reason-{code}"] = TextField(
                label=f"{title}：不同意的理由", required=False, rows=2, limit=2000
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("whole") == "dissent" and not given.get("reason", "").strip():
            self.add_error("reason", "请写明不同意的理由。")
        if given.get("whole") == "each":
            for item in self.items:
                if not given.get(f"word-{item.line.code}"):
                    self.add_error(f"word-{item.line.code}", "请选择同意或者不同意。")
        return given

    def answers(self) -> dict[str, tuple[bool, str]]:
        """Item code → (agrees, reason), as `services.give_consent` takes it."""
        given, whole = self.cleaned_data, self.cleaned_data["whole"]
        codes = [item.line.code for item in self.items]
        if whole != "each":
            return dict.fromkeys(codes, (whole == "agree", given["reason"]))
        return {code: (given[f"word-{code}"] == "agree", given[f"reason-{code}"]) for code in codes}

    def rows(self) -> list[tuple[WideItem, forms.BoundField, forms.BoundField]]:
        return [
            (item, self[f"word-{item.line.code}"], self[f"reason-{item.line.code}"]) for item in self.items
        ]


class CountersignForm(forms.Form):
    digest = forms.CharField(widget=forms.HiddenInput)
    remark = TextField(
        label="保留意见（可不填）",
        required=False,
        rows=3,
        limit=2000,
        help_text="填写的，印在评审报告里，您的签名旁边。",
    )
    confirmed = forms.BooleanField(
        label="我已核对报告的内容和得分，以评审组成员身份会签。",
        error_messages={"required": "会签前请先确认已经核对。"},
    )


class TakeBackForm(forms.Form):
    reason = TextField(label="收回签署的理由", required=True, rows=3, limit=1000)


class AbsenceForm(forms.Form):
    """Which member, and why."""

    reviewer = forms.ModelChoiceField(
        Reviewer.objects.none(),
        label="成员",
        empty_label="请选择",
        error_messages={"required": "请选择成员。", "invalid_choice": "请选择成员。"},
    )
    reason = TextField(
        label="不能表示意见和会签的原因",
        required=True,
        rows=3,
        limit=1000,
        help_text="写明情况和依据，如“因病住院，已电话核实”。这段说明印在评审报告里。",
    )

    def __init__(self, *args: Any, members: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Reviewer.objects.filter(
            pk__in=[member.reviewer.pk for member in members]
        ).select_related("user")
