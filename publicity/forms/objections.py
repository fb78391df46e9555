"""Filing an objection, and deciding one."""

from __future__ import annotations

from typing import Any

from django import forms

from documents.forms import UploadField
from publicity.models import Notice, Objection


class ObjectionForm(forms.Form):
    """Anyone's objection. What makes it acceptable is the service's matter."""

    entry = forms.ChoiceField(label="对哪个组织有异议", widget=forms.RadioSelect)
    objector_kind = forms.ChoiceField(
        label="以什么名义提出", choices=Objection.Objector.choices, widget=forms.RadioSelect
    )
    objector_name = forms.CharField(
        label="真实姓名或单位全称",
        max_length=120,
        help_text="匿名的异议不予接收。您的身份只有评定办核查人员和监督人员能看到。",
    )
    contact = forms.CharField(
        label="联系电话或电子邮箱", max_length=120, help_text="核查时与您联系，不对外公开。"
    )
    statement = forms.CharField(
        label="事实和理由",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": 5000}),
        help_text="写明时间、地点、事情经过，说明为什么认为该组织不应获奖。请不要在这里写自己的姓名。",
    )
    upload = UploadField(
        kinds=("pdf", "docx", "jpg", "png"),
        purpose="publicity.objection",
        label="证据材料（可不交）",
        required=False,
        help_text="PDF、Word（docx）或图片，不加密，不超过 20 MB。",
    )

    fieldsets = (
        ("异议对象", ["entry"]),
        ("您的身份", ["objector_kind", "objector_name", "contact"]),
        ("异议内容", ["statement", "upload"]),
    )

    def __init__(self, notice: Notice, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["upload"].without_pieces()  # type: ignore[attr-defined]  # whoever objects needs no login
        self.entries = {str(entry.pk): entry for entry in notice.entries.all()}
        field = self.fields["entry"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (key, f"{entry.name_line}（{entry.tier_name}）") for key, entry in self.entries.items()
        ]

    def clean_upload(self) -> Any:
        return next(iter(self.cleaned_data["upload"]), None)


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label="核查结果",
        widget=forms.RadioSelect,
        choices=(
            ("dismissed", "异议不成立：解除暂缓，按程序公告"),
            ("upheld", "异议成立：取消该组织的拟授奖资格"),
        ),
    )
    conclusion = forms.CharField(
        label="核查结论",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="核查经过、事实和依据，留存备查，不发给申报组织。",
    )
    applicant_reply = forms.CharField(
        label="书面告知申报组织的内容",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="将作为告知书发给申报组织。不得出现异议人的姓名、联系方式或其他能认出异议人的内容。",
    )
