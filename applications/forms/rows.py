"""The rows of list questions: certificates, spot checks, incidents, records, accidents, honours.

An empty row is none; a row that is begun must be whole, and what happened can't lie in the future.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from applications.forms.organisation import day_input
from awards.law import vocabulary
from ground.dates import DayField

# The code of an error that says: not wrong, only not whole yet. Autosave waits for the rest instead of complaining.
UNFINISHED = "unfinished"


class Day(DayField):
    """A day, picked or typed."""

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label,
            widget=day_input(),
            required=False,
            error_messages={"invalid": "请填写存在的日期，例如 2025-03-01。"},
        )


class Row(forms.Form):
    """One row of a list: empty, or with everything in NEEDED. What happened (`on`) can't lie after `today`."""

    NEEDED: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if any(value not in (None, "") for value in values.values()) or self.errors:
            for name in self.NEEDED:
                if values.get(name) in (None, "") and name not in self.errors:
                    message = f"请填写{self.fields[name].label}；不要这一行的，请把整行清空。"
                    self.add_error(name, ValidationError(message, code=UNFINISHED))
        return values

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise ValidationError("日期不能晚于今天。")
        if on and on.year < 1949:
            raise ValidationError("请核对年份。")
        return on

    def fact(self) -> dict[str, Any]:
        values = {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


class CertificateRow(Row):
    NEEDED = ("standard",)

    standard = forms.CharField(label="认证标准（如 GB/T 19001）", max_length=80, required=False)
    valid_until = Day(label="证书有效期至")


class SpotCheckRow(Row):
    NEEDED = ("on", "level", "passed")

    on = Day(label="抽查日期")
    level = forms.ChoiceField(
        label="抽查级别", required=False, choices=[("", "请选择"), *vocabulary.SPOT_CHECK_LEVELS.items()]
    )
    passed = forms.ChoiceField(
        label="结果", required=False, choices=[("", "请选择"), ("yes", "合格"), ("no", "不合格")]
    )

    def fact(self) -> dict[str, Any]:
        return {**super().fact(), "passed": self.cleaned_data["passed"] == "yes"}


class ExportIncidentRow(Row):
    NEEDED = ("kind",)

    kind = forms.ChoiceField(
        label="事件", required=False, choices=[("", "请选择"), *vocabulary.EXPORT_INCIDENTS.items()]
    )
    on = Day(label="日期")


class DishonestyRow(Row):
    NEEDED = ("on",)

    on = Day(label="列入日期")
    source = forms.CharField(label="列入机关或名单", max_length=100, required=False)


class AccidentRow(Row):
    NEEDED = ("on", "grade")

    on = Day(label="发生日期")
    grade = forms.ChoiceField(
        label="等级", required=False, choices=[("", "请选择"), *vocabulary.ACCIDENT_GRADES.items()]
    )
    kind = forms.CharField(label="类型（如 安全生产）", max_length=60, required=False)


class HonourRow(Row):
    NEEDED = ("award", "on")

    award = forms.ChoiceField(
        label="荣誉", required=False, choices=[("", "请选择"), *vocabulary.AWARDS.items()]
    )
    tier = forms.ChoiceField(
        label="奖级",
        required=False,
        choices=[("", "不分奖级"), ("quality", "质量奖"), ("excellence", "质量管理优秀奖")],
    )
    on = Day(label="获奖日期")
    valid_until = Day(label="有效期至")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        on, until = values.get("on"), values.get("valid_until")
        if on and until and until < on:
            self.add_error("valid_until", "有效期早于获奖日期，请核对。")
        return values


# fact key → row form, the legend of its rows
LISTS: Mapping[str, tuple[type[Row], str]] = {
    "certificates": (CertificateRow, "证书"),
    "spot_checks": (SpotCheckRow, "抽查"),
    "export_incidents": (ExportIncidentRow, "事件"),
    "dishonesty_records": (DishonestyRow, "记录"),
    "accidents": (AccidentRow, "事故"),
    "honours": (HonourRow, "荣誉"),
}
HAVE_LABELS = {
    "certificates": "有没有在有效期内的管理体系认证证书",
    "spot_checks": "近三年有没有接受过监督抽查",
    "export_incidents": "有没有发生过质量原因的退运、销毁、通报或索赔",
    "dishonesty_records": "近三年有没有严重失信行为记录",
    "accidents": "近三年有没有发生过事故",
    "honours": "有没有获得过所列质量奖和荣誉",
}
