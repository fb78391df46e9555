"""What the office fills in: a new cycle, its timetable, its call, holidays; and the filter of the policy library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime

from awards.law.editions import Edition
from awards.models import PolicyDocument
from awards.rules.timetable import LABELS, due_field, start_field
from ground.dates import MomentField

STATUS_WORDS = {"in_force": "现行有效", "not_yet": "尚未施行", "lapsed": "已失效", "incomplete": "参数不完整"}


class OpenCycleForm(forms.Form):
    """A new cycle. Editions that can't be used may be chosen all the same: the refusal says why."""

    edition = forms.ChoiceField(label="依据的规则版本", widget=forms.RadioSelect)
    year = forms.IntegerField(
        label="评定年度", min_value=2000, max_value=2100, help_text="如 2026。一个奖项一年只评一次。"
    )

    def __init__(self, *args: Any, editions: Iterable[Edition], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].choices = [
            (edition.code, f"《{edition.title}》（{edition.code}，{STATUS_WORDS[edition.status(on)]}）")
            for edition in editions
        ]


class Moment(MomentField):
    """A date and time in Asia/Shanghai, to the second."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        )
        super().__init__(
            widget=widget,
            error_messages={
                "invalid": "请写成日期加时间，如 2026-09-28 17:00:00。",
                "required": "请填写时间。",
            },
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return localtime(value) if isinstance(value, datetime) and value.tzinfo else value


class TimetableForm(forms.Form):
    """Start and deadline of every stage, as `application_start`, `application_due` and so on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fieldsets = []
        for kind, label in LABELS.items():
            self.fields[start_field(kind)] = Moment(label=f"{label}开始")
            self.fields[due_field(kind)] = Moment(label=f"{label}截止")
            self.fieldsets.append((label, [start_field(kind), due_field(kind)]))

    @property
    def rows(self) -> dict[str, tuple[datetime, datetime]]:
        return {
            kind: (self.cleaned_data[start_field(kind)], self.cleaned_data[due_field(kind)])
            for kind in LABELS
        }

    @staticmethod
    def initial_from(rows: Mapping[str, tuple[datetime, datetime]]) -> dict[str, datetime]:
        initial = {}
        for kind, (start, due) in rows.items():
            initial[start_field(kind)], initial[due_field(kind)] = start, due
        return initial


class CallForm(forms.Form):
    number = forms.CharField(
        label="通知文号",
        max_length=60,
        help_text="如 苏园质〔2026〕1号。",
        error_messages={"required": "请填写通知文号。"},
    )
    text = forms.CharField(
        label="通知正文",
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 30}),
        help_text="已按规则版本和工作安排拟好，请核对修改。空一行另起一段，“一、”开头的行作小标题。",
        error_messages={"required": "请填写通知正文。"},
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="取消的理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写进台账，申报组织会看到。",
        error_messages={"required": "请写明取消的理由。"},
    )


class Days(forms.CharField):
    """Days, one on each line or separated by spaces; 2027-01-01 to 2027-01-03 in one line as 2027-01-01..2027-01-03."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: Any) -> list[date]:  # type: ignore[override]
        days: list[date] = []
        wrong = []
        for word in re.split(r"[\s,，、;；]+", super().to_python(value) or ""):
            if not word:
                continue
            try:
                first, _, last = word.replace("至", "..").partition("..")
                begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
                if not 0 <= (end - begin).days <= 31:
                    raise ValueError
                days += [date.fromordinal(n) for n in range(begin.toordinal(), end.toordinal() + 1)]
            except ValueError:
                wrong.append(word)
        if wrong:
            raise forms.ValidationError(
                f"这些不是日期：{'、'.join(wrong)}。请写成 2027-01-01，连续几天写成 2027-01-01..2027-01-03。"
            )
        return days


class WorkdaysForm(forms.Form):
    year = forms.IntegerField(label="年份", min_value=2020, max_value=2100)
    holidays = Days(
        label="放假日",
        help_text="每行一天，如 2027-01-01；连续几天写成 2027-01-01..2027-01-03。含其中的周末。",
    )
    makeup_days = Days(
        label="调休上班日", required=False, help_text="通知里写明上班的周六、周日；没有的留空。"
    )
    source = forms.CharField(
        label="通知文号或网址",
        max_length=300,
        help_text="国务院办公厅关于该年部分节假日安排的通知。没有通知的年份不能猜，请等通知发布。",
        error_messages={"required": "请写明国务院办公厅通知的文号或网址。"},
    )


class PolicyFilter(forms.Form):
    q = forms.CharField(label="要找的词", required=False, max_length=100)
    level = forms.ChoiceField(
        label="级别", required=False, choices=[("", "全部"), *PolicyDocument.Level.choices]
    )
    force = forms.ChoiceField(
        label="效力", required=False, choices=[("", "全部"), ("now", "现行有效或未注明")]
    )
