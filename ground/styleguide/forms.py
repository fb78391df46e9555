"""Sample forms: every kind of field, empty and with errors."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from ground.dates import DayField


class SampleForm(forms.Form):
    name = forms.CharField(label="组织名称", max_length=60, help_text="与营业执照一致。")
    code = forms.CharField(label="统一社会信用代码", max_length=18, help_text="18 位，字母大写。")
    kind = forms.ChoiceField(
        label="组织类别",
        widget=forms.RadioSelect,
        choices=[("industry", "工业"), ("service", "服务业"), ("agriculture", "农业"), ("other", "其他")],
    )
    founded = DayField(label="成立日期", widget=forms.DateInput(attrs={"type": "date"}))
    interview = forms.SplitDateTimeField(
        label="方便接受现场评审的时间",
        required=False,
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": "日期"},
            time_attrs={"type": "time", "aria-label": "时间"},
        ),
    )
    recommender = forms.ChoiceField(
        label="推荐单位",
        choices=[("", "请选择"), ("gaomao", "高端制造与国际贸易区"), ("dushu", "独墅湖科教创新区")],
    )
    certificates = forms.MultipleChoiceField(
        label="已通过的管理体系认证",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("9001", "GB/T 19001 质量管理"),
            ("14001", "GB/T 24001 环境管理"),
            ("45001", "GB/T 45001 职业健康安全"),
        ],
        help_text="可多选；没有的不选。",
    )
    overview = forms.CharField(
        label="组织概述",
        max_length=1500,
        widget=forms.Textarea,
        help_text="主要产品和服务、组织文化、员工概况。",
    )
    report = forms.FileField(label="自评报告", help_text="PDF，不超过 200 MB，不加密。", required=False)
    truth = forms.BooleanField(
        label="以上内容真实、完整，本组织对其负责", help_text="提交后，评定办按此审核。"
    )
    fieldsets: ClassVar = [
        (
            "基本情况",
            "从营业执照上抄录，不需要盖章。",
            ["name", "code", "kind", "founded", "interview", "recommender"],
        ),
        ("质量管理", ["certificates", "overview", "report"]),
        ("承诺", ["truth"]),
    ]


class SampleFilter(forms.Form):
    q = forms.CharField(label="组织名称或代码", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("submitted", "待资格审核")]
    )


def form_with_errors() -> SampleForm:
    form = SampleForm(
        {
            "name": "苏州某某精密科技有限公司",
            "code": "9132059",
            "kind": "industry",
            "overview": "本组织成立于2008年。",
        },
        MultiValueDict({"report": [SimpleUploadedFile("自评报告.docx", b"x")]}),
        auto_id="wrong_%s",
    )
    form.is_valid()
    form.add_error("code", "统一社会信用代码是 18 位，现在是 7 位。请对照营业执照核对。")
    form.add_error("report", "这个文件是 docx，请另存为 PDF 后再上传。")
    form.add_error(None, "推荐单位的意见还没有签署，请先联系推荐单位。")
    return form
