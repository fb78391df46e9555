"""Forms of the visit on site."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import is_naive, make_aware

from documents.forms import UploadField
from ground.clock import SHANGHAI
from ground.dates import DayField, MomentField
from ground.digest import sm3_hex
from scoring.forms.sheets import TextField
from scoring.models import Reviewer, SiteVisit, VisitAnswer
from scoring.services.visit_entries import Entry, as_typed
from scoring.services.visits import PHOTO_KINDS, PHOTO_UPLOAD

DATE = {"type": "date"}
LABELS = {
    "on": "日期",
    "starts": "开始",
    "ends": "结束",
    "subject": "内容",
    "who": "参加人员",
    "place": "地点",
    "notes": "记录",
    "outcome": "核实结果",
    "answer": "核实情况",
    "caption": "说明",
}
OWN_LABELS = {
    ("interview", "who"): "访谈对象及职务",
    ("interview", "subject"): "访谈主题",
    ("document", "subject"): "文件或记录名称",
    ("document", "place"): "编号或存放处",
}
SHORT = 200
PLACE = 120


class PlanVisitForm(forms.Form):
    """When, where, who goes, what to mind."""

    starts_on = DayField(label="开始日期", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    ends_on = DayField(label="结束日期", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    place = forms.CharField(label="地点", max_length=SHORT)
    members = forms.ModelMultipleChoiceField(
        label="参加人员",
        queryset=Reviewer.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择参加现场评审的人员。"},
    )
    lead = forms.ModelChoiceField(
        label="带队",
        queryset=Reviewer.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "请选择带队的人。"},
    )
    safety = forms.CharField(
        label="安全须知",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 4000}),
        help_text="防护用品、危险区域、禁止拍照的地方等。发给申报组织和参加人员。",
    )

    def __init__(self, *args: Any, pool: QuerySet[Reviewer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("members", "lead"):
            self.fields[name].queryset = pool
            self.fields[name].label_from_instance = lambda one: f"{one.user.name}（{one.employer}）"


class VisitForm(forms.Form):
    """One field for each entry that may be written (services.visit_entries), by its key.

    `base` holds a digest of each value as the page showed it: what differs from it was typed here, and the rest is
    left to whoever else writes at the same time.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, entries: dict[str, Entry], revision: int, **kwargs: Any) -> None:
        shown = {key: as_typed(entry.value) for key, entry in entries.items()}
        marks = json.dumps({key: _mark(text) for key, text in shown.items()})
        super().__init__(*args, initial={**shown, "version": revision, "base": marks}, **kwargs)
        for key, entry in entries.items():
            self.fields[key] = _field(entry)

    def typed(self) -> dict[str, Any]:
        """Key → value of what was typed on this page."""
        try:
            base = json.loads(self.cleaned_data["base"] or "{}")
        except ValueError:
            base = {}
        return {
            key: _clean(self.cleaned_data[key])
            for key in self.fields
            if key not in ("version", "base")
            and _mark(as_typed(_clean(self.cleaned_data[key]))) != base.get(key)
        }

    def one(self, key: str, value: object) -> Any:
        """One entry as autosave sends it, clean; raises ValidationError or KeyError."""
        if key in ("version", "base"):
            raise KeyError(key)
        return _clean(self.fields[key].clean(value))

    def on_top_of(self, revision: int) -> None:
        """Show what was typed again, now on top of that revision: saving once more is a choice made knowingly."""
        self.data = {**self.data.dict(), "version": str(revision)}


def cleaned_entry(entry: Entry, value: object) -> Any:
    """One entry as a device sends it, clean; raises ValidationError."""
    return _clean(_field(entry).clean(value))


def described(entry: Entry) -> dict[str, Any]:
    """How an entry is filled in, for a page that a device keeps: label, kind of input, choices, longest text."""
    made = _field(entry)
    widget = made.widget
    kind = "select" if isinstance(made, forms.ChoiceField) else getattr(widget, "input_type", "textarea")
    return {
        "label": made.label,
        "kind": widget.attrs.get("type", kind),
        "choices": [list(one) for one in made.choices] if isinstance(made, forms.ChoiceField) else [],
        "limit": getattr(made, "max_length", None),
    }


class PhotoForm(forms.Form):
    upload = UploadField(
        label="现场照片",
        help_text="PNG 或 JPG，可以一次选几张。照片只有本组评审员能看，报告签署后评定办也能看。",
        kinds=PHOTO_KINDS,
        purpose=PHOTO_UPLOAD,
        many=True,
    )

    def __init__(self, *args: Any, visit: SiteVisit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].for_key(visit.pk)


def _mark(text: str) -> str:
    return sm3_hex(text.replace("\r\n", "\n").encode())[:10]


def _clean(value: Any) -> Any:
    """Times of a form are Shanghai's; texts have one kind of line end."""
    if hasattr(value, "hour") and hasattr(value, "year"):
        return make_aware(value, SHANGHAI) if is_naive(value) else value
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _field(entry: Entry) -> forms.Field:
    kind = getattr(entry.row, "kind", "")
    name = entry.field.rpartition("_")[2] if isinstance(entry.row, SiteVisit) else entry.field
    label = OWN_LABELS.get((kind, name)) or LABELS.get(name, "")
    if name == "at":
        return MomentField(
            label="时间",
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        )
    if name == "on":
        return DayField(label=label, required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    if name in ("starts", "ends"):
        return forms.TimeField(
            label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        )
    if name == "outcome":
        return forms.ChoiceField(
            label=label, required=False, choices=[("", "未核实"), *VisitAnswer.Outcome.choices]
        )
    if name in ("notes", "answer"):
        return TextField(label=label, required=False, rows=3)
    if name in ("present", "text"):
        words = "到会人员" if name == "present" else "纪要"
        return TextField(label=words, required=False, rows=3 if name == "present" else 6)
    return forms.CharField(label=label, required=False, max_length=PLACE if name == "place" else SHORT)
