"""The register entry of an organisation. What it means is checked by the service; here is only its shape."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.roles import Role
from applications.industry import SECTIONS
from applications.models import Organisation
from documents.forms import UploadField
from ground.dates import DayField


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class IndustryInput(forms.TextInput):
    """One line with all sections as suggestions of the browser: typing searches them."""

    def format_value(self, value: Any) -> str | None:
        words = super().format_value(value)
        return f"{words} {SECTIONS[words]}" if words in SECTIONS else words

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "", '<option value="{} {}"></option>', ((code, words) for code, words in SECTIONS.items())
        )
        key = f"{(attrs or {}).get('id', name)}_list"
        control = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', control, key, options)


class IndustryField(forms.CharField):
    """A section of GB/T 4754 by its letter, its name or any part of the name that fits no other section."""

    widget = IndustryInput

    def to_python(self, value: Any) -> str:
        words = str(super().to_python(value))
        letter = words[:1].upper()
        if letter in SECTIONS and (len(words) == 1 or words[1:].strip() == SECTIONS[letter]):
            return letter
        found = [code for code, name in SECTIONS.items() if words and words in name]
        if len(found) == 1:
            return found[0]
        if words and len(found) > 1:
            several = "、".join(f"{code} {SECTIONS[code]}" for code in found[:5])
            raise forms.ValidationError(f"“{words[:20]}”对应不止一个门类，请选一个：{several}。")
        if words:
            raise forms.ValidationError("没有这个行业门类。请从列出的 20 个门类中选择，或填写门类字母 A–T。")
        return words


class OrganisationForm(forms.Form):
    """All fields of the register; on a change the code (`uscc`) is left out."""

    uscc = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        help_text="18 位，见营业执照或法人登记证书。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    uscc_confirmed = forms.BooleanField(
        label="代码与证照一致，仍要登记",
        required=False,
        help_text="只在系统提示校验位不符、而证照上确实如此时勾选。评定办会核对。",
    )
    licence = UploadField(
        label="营业执照或法人登记证书",
        required=False,
        help_text="PDF 或图片。评定办对照核对信用代码。中断后可以从断点继续。",
        kinds=("pdf", "png", "jpg"),
        purpose="applications.licence",
    )
    name = forms.CharField(label="组织名称", max_length=120, help_text="与证照上的名称一致。")
    kind = forms.ChoiceField(label="组织性质", choices=Organisation.Kind.choices, widget=forms.RadioSelect)
    region = forms.ChoiceField(
        label="登记注册地",
        choices=Organisation.Region.choices,
        widget=forms.RadioSelect,
        help_text="按证照上的住所选择，不按信用代码推断。",
    )
    address = forms.CharField(label="住所", max_length=200)
    established_on = DayField(label="成立日期", widget=day_input())
    legal_representative = forms.CharField(label="法定代表人", max_length=60)
    employees = forms.IntegerField(label="职工人数", widget=forms.NumberInput(attrs={"min": 0}))
    industry = IndustryField(
        label="行业门类",
        max_length=40,
        help_text="输入门类字母或名称中的字查找，如“制造”。按《国民经济行业分类》（GB/T 4754）的 20 个门类。",
    )
    category = forms.ChoiceField(
        label="申报类别",
        choices=[("", "按行业门类自动建议"), *Organisation.Category.choices],
        required=False,
        help_text="农林牧渔业建议为农业，采矿、制造和能源供应业为工业，多数其他行业为服务业；建筑业一般为其他，请核对后自行选择。",
    )
    contact_name = forms.CharField(label="联系人", max_length=60)
    contact_phone = forms.CharField(label="联系电话", max_length=30)
    fieldsets = (
        ("证照信息", ["uscc", "uscc_confirmed", "licence", "name", "kind", "region", "address", "established_on",
                   "legal_representative"]),
        ("行业与规模", ["industry", "category", "employees"]),
        ("联系方式", "评定办和推荐单位有事时与此人联系，不对外公开。", ["contact_name", "contact_phone"]),
    )  # fmt: skip

    def __init__(self, *args: Any, registered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if registered:
            del self.fields["uscc"]
            self.fields["version"] = forms.CharField(required=False, widget=forms.HiddenInput)
        if registered or not self.data.get("uscc_confirmed"):
            del self.fields["uscc_confirmed"], self.fields["licence"]

    def clean_licence(self) -> Any:
        """The file, or the token of its upload."""
        return next(iter(self.cleaned_data["licence"]), None)

    def offer_confirmation(self) -> None:
        """Ask for tick and licence where the check digit does not fit, once the service has refused the code."""
        for name in ("uscc_confirmed", "licence"):
            self.fields.setdefault(name, self.base_fields[name])


class MemberForm(forms.Form):
    username = forms.CharField(
        label="同事的登录名",
        max_length=60,
        help_text="请同事先在首页注册账号。",
        error_messages={"required": "请填写登录名。"},
    )
    role = forms.ChoiceField(
        label="权限",
        choices=[
            (Role.APPLICANT_EDITOR, "编写人：填写、上传、提交"),
            (Role.APPLICANT_VIEWER, "查看人：只读"),
            (Role.APPLICANT_OWNER, "负责人：编写人的全部权限，另可撤回申报、管理成员"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择权限。"},
    )
