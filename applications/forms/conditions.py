"""One form for each question on the conditions: typed fields that build the contract's facts.

Nothing is required: a half-filled page can be saved. What is written must make sense: no future dates, whole rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from applications.forms.amounts import AmountField
from applications.forms.rows import HAVE_LABELS, LISTS, UNFINISHED, Row
from applications.questions import Question, profit_years
from awards.law.editions import Edition

YES_NO = [("yes", "是"), ("no", "否")]
HAVE = [("no", "没有"), ("yes", "有，逐项列出")]
ROWS_MAXIMUM = 60


class ConditionForm(forms.Form):
    """The fields of one question. `facts_given` after validation is what save_facts takes; `rows` the list, if any.

    `counted_from`: the day from which the last years are counted back (queries.as_of).
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        question: Question,
        edition: Edition,
        keys: tuple[str, ...],
        facts: Mapping[str, Any],
        note: str,
        version: int,
        now: datetime,
        counted_from: date,
        prefix: str | None = None,
    ) -> None:
        self.question, self.keys, self.facts, self.now = question, keys, facts, now
        self.list_key = next((key for key in keys if key in LISTS), "")
        initial = {"version": version, "note": note, **_initial(facts)}
        super().__init__(data, initial=initial, prefix=prefix)
        self.years = profit_years(edition, counted_from) if "net_profit" in keys else ()
        self._add_fields()
        self.rows = self._row_set(data) if self.list_key else None

    def is_valid(self) -> bool:
        mine = super().is_valid()
        rows_fine = self.rows is None or not self._rows_wanted() or self.rows.is_valid()
        if mine and self._rows_wanted() and rows_fine and self.rows is not None and not self._row_facts():
            message = "请至少填写一项，或选择“没有”。"
            self.add_error(f"has_{self.list_key}", ValidationError(message, code=UNFINISHED))
            return False
        if not rows_fine:
            message = "下面的表中有内容需要改正，见标出的栏目。"
            self.add_error(f"has_{self.list_key}", ValidationError(message, code=UNFINISHED))
        return mine and rows_fine

    @property
    def wrong(self) -> tuple[str, str] | None:
        """The first field with something wrong in it and what it is, as (name in the page, message).

        None when all that is the matter is that something is not whole yet: a row begun, a list without rows.
        """
        forms_shown = [self, *(self.rows.forms if self.rows is not None and self._rows_wanted() else ())]
        found = (
            (form.add_prefix(name), str(error.messages[0]))
            for form in forms_shown
            for name, errors in form.errors.as_data().items()
            for error in errors
            if error.code != UNFINISHED
        )
        return next(found, None)

    @property
    def rows_field(self) -> str:
        """The name in the page of the field whose "有" unfolds the list; "" without a list."""
        return self[f"has_{self.list_key}"].html_name if self.list_key else ""

    @property
    def rows_shown(self) -> bool:
        """Whether the list is unfolded: something stands in it, or is wrong in it."""
        if self.rows is None:
            return False
        chosen = self[f"has_{self.list_key}"].value()
        return chosen == "yes" or bool(self.rows.is_bound and not self.rows.is_valid())

    @property
    def facts_given(self) -> dict[str, Any]:
        """The contract's facts; None where nothing was answered."""
        given: dict[str, Any] = {}
        for key in self.keys:
            if key in LISTS:
                given[key] = self._row_facts() if self._rows_wanted() else self._none_or_empty(key)
            elif key == "net_profit":
                given[key] = self._profits() or None
            elif key in ("above_scale", "exporter", "excellence_model"):
                given[key] = {"yes": True, "no": False}.get(self.cleaned_data[key])
            elif key == "safety_level":
                level = self.cleaned_data[key]
                given[key] = int(level) if level != "" and given.get("above_scale") else None
            else:
                given[key] = self.cleaned_data[key] or None
        if given.get("exporter") is False:
            given["export_incidents"] = None
        return given

    def _add_fields(self) -> None:
        for key in self.keys:
            if key in LISTS:
                self.fields[f"has_{key}"] = forms.ChoiceField(
                    label=HAVE_LABELS[key], choices=HAVE, widget=forms.RadioSelect, required=False
                )
            elif key == "net_profit":
                for year in self.years:
                    self.fields[f"profit_{year}"] = AmountField(
                        label=f"{year} 年度净利润（元）",
                        help_text="与审计报告一致，亏损写负数。" if year == self.years[0] else "",
                    )
            else:
                self.fields[key] = _plain_field(key)
        label, hint = "补充说明", "需要说明的情况写在这里，没有可不填。"
        if self.question.code == "licences":
            label, hint = "说明", "选择“不适用”的，请写明理由。"
        self.fields["note"] = forms.CharField(
            label=label,
            help_text=hint,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        )

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if len(note.replace("\r\n", "\n")) > 2000:
            raise ValidationError("最多 2000 字，详细内容请作为证明材料上传。")
        return note

    def _profits(self) -> dict[str, Any]:
        """Year → net profit as exact text; years that the page does not ask for stay as they were."""
        asked = {str(year): self.cleaned_data[f"profit_{year}"] for year in self.years}
        standing = self.facts.get("net_profit") or {}
        others = {year: profit for year, profit in standing.items() if year not in asked}
        return others | {year: format(amount, "f") for year, amount in asked.items() if amount is not None}

    def _rows_wanted(self) -> bool:
        """Whether the list counts: "有" is chosen, or nothing is chosen and something stands in a row."""
        chosen = self.cleaned_data.get(f"has_{self.list_key}") if self.list_key else "no"
        if chosen:
            return bool(chosen == "yes")
        return self.rows is not None and self.rows.is_bound and any(row.has_changed() for row in self.rows)

    def _none_or_empty(self, key: str) -> list[Any] | None:
        return [] if self.cleaned_data[f"has_{key}"] == "no" else None

    def _row_facts(self) -> list[dict[str, Any]]:
        if self.rows is None:
            return []
        return [row.fact() for row in self.rows if row.has_changed()]

    def _row_set(self, data: Any) -> BaseFormSet[Row]:
        kind = LISTS[self.list_key][0]
        known = [_row_initial(row) for row in self.facts.get(self.list_key) or []]
        extra = 2 if known else 3
        rows = formset_factory(
            kind, formset=Rows, extra=extra + len(known), max_num=ROWS_MAXIMUM, absolute_max=ROWS_MAXIMUM + 10
        )
        made: Any = rows  # the factory's type does not know the arguments of Rows
        result: BaseFormSet[Row] = made(
            data, prefix=self.add_prefix("rows"), initial_rows=known, form_kwargs={"today": self.now.date()}
        )
        return result


