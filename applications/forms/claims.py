"""Claiming an organisation that is registered already, the owner's answer, the office's decision."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import OrganisationClaim
from applications.queries.claims import deciding_schemes
from documents.forms import UploadField

KINDS = ("pdf", "png", "jpg")


class ClaimForm(forms.Form):
    """`cleaned_data["licence"]` and `["authorisation"]` are each a file or the token of its upload."""

    uscc = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        help_text="18 位，见营业执照或法人登记证书。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    licence = UploadField(
        label="营业执照或法人登记证书",
        help_text="PDF 或图片。只有评定办和监督人员能看到。",
        kinds=KINDS,
        purpose="applications.claim_licence",
    )
    authorisation = UploadField(
        label="签字盖章的授权书",
        help_text="由法定代表人签字、单位盖章，写明授权您办理质量奖申报。PDF 或图片，只有评定办和监督人员能看到。",
        kinds=KINDS,
        purpose="applications.claim_authorisation",
    )
    name = forms.CharField(label="姓名", max_length=60, help_text="会告诉现在的申报负责人。")
    post = forms.CharField(label="职务", max_length=60, help_text="会告诉现在的申报负责人。")
    phone = forms.CharField(label="联系电话", max_length=30, help_text="只给评定办，核对时与您联系。")
    wish = forms.ChoiceField(label="您请求", choices=OrganisationClaim.Wish.choices, widget=forms.RadioSelect)
    statement = forms.CharField(
        label="情况说明（可不填）",
        max_length=1000,
        required=False,
        help_text="例如原负责人已经离职，或者不是本单位的人登记的。只给评定办。",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    scheme = forms.ChoiceField(
        label="由哪个评定办受理", help_text="选您打算申报的奖项。", widget=forms.RadioSelect
    )
    fieldsets = (
        ("哪个组织", ["uscc", "licence", "authorisation"]),
        ("您是谁", ["name", "post", "phone"]),
        ("请求", ["wish", "statement", "scheme"]),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scheme"]
        field.choices = [(row.code, row.name) for row in deciding_schemes()]
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]

    def clean_licence(self) -> Any:
        return self.cleaned_data["licence"][0]

    def clean_authorisation(self) -> Any:
        return self.cleaned_data["authorisation"][0]


class AnswerClaimForm(forms.Form):
    answer = forms.ChoiceField(
        label="您的答复",
        widget=forms.RadioSelect,
        choices=(
            ("hand_over", "同意移交：由申请人任申报负责人，我改为编写人"),
            ("admit", "同意加入：申请人作为编写人，我仍是负责人"),
            ("object", "不同意：说明理由，由评定办决定"),
        ),
        error_messages={"required": "请选择怎样答复。"},
    )
    words = forms.CharField(
        label="不同意的理由",
        max_length=1000,
        required=False,
        help_text="同意的不用填。只给评定办。",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecideClaimForm(forms.Form):
    outcome = forms.ChoiceField(
        label="决定",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择怎样决定。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=1000,
        help_text="会写进给双方的信，请不要写证照内容、电话和对方的理由。",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写明理由。"},
    )
    GRANTS = (
        ("replace", "由申请人任申报负责人，取消原负责人的权限（登记的人不属于本单位）"),
        ("succeed", "由申请人任申报负责人，原负责人改为编写人"),
        ("member", "申请人作为编写人加入，负责人不变"),
    )

    def __init__(self, *args: Any, claim: OrganisationClaim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grants = () if claim.state == "waiting" else self.GRANTS
        self.fields["outcome"].choices = [*grants, ("refuse", "不予认领")]
