"""Forms of the presentations' schedule."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ground.dates import within_reach
from scoring.models import PresentationSchedule, PresentationSlot
from scoring.rules.slots import Plan
from scoring.services.presentation import SEED_MOST

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")
DAYS_MOST, ROOMS_MOST, BREAKS_MOST = 20, 6, 6
TIME = {"type": "time"}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class PlanForm(forms.Form):
    """When and where presentations are heard: days, rooms and breaks one a line."""

    days = forms.CharField(
        label="日期", widget=forms.Textarea(attrs={"rows": 3}), help_text="每行一天，如 2026-10-12。"
    )
    opens = forms.TimeField(label="每天开始", widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    closes = forms.TimeField(label="每天结束", widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    minutes = forms.IntegerField(
        label="每家时长（分钟）", min_value=5, max_value=240, help_text="含陈述和答问。"
    )
    gap = forms.IntegerField(label="两场之间的间隔（分钟）", min_value=0, max_value=120)
    breaks = forms.CharField(
        label="休息时间",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="每行一段，如 12:00–13:30。场次不会跨过休息时间。",
    )
    rooms = forms.CharField(
        label="地点",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="每行一处。有几处的，各场轮流使用，后一家可以提前准备。",
    )
    spare = forms.IntegerField(
        label="备用场次", min_value=0, max_value=5, help_text="抽签后留作调换，不需要的填 0。"
    )

    def clean_days(self) -> tuple[date, ...]:
        found = []
        for line in _lines(self.cleaned_data["days"]):
            matched = _DAY.fullmatch(line)
            try:
                found.append(date(*map(int, matched.groups())) if matched else date.fromisoformat(line))
            except ValueError as error:
                raise ValidationError(f"“{line}”不是日期，请写成 2026-10-12 这样。") from error
        if len(found) > DAYS_MOST:
            raise ValidationError(f"最多 {DAYS_MOST} 天。")
        for day in found:
            within_reach(day)
        return tuple(sorted(set(found)))

    def clean_breaks(self) -> tuple[tuple[time, time], ...]:
        found = []
        for line in _lines(self.cleaned_data["breaks"]):
            matched = _SPAN.fullmatch(line)
            try:
                hours = list(map(int, matched.groups())) if matched else []
                first, last = time(*hours[:2]), time(*hours[2:])
            except (ValueError, TypeError) as error:
                raise ValidationError(f"“{line}”看不明白，请写成 12:00–13:30 这样。") from error
            if not matched or first >= last:
                raise ValidationError(f"“{line}”看不明白，请写成 12:00–13:30 这样。")
            found.append((first, last))
        if len(found) > BREAKS_MOST:
            raise ValidationError(f"最多 {BREAKS_MOST} 段休息时间。")
        return tuple(found)

    def clean_rooms(self) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(_lines(self.cleaned_data["rooms"])))
        if len(found) > ROOMS_MOST or any(len(room) > 120 for room in found):
            raise ValidationError(f"最多 {ROOMS_MOST} 处地点，每处不超过 120 字。")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens, closes = given.get("opens"), given.get("closes")
        if opens and closes and opens >= closes:
            self.add_error("closes", "结束时间要晚于开始时间。")
        return given

    @property
    def plan(self) -> Plan:
        names = ("days", "opens", "closes", "minutes", "gap", "breaks", "rooms")
        return Plan(**{name: self.cleaned_data[name] for name in names})


def plan_of(schedule: PresentationSchedule | None) -> dict[str, Any]:
    """What the form begins with: the plan as it is, or common hours."""
    if schedule is None:
        return {
            "opens": time(9, 0),
            "closes": time(17, 0),
            "minutes": 40,
            "gap": 10,
            "breaks": "12:00–13:30",
            "spare": 0,
        }
    return {
        "days": "\n".join(schedule.days),
        "opens": schedule.opens,
        "closes": schedule.closes,
        "minutes": schedule.minutes,
        "gap": schedule.gap,
        "breaks": "\n".join(f"{first}–{last}" for first, last in schedule.breaks),
        "rooms": "\n".join(schedule.rooms),
        "spare": 0,
    }


class DrawForm(forms.Form):
    """The seed and who saw it come about. The service says what is missing."""

    seed = forms.CharField(
        label="种子",
        required=False,
        max_length=SEED_MOST,
        help_text="现场产生的数字或文字，如申报组织代表当场报出的数字连写。不填的，由平台随机产生。",
    )
    witness = forms.CharField(
        label="见证人", required=False, max_length=60, help_text="在场见证抽签的人，如纪检监督人员。"
    )


class SwapForm(forms.Form):
    """Two slots, and why."""

    first = forms.ModelChoiceField(
        label="场次一",
        queryset=PresentationSlot.objects.none(),
        error_messages={"required": "请选择一个场次。"},
    )
    second = forms.ModelChoiceField(
        label="场次二",
        queryset=PresentationSlot.objects.none(),
        error_messages={"required": "请选择一个场次。"},
    )
    reason = forms.CharField(
        label="调换的理由",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        help_text="理由与操作人一并留存，不发给申报组织。",
    )

    def __init__(self, *args: Any, slots: list[PresentationSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = PresentationSlot.objects.filter(pk__in=[slot.pk for slot in slots])
        for name in ("first", "second"):
            self.fields[name].queryset = rows.select_related("application__organisation")
            self.fields[name].label_from_instance = lambda slot: (
                f"{slot}：{slot.application.filed_name if slot.application else '（备用）'}"
            )
