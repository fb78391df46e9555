"""Figures of the last years, invitations, the newcomer's account, the office's note on a code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html

from accounts.forms import PersonForm
from accounts.roles import Role
from applications.forms.amounts import AmountField
from applications.forms.organisation import day_input
from applications.models import Application, Organisation, Recommendation, YearFigures
from applications.queries.years import MONEY, SERVICE, figure_label
from ground.dates import DayField

MEMBER_ROLES = [
    (Role.APPLICANT_EDITOR, "编写人：填写、上传、提交"),
    (Role.APPLICANT_VIEWER, "查看人：只读"),
    (Role.APPLICANT_OWNER, "负责人：编写人的全部权限，另可撤回申报、管理成员"),
]


class FiguresForm(forms.Form):
    """One field for each figure and year, named `revenue_2025`; laid out as a table by the page.

    `declared`: year → net profit that the answers of a file give already; `proposed` names the years filled in from it.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        years: Iterable[int],
        kept: Mapping[int, YearFigures],
        organisation: Organisation,
        declared: Mapping[str, Decimal],
    ) -> None:
        self.years = tuple(years)
        self.names = MONEY if organisation.kind == Organisation.Kind.ENTERPRISE else (*MONEY, *SERVICE)
        initial = {
            f"{name}_{year}": getattr(row, name)
            for year, row in kept.items()
            for name in (*self.names, "service_unit")
        }
        self.proposed = [
            year for year in self.years if initial.get(f"net_profit_{year}") is None and str(year) in declared
        ]
        initial |= {f"net_profit_{year}": declared[str(year)] for year in self.proposed}
        super().__init__(data, initial=initial)
        for name in self.names:
            for year in self.years:
                self.fields[f"{name}_{year}"] = _figure(name, year)
        if "service_volume" in self.names:
            units = [row.service_unit for row in kept.values() if row.service_unit]
            self.fields["service_unit"] = forms.CharField(
                label="服务量的单位",
                max_length=20,
                required=False,
                initial=units[0] if units else "",
                help_text="例如 人次、件。",
            )

    @property
    def table(self) -> list[tuple[str, list[forms.BoundField]]]:
        """A row for each figure: its name and its fields, one for each year."""
        return [(figure_label(name), [self[f"{name}_{year}"] for year in self.years]) for name in self.names]

    @property
    def rows(self) -> dict[int, dict[str, Any]]:
        """What was sent: a figure whose field isn't in the request is left out, not emptied."""
        rows: dict[int, dict[str, Any]] = {}
        unit = self.cleaned_data.get("service_unit", "")
        for year in self.years:
            sent = [name for name in self.names if f"{name}_{year}" in self.data]
            rows[year] = {name: self.cleaned_data[f"{name}_{year}"] for name in sent}
            if "service_volume" in sent:
                rows[year]["service_unit"] = unit if rows[year]["service_volume"] is not None else ""
        return rows


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="对方的邮箱",
        max_length=254,
        help_text="邀请信发到这个邮箱，7 天内有效，只能用一次。对方没有账号的，可以从邀请信注册。",
        error_messages={
            "required": "请填写邮箱。",
            "invalid": "请填写有效的邮箱地址，例如 name@example.com。",
        },
    )
    role = forms.ChoiceField(
        label="权限",
        choices=MEMBER_ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择权限。"},
    )


class ColleagueForm(forms.Form):
    email = InviteForm.base_fields["email"]


class DelegateForm(forms.Form):
    """Whom a recommending body asks to act for it, for what, until when. `application`: "" for the whole desk."""

    email = InviteForm.base_fields["email"]
    application = forms.ChoiceField(label="委托办理", required=False)
    until = DayField(
        label="委托期限",
        widget=day_input(),
        help_text="到这一天 24:00 为止，到期自动终止；也可以随时终止。",
        error_messages={"required": "请填写委托期限。"},
    )

    def __init__(self, *args: Any, waiting: Iterable[Recommendation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = {str(row.application_id): row.application for row in waiting}
        self.fields["application"].choices = [
            ("", "全部推荐（期限内送来的都在内）"),
            *((key, f"只办一份：{row.applicant_line}，{row.cycle}") for key, row in self.waiting.items()),
        ]

    def clean_application(self) -> Application | None:
        return self.waiting.get(self.cleaned_data["application"])


class NewcomerForm(PersonForm):
    """An account made on the way from an invitation: the address is the invited one."""

    class Meta(PersonForm.Meta):
        fields = ("username", "name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.ModelForm.__init__(self, *args, **kwargs)


class HandOverForm(forms.Form):
    agreed = forms.BooleanField(
        label="我确认把申报负责人移交给这位成员",
        error_messages={"required": "请勾选确认。"},
    )


class VerifyForm(forms.Form):
    note = forms.CharField(
        label="核对情况",
        max_length=200,
        help_text="例如“与营业执照一致，已在企业信用信息公示系统查询”。",
        error_messages={"required": "请写明核对情况。"},
    )


def _figure(name: str, year: int) -> AmountField:
    return AmountField(
        label=format_html("{} 年度{}", year, figure_label(name)),
        places=0 if name == "service_volume" else 2,
    )