class Rows(BaseFormSet):  # type: ignore[type-arg]
    """Rows shown with what was saved; a row emptied by hand is gone, a half-filled one is refused at its field."""

    def __init__(self, *args: Any, initial_rows: list[dict[str, Any]], **kwargs: Any) -> None:
        self.initial_rows = initial_rows
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if not self.is_bound and index is not None and index < len(self.initial_rows):
            kwargs["initial"] = self.initial_rows[index]
        return kwargs


def condition_form(
    question: Question,
    *,
    edition: Edition,
    keys: tuple[str, ...],
    facts: Mapping[str, Any],
    note: str,
    version: int,
    now: datetime,
    counted_from: date,
    data: Any = None,
) -> ConditionForm:
    return ConditionForm(
        data,
        question=question,
        edition=edition,
        keys=keys,
        facts=facts,
        note=note,
        version=version,
        now=now,
        counted_from=counted_from,
    )


def answer_rows(form: ConditionForm) -> str:
    """What one row of the form's list is called."""
    return LISTS[form.list_key][1] if form.list_key else ""


def _plain_field(key: str) -> forms.Field:
    if key == "licences":
        choices = [
            ("held", "已经齐备"),
            ("missing", "还有缺少"),
            ("not_applicable", "不适用：所在行业没有这类要求"),
        ]
        return forms.ChoiceField(label="取得情况", choices=choices, widget=forms.RadioSelect, required=False)
    if key == "safety_level":
        choices = [("1", "一级"), ("2", "二级"), ("3", "三级"), ("0", "未达标")]
        hint = "属于规模以上工贸企业的填写。一级最高。"
        return forms.ChoiceField(
            label="安全生产标准化等级",
            choices=choices,
            widget=forms.RadioSelect,
            required=False,
            help_text=hint,
        )
    if key == "trade_rank_in_city":
        return forms.IntegerField(
            label="上年度经营规模、利税等在市内同行业的位次",
            required=False,
            min_value=1,
            max_value=9999,
            help_text="填写数字，并上传统计部门或行业协会的证明。",
        )
    labels = {
        "above_scale": "是否属于规模以上工贸企业",
        "exporter": "是否有商品出口",
        "excellence_model": "是否建立并实施卓越绩效管理模式",
    }
    hints = {"above_scale": "冶金、有色、建材、机械、轻工、纺织、烟草、商贸行业的规模以上企业。"}
    return forms.ChoiceField(
        label=labels[key],
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
        help_text=hints.get(key, ""),
    )


def _initial(facts: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in facts.items():
        if key in LISTS:
            values[f"has_{key}"] = "yes" if value else "no"
        elif key == "net_profit":
            values |= {
                f"profit_{year}": Decimal(str(amount)) for year, amount in value.items() if amount is not None
            }
        elif isinstance(value, bool):
            values[key] = "yes" if value else "no"
        else:
            values[key] = str(value)
    return values


def _row_initial(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: ("yes" if value else "no") if isinstance(value, bool) else value for key, value in row.items()
    }
