"""The forms of the self-assessment. Over-long texts are kept and told, never cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from applications.models import Application, Evidence, ItemFigure, SelfAssessment
from applications.rules import self_scores
from applications.services.enclosures import IMAGE_BYTES
from documents.forms import UploadField
from ground.errors import Fault

COLUMNS: Final = (
    "label",
    "unit",
    "first",
    "second",
    "third",
    "benchmark",
    "benchmark_name",
    "higher_is_better",
)
NUMBERS: Final = ("first", "second", "third", "benchmark")
SPARE_ROWS: Final = 6
ROWS_MOST: Final = 20


class ModeForm(forms.Form):
    mode = forms.ChoiceField(label="自评方式", choices=SelfAssessment.Mode.choices, widget=forms.RadioSelect)


class ItemTextForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(
        label="自评文字", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 22})
    )


class SelfPercentForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    self_percent = forms.TypedChoiceField(label="自评百分比", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, percents: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["self_percent"].choices = [
            ("", "不评"),
            *((percent, f"{percent}%") for percent in percents),
        ]


class FigureTable:
    """The rows of the figures table: what stands, some empty rows, or what was posted with its faults."""

    def __init__(self, figures: Sequence[ItemFigure] = (), posted: Mapping[str, Any] | None = None) -> None:
        self.bound = posted is not None
        self.faults: list[Fault] = []
        if posted is None:
            self.rows = _stored_rows(figures)
        else:
            self.rows = [
                {name: str(posted.get(f"figures-{place}-{name}", "")) for name in COLUMNS}
                for place in range(ROWS_MOST)
            ]
        used = [place for place, row in enumerate(self.rows) if _used(row)]
        self.filled = used[-1] + 1 if used else 0

    def numbered(self) -> list[dict[str, Any]]:
        """The rows as the page shows them, each cell with its own fault."""
        wrong = {fault.field: fault.message for fault in self.faults}
        shown = self.rows[: min(self.filled + SPARE_ROWS, ROWS_MOST)]
        return [
            {
                "place": place,
                "number": place + 1,
                "cells": row,
                "errors": [
                    wrong[f"figures-{place}-{name}"] for name in COLUMNS if f"figures-{place}-{name}" in wrong
                ],
            }
            for place, row in enumerate(shown)
        ]


class EvidenceLinkForm(forms.Form):
    evidence = forms.ChoiceField(
        label="证明材料",
        error_messages={"required": "请选择一份材料。", "invalid_choice": "请在列出的材料中选择。"},
    )
    note = forms.CharField(label="页码或说明", required=False, max_length=100, help_text="例如：第 3–5 页。")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pieces: dict[str, Evidence] = {
            str(piece.pk): piece for piece in application.evidence.filter(removed_at=None)
        }
        names = [(key, piece.name) for key, piece in self.pieces.items()]
        self.fields["evidence"].choices = [("", "请选择"), *names]

    def clean_evidence(self) -> Evidence:
        return self.pieces[self.cleaned_data["evidence"]]


class ImageForm(forms.Form):
    """One picture: `cleaned_data["upload"]` is the file, or the token of its upload."""

    upload = UploadField(
        label="选择图片",
        help_text="PNG 或 JPG，每张不超过 10 MB。中断后可以从断点继续。",
        kinds=("png", "jpg"),
        purpose="applications.image",
        error_messages={"required": "请选择图片。", "empty": "文件是空的，请检查后重新选择。"},
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].for_key(application.pk)
        self.fields["upload"].widget.attrs["data-upload-limit"] = IMAGE_BYTES

    def clean_upload(self) -> Any:
        return self.cleaned_data["upload"][0]


class ConflictForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(
        label="合并后的内容", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 18})
    )


class PageIndexForm(forms.Form):
    """First and last page for each item; an item left empty has no place of its own."""

    def __init__(
        self, *args: Any, application: Application, pages: Mapping[str, tuple[int, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.categories = application.cycle.criteria.categories
        for item in application.cycle.criteria.items:
            first, last = pages.get(item.code, (None, None))
            for name, label, value in (("first", "起始页", first), ("last", "结束页", last)):
                self.fields[f"{name}_{item.code}"] = forms.IntegerField(
                    label=f"{item.code} {label}",
                    required=False,
                    min_value=1,
                    initial=value,
                    error_messages={"invalid": "请填写页码数字。", "min_value": "页码从 1 开始。"},
                    widget=forms.NumberInput(attrs={"class": "control page-number", "inputmode": "numeric"}),
                )

    def rows(self) -> list[tuple[Any, list[tuple[Any, Any, Any]]]]:
        return [
            (
                category,
                [(item, self[f"first_{item.code}"], self[f"last_{item.code}"]) for item in category.items],
            )
            for category in self.categories
        ]

    @property
    def pages(self) -> dict[str, tuple[int, int]]:
        """What was filled in; a first page alone means this one page."""
        found: dict[str, tuple[int, int]] = {}
        for category in self.categories:
            for item in category.items:
                given = [self.cleaned_data.get(f"{name}_{item.code}") for name in ("first", "last")]
                numbers = [int(number) for number in given if number]
                if numbers:
                    found[item.code] = (numbers[0], numbers[-1])
        return found


def _stored_rows(figures: Sequence[ItemFigure]) -> list[dict[str, str]]:
    by_place = {row.position: row for row in figures}
    return [_cells(by_place.get(place)) for place in range(ROWS_MOST)]


def _cells(row: ItemFigure | None) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(COLUMNS, "") | {"higher_is_better": "higher"}
    return {
        name: self_scores.plain_number(getattr(row, name)) if name in NUMBERS else str(getattr(row, name))
        for name in COLUMNS
    } | {"higher_is_better": "higher" if row.higher_is_better else "lower"}


def _used(row: Mapping[str, str]) -> bool:
    return any(row[name].strip() for name in COLUMNS if name != "higher_is_better")
