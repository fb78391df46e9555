"""The signature under the commitments: asking for it by mail, taking in the signed sheet, and the signer's own page."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.forms.organisation import day_input
from applications.models import Application
from documents.forms import UploadField
from ground.dates import DayField

POST = {"label": "职务", "max_length": 60, "error_messages": {"required": "请填写职务。"}}


class AskForm(forms.Form):
    email = forms.EmailField(
        label="本人的邮箱",
        max_length=254,
        error_messages={"required": "请填写邮箱。", "invalid": "请填写有效的邮箱地址。"},
        help_text="链接 7 天内有效，只供本人使用。不能填经办人的邮箱。",
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = f"{name}本人的邮箱"


class SheetForm(forms.Form):
    signatory_post = forms.CharField(**POST)
    signed_on = DayField(
        label="签署日期",
        widget=day_input(),
        error_messages={"required": "请填写承诺书上的签署日期。"},
    )
    scan = UploadField(
        label="签字并盖章的承诺书扫描件",
        help_text="PDF 或图片，不加密。",
        kinds=("pdf", "png", "jpg"),
        purpose="applications.commitments",
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scan"].for_key(application.pk)

    def clean_scan(self) -> Any:
        return self.cleaned_data["scan"][0]


class CommitForm(forms.Form):
    """What the person in charge fills in: the name typed is the signature."""

    signatory = forms.CharField(
        label="签名（本人姓名）", max_length=60, error_messages={"required": "请填写您的姓名。"}
    )
    signatory_post = forms.CharField(**POST)
    agreed = forms.BooleanField(
        label="我已逐条阅读，代表本组织作出以上承诺。",
        error_messages={"required": "请勾选，表示作出承诺。"},
    )
