"""Inviting a reviewer; setting the first password."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import LoginName
from scoring.forms.reviewers import INDUSTRIES
from scoring.models import Reviewer


class InviteForm(forms.Form):
    """Whom to invite, and as much of the entry as the office knows; the rest is filled in by the person."""

    name = forms.CharField(label="姓名", max_length=60)
    email = forms.EmailField(
        label="邮箱", max_length=254, help_text="邀请信发到这里，7 天内有效，只能用一次。"
    )
    phone = forms.CharField(label="手机", max_length=30, required=False)
    username = forms.CharField(
        label="登录名",
        max_length=60,
        required=False,
        help_text="不填的用邮箱作登录名。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label="类别", choices=Reviewer.Kind.choices, widget=forms.RadioSelect)
    employer = forms.CharField(label="工作单位", max_length=120, help_text="没有的写“无”。")
    employer_uscc = forms.CharField(
        label="工作单位的统一社会信用代码",
        max_length=40,
        required=False,
        help_text="18 位，知道的请填写。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    qualification = forms.CharField(label="资格", max_length=120, required=False)
    industries = forms.MultipleChoiceField(
        label="熟悉的行业门类", choices=INDUSTRIES, required=False, widget=forms.CheckboxSelectMultiple
    )
    fieldsets = [
        ("邀请谁", ["name", "email", "phone", "username"]),
        ("评审员", ["kind", "employer", "employer_uscc", "qualification", "industries"]),
    ]

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes."""
        given = dict(self.cleaned_data)
        who = {name: given.pop(name) for name in ("name", "email", "phone", "username")}
        return {**who, "entry": {**given, "industries": "".join(given["industries"])}}


class NewPasswordForm(forms.Form):
    username = forms.CharField(required=False, disabled=True, widget=LoginName)
    password = forms.CharField(
        label="设置密码",
        min_length=10,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="10 位以上，不能全是数字，不要用常见密码。",
    )
