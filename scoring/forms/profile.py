"""A reviewer's own particulars, a form for each section."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.forms.organisation import IndustryField, day_input
from applications.industry import SECTIONS
from ground.dates import DayField
from scoring.models import Consultancy, Reviewer

USCC_HELP = "18 位，知道的请填写，用来识别须回避的申报组织。"
UNTIL_NOW = "至今的留空。"


def _code(label: str, help_text: str = USCC_HELP) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class _Section(forms.Form):
    @property
    def changes(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class WorkForm(_Section):
    employer = forms.CharField(label="工作单位", max_length=120, help_text="没有的写“无”。")
    employer_uscc = _code("工作单位的统一社会信用代码")
    qualification = forms.CharField(
        label="资格", max_length=120, required=False, help_text="如“卓越绩效评审员”“质量管理专业高级工程师”。"
    )
    languages = forms.CharField(label="工作语言", max_length=60, required=False, help_text="如“中文、英语”。")


class ExpertiseForm(_Section):
    """Tick off what no longer holds, and add one by typing a part of its name."""

    kept = forms.MultipleChoiceField(
        label="已登记的行业门类",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="取消勾选即移除。",
    )
    added = IndustryField(
        label="添加一个行业门类",
        required=False,
        help_text="输入名称的一部分或门类字母（GB/T 4754），再选择。",
    )

    def __init__(self, *args: Any, industries: str, **kwargs: Any) -> None:
        super().__init__(*args, initial={"kept": list(industries)}, **kwargs)
        choices = [(letter, f"{letter} {SECTIONS[letter]}") for letter in industries if letter in SECTIONS]
        self.fields["kept"].choices = choices
        if not choices:
            del self.fields["kept"]

    @property
    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"industries": "".join(given.get("kept", ())) + given["added"]}


class LoadForm(_Section):
    load_limit = forms.IntegerField(
        label="每年度最多承担的申报组织数",
        required=False,
        help_text="不限的留空。达到后不再编入新的评审组。",
        widget=forms.NumberInput(attrs={"min": 0, "max": 100}),
    )


class PostForm(_Section):
    employer = forms.CharField(label="工作单位", max_length=120)
    uscc = _code("统一社会信用代码")
    title = forms.CharField(label="职务", max_length=60, required=False)
    since = DayField(label="开始日期", required=False, widget=day_input(), help_text="记不清的留空。")
    until = DayField(label="结束日期", required=False, widget=day_input(), help_text=UNTIL_NOW)


class ServiceForm(_Section):
    organisation = forms.CharField(label="服务对象", max_length=120)
    uscc = _code("统一社会信用代码")
    kind = forms.ChoiceField(label="服务类型", choices=Consultancy.Kind.choices, widget=forms.RadioSelect)
    since = DayField(label="开始日期", widget=day_input())
    until = DayField(label="结束日期", required=False, widget=day_input(), help_text=UNTIL_NOW)
    paid = forms.BooleanField(label="有报酬", required=False, initial=True)


class TrainingForm(_Section):
    name = forms.CharField(label="培训名称", max_length=120)
    held_on = DayField(label="培训日期", widget=day_input())
    valid_until = DayField(label="有效期至", required=False, widget=day_input(), help_text="长期有效的留空。")


class FamilyForm(_Section):
    relation = forms.CharField(label="亲属关系", max_length=30, help_text="如“配偶”“子女”。")
    organisation = forms.CharField(label="单位名称", max_length=120)
    uscc = _code("统一社会信用代码")
    interest = forms.CharField(label="任职或持股情况", max_length=120, help_text="如“任副总经理”“持股 5%”。")


class AbsenceForm(_Section):
    since = DayField(label="开始日期", widget=day_input())
    until = DayField(label="结束日期", widget=day_input(), help_text="当日也不能参加。")
    reason = forms.CharField(label="原因", max_length=120, required=False)


ENTRY_FORMS: dict[str, tuple[str, type[_Section]]] = {
    "work": ("单位、资格与语言", WorkForm),
    "expertise": ("熟悉的行业", ExpertiseForm),
    "load": ("工作量上限", LoadForm),
}
ROW_FORMS: dict[str, type[_Section]] = {
    "posts": PostForm,
    "services": ServiceForm,
    "training": TrainingForm,
    "family": FamilyForm,
    "absences": AbsenceForm,
}


def entry_form(section: str, data: Any, reviewer: Reviewer) -> _Section:
    if section == "expertise":
        return ExpertiseForm(data, industries=reviewer.industries)
    form = ENTRY_FORMS[section][1]
    return form(data, initial={name: getattr(reviewer, name) for name in form.base_fields})
