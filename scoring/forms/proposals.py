"""Forms of a proposal of panels."""

from __future__ import annotations

from typing import Any

from django import forms

from scoring.models import Panel

LARGEST_SHEET = 2_000_000


class AskForm(forms.Form):
    """What is to be proposed. The service names what is off the scale."""

    kind = forms.ChoiceField(label="类型", choices=Panel.Kind.choices)
    size = forms.IntegerField(
        label="每组评审员人数",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
        error_messages={"required": "请填写每组评审员人数。", "invalid": "请填写整数。"},
    )
    most = forms.IntegerField(
        label="每组最多评审几家",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
        help_text="家数越多，组数越少，各组之间的宽严越容易一致；家数越少，每位评审员的工作量越小。",
        error_messages={"required": "请填写每组最多评审几家。", "invalid": "请填写整数。"},
    )

    def __init__(self, *args: Any, minimum: int, article: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"].help_text = f"不少于 {minimum} 人（{article}），其中有一名组长和行业专家。"


class SheetForm(forms.Form):
    """The table that was exported, changed in a spreadsheet."""

    table = forms.FileField(
        label="修改后的表（CSV）",
        help_text="在导出的表上修改：换组改“评审组”，换人改“编号”（登录名）。先看会改变什么，确认之前什么都不写入。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
    )

    def clean_table(self) -> str:
        """The text, whether saved as UTF-8 or, as spreadsheets in China do, as GB 18030."""
        upload = self.cleaned_data["table"]
        if upload.size > LARGEST_SHEET:
            raise forms.ValidationError("文件超过 2 MB，不像是导出的分组表。")
        content: bytes = upload.read()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
        raise forms.ValidationError("文件不是 CSV 文本。请在表格软件里另存为 CSV 再上传。")
