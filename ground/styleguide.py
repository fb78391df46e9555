"""Sample content for the style guide page: invented, realistic, and in no way tied to the database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from ground import clock, svg
from ground.dates import DayField
from ground.errors import Fault
from ground.statetable import State, StateTable

AWARD = "苏州工业园区质量奖"


class SampleApplication:
    STATES: ClassVar = StateTable(
        "sample",
        (
            State("draft", "草稿", "填写中"),
            State("submitted", "待资格审核", "已提交", "active"),
            State("correction", "退回补正", "请补正", "warn"),
            State("eligible", "资格审核通过", "进入材料评审", "good"),
            State("rejected", "资格审核不通过", "未通过资格审核", "bad"),
        ),
        (),
    )

    def __init__(self, state: str) -> None:
        self.state = state


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


def samples(request: HttpRequest) -> dict[str, Any]:
    """The whole context of the style guide."""
    now = getattr(request, "now", None) or clock.now()
    return {
        "now": now,
        "award": AWARD,
        "states": [SampleApplication(state) for state in SampleApplication.STATES.codes],
        "empty_form": SampleForm(initial={"name": "苏州某某精密科技有限公司"}),
        "form": _form_with_errors(),
        "filter_form": SampleFilter(request.GET or None),
        "faults": (
            Fault(
                "window_closed", "申报已经截止，不能再提交。如确有特殊情况，请联系评定办。", "", "第二十条"
            ),
        ),
        "edition": "park-2023",
        "trail": [("2026年度申报", "#"), ("苏州某某精密科技有限公司", "#")],
        "rail_items": _rail(),
        "table": _table(),
        "page": Paginator(range(312), 25).get_page(request.GET.get("page", 6)),
        "tasks": _tasks(),
        "rows": _rows(),
        "stages": _stages(now),
        "steps": _steps(),
        "findings": _findings(now),
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "moments": [
            now,
            now + timedelta(days=3, hours=4, minutes=20),
            now - timedelta(hours=2, minutes=5),
            now.date(),
        ],
        "window_start": now - timedelta(days=4),
        "window_end": now + timedelta(days=3, hours=4),
        "past_end": now - timedelta(hours=5),
        "thresholds": {"quality": Decimal(600), "excellence": Decimal(500)},
        "composites": [Decimal("646.5500"), Decimal("600.0000"), Decimal("599.9960"), Decimal("600.0040")],
        "charts": _charts(now),
    }


def _form_with_errors() -> SampleForm:
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


def _rail() -> list[dict[str, Any]]:
    return [
        {"label": "2026年度"},
        {"label": "申报受理", "href": "#", "count": 12},
        {"label": "资格审核", "href": "#", "count": 5, "overdue": 2, "current": True},
        {"label": "材料评审", "href": "#"},
        {"label": "陈述答辩与现场评审", "href": "#"},
        {"label": "审议与批准", "href": "#"},
        {"label": "公示与异议", "href": "#", "count": 1},
        {"label": "公告与奖励", "href": "#"},
        {"label": "长期"},
        {"label": "获奖组织", "href": "#"},
        {"label": "报告与撤销", "href": "#"},
    ]


def _table() -> dict[str, Any]:
    entries = [
        ("苏州某某精密科技有限公司", "91320594MA1XXXXX01", "工业", "submitted", "612.50", False),
        ("苏州示例生物医药股份有限公司", "91320594MA1XXXXX02", "工业", "correction", "—", True),
        ("苏州工业园区样板社区服务中心", "52320594MJ5XXXXX03", "服务业", "eligible", "655.25", False),
        ("苏州虚构物流有限公司", "91320594MA1XXXXX04", "服务业", "rejected", "—", False),
    ]
    return {
        "caption": "2026年度申报",
        "noun": "份申报",
        "export_href": "#export",
        "columns": [
            {"label": "组织", "sort": "name"},
            {"label": "统一社会信用代码"},
            {"label": "类别", "sort": "kind"},
            {"label": "状态", "sort": "state"},
            {"label": "材料评审", "sort": "material", "css": "num"},
        ],
        "rows": [
            {
                "late": late,
                "cells": [
                    {"text": name, "href": "#"},
                    {"text": code},
                    {"text": kind},
                    {"badge": SampleApplication(state)},
                    {"text": score, "css": "num"},
                ],
            }
            for name, code, kind, state, score, late in entries
        ],
    }


def _tasks() -> list[dict[str, str]]:
    return [
        {"label": "组织基本情况", "href": "#", "state": "done"},
        {"label": "组织概述", "href": "#", "state": "active", "hint": "已写 860 字，最多 1,500 字"},
        {"label": "自评报告", "href": "#", "state": "attention", "hint": "第 4.3 条“顾客与市场”没有填写"},
        {"label": "证实性材料", "href": "#", "state": "todo"},
        {"label": "推荐单位意见", "href": "#", "state": "blocked", "hint": "前四项完成后，推荐单位才能签署"},
    ]


def _rows() -> list[dict[str, str]]:
    return [
        {"key": "组织名称", "value": "苏州某某精密科技有限公司", "href": "#"},
        {"key": "统一社会信用代码", "value": "91320594MA1XXXXX01", "href": "#"},
        {"key": "地址", "value": "苏州工业园区某某路 88 号\n3 幢 5 层", "href": "#"},
        {"key": "申报奖项", "value": f"{AWARD}（2026年度）"},
    ]


def _stages(now: datetime) -> list[dict[str, Any]]:
    return [
        {"label": "申报提交", "state": "done", "at": now - timedelta(days=40)},
        {"label": "推荐", "state": "done", "at": now - timedelta(days=33)},
        {
            "label": "资格审核",
            "state": "current",
            "due": now + timedelta(days=3, hours=4),
            "note": "评定办要求补充一份安全生产标准化证书。",
        },
        {"label": "材料评审", "state": "next", "due": now + timedelta(days=30)},
        {"label": "陈述答辩与现场评审", "state": "next"},
        {"label": "审议与批准", "state": "next"},
        {"label": "公示", "state": "next"},
        {"label": "公告", "state": "next"},
    ]


def _steps() -> list[dict[str, str]]:
    return [
        {"title": "登记组织", "text": "准备好营业执照。用统一社会信用代码登记，一个组织只登记一次。"},
        {
            "title": "对照条件自查",
            "text": "系统逐条列出条件和依据，缺什么一目了然。",
            "href": "#",
            "link": "开始自查",
        },
        {"title": "填写申报材料", "text": "可以分多次填写，离开一栏就自动保存。"},
        {"title": "请推荐单位签署意见", "text": "功能区或园区级行业协会在线签署后，材料送到评定办。"},
    ]


def _findings(now: datetime) -> list[SimpleNamespace]:
    def finding(outcome: str, message: str, article: str, **more: Any) -> SimpleNamespace:
        return SimpleNamespace(outcome=outcome, message=message, article=article, **more)

    return [
        finding(
            "pass",
            "在园区登记注册。",
            "第十一条(一)",
            facts={"登记地": "苏州工业园区", "成立日期": "2008年3月1日"},
        ),
        finding("fail", "最近三年内有一年亏损。", "第十一条(六)", facts={"2024年净利润": "-1,200,000 元"}),
        finding("not_applicable", "没有出口业务。", "第十一条(五)"),
        finding(
            "waived",
            "安全生产标准化等级，经评定委决议调整。",
            "第十三条",
            decided_by="评定委〔2026〕3号",
            decided_at=now - timedelta(days=2),
        ),
        finding("needs_evidence", "没有填写最近三年的监督抽查结果。", "第十一条(四)"),
    ]


def _charts(now: datetime) -> list[Any]:
    year = now.year
    items = (
        "4.1.2 高层领导的作用",
        "4.1.3 组织治理",
        "4.2.2 战略制定",
        "4.3.2 顾客和市场的了解",
        "4.7.2 产品和服务结果",
    )
    given = (((60, 65, 65), 65), ((45, 70, 60), None), ((55, 55, 55), 55), ((), None), ((40, 50, 45), 45))
    names = ("王评审", "李评审", "张专家")
    return [
        svg.progress_track(
            [
                svg.Stage("申报", "done", at=now - timedelta(days=40)),
                svg.Stage("推荐", "done", at=now - timedelta(days=33)),
                svg.Stage("资格审核", "current", due=now + timedelta(days=3)),
                svg.Stage("材料评审", "next", due=now + timedelta(days=30)),
                svg.Stage("现场评审", "next"),
                svg.Stage("审议批准", "next"),
                svg.Stage("公示", "next"),
                svg.Stage("公告", "next"),
            ],
            title="申报进度",
        ),
        svg.timetable(
            [
                svg.Bar("申报", date(year, 7, 1), date(year, 8, 31), "done"),
                svg.Bar("资格审核", date(year, 9, 1), date(year, 9, 20), "done"),
                svg.Bar("材料评审", date(year, 9, 21), date(year, 10, 31), "done"),
                svg.Bar("陈述答辩与现场评审", date(year, 11, 2), date(year, 11, 30), "current"),
                svg.Bar("审议", date(year, 12, 1), date(year, 12, 10)),
                svg.Bar("公示", date(year, 12, 14), date(year, 12, 21)),
            ],
            now=now,
            title=f"{year}年度评定日程",
        ),
        svg.funnel(
            [
                svg.FunnelStep("申报", 46),
                svg.FunnelStep("资格审核通过", 39),
                svg.FunnelStep("材料评审入围", 15),
                svg.FunnelStep("现场评审完成", 14),
                svg.FunnelStep("获奖", 5),
            ],
            title="各阶段申报数量",
        ),
        svg.spread(
            [
                svg.SpreadItem(label, list(zip(names, scores, strict=False)), consensus)
                for label, (scores, consensus) in zip(items, given, strict=True)
            ],
            title="各评分项的分差",
        ),
        svg.composite_chart(
            [
                svg.Candidate(
                    "苏州工业园区样板社区服务中心", Decimal("668.20"), 1, "quality", "再次获奖，不占名额"
                ),
                svg.Candidate("苏州某某精密科技有限公司", Decimal("646.55"), 2, "quality"),
                svg.Candidate("苏州示例生物医药股份有限公司", Decimal("612.00"), 3, "quality"),
                svg.Candidate("苏州虚构物流有限公司", Decimal("599.996"), 4, "excellence", shown="599.996"),
                svg.Candidate("苏州假想软件有限公司", Decimal("533.10"), 5, "undecided"),
                svg.Candidate("苏州设想环保有限公司", Decimal("533.10"), 5, "undecided"),
                svg.Candidate("苏州拟定包装有限公司", Decimal("487.00"), 7, ""),
            ],
            [
                svg.Threshold("质量奖", Decimal(600), strict=True),
                svg.Threshold("优秀奖", Decimal(500), strict=True),
            ],
            seats={"quality": 2, "excellence": 3},
            title="综合得分",
        ),
        svg.reviewer_load(
            [
                svg.ReviewerRow("王评审", 6, 8, Decimal("3.2")),
                svg.ReviewerRow("李评审", 8, 8, Decimal("-4.6")),
                svg.ReviewerRow("张专家", 0, 3, None),
            ],
            title="评审员工作量与宽严",
        ),
    ]
