"""Sample charts: every picture of `ground.svg` once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ground import svg


def charts(now: datetime) -> list[Any]:
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
