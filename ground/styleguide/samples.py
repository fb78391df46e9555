"""Sample content for the style guide page: invented, realistic, and in no way tied to the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest

from ground import clock
from ground.errors import Fault
from ground.statetable import State, StateTable
from ground.styleguide.charts import charts
from ground.styleguide.forms import SampleFilter, SampleForm, form_with_errors

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


def samples(request: HttpRequest) -> dict[str, Any]:
    """The whole context of the style guide."""
    now = getattr(request, "now", None) or clock.now()
    return {
        "now": now,
        "award": AWARD,
        "states": [SampleApplication(state) for state in SampleApplication.STATES.codes],
        "empty_form": SampleForm(initial={"name": "苏州某某精密科技有限公司"}),
        "form": form_with_errors(),
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
        "charts": charts(now),
    }


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
