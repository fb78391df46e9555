"""The states of a cycle (评定年度), from preparation to the archive, in the order of the articles."""

from __future__ import annotations

from ground.statetable import Move, State, StateTable

OFFICE = ("office_clerk", "office_head")
HEAD = ("office_head",)

CYCLE = StateTable(
    "cycle",
    (
        State("draft", "筹备中", "筹备中"),
        State("open", "申报中", "申报中", "active"),
        State("checking", "资格审核", "资格审核", "active"),
        State("material", "材料评审", "材料评审", "active"),
        State("site", "陈述答辩与现场评审", "陈述答辩与现场评审", "active"),
        State("ranked", "已排名，待审议", "评审结束", "active"),
        State("deliberated", "已审议，待批准", "审议中", "active"),
        State("approved", "已批准，待公示", "审定中", "active"),
        State("publicity", "公示中", "公示中", "warn"),
        State("publicity_closed", "公示期满", "公示期满", "warn"),
        State("announced", "已公告", "已公告", "good"),
        State("cancelled", "已取消", "已取消", "bad"),
    ),
    (
        Move(
            "publish_call",
            "发布申报通知",
            ("draft",),
            "open",
            HEAD,
            "版本有效且完整；时间安排齐全",
            "announcement_call",
        ),
        Move(
            "close_applications", "截止申报", ("open",), "checking", (*OFFICE, "system"), "申报截止时间已过"
        ),
        Move("start_material", "开始材料评审", ("checking",), "material", OFFICE, "全部申报已作出资格结论"),
        Move("start_site", "开始陈述答辩与现场评审", ("material",), "site", HEAD, "入围名单已确定"),
        Move("freeze_ranking", "锁定排名", ("site",), "ranked", HEAD, "入围组织三项得分齐全"),
        Move("record_resolution", "完成审议", ("ranked",), "deliberated", HEAD, "每个候选组织都有决议"),
        Move("approve_list", "批准名单", ("deliberated",), "approved", ("authority",), "文号与日期齐全"),
        Move(
            "start_publicity", "开始公示", ("approved", "publicity_closed"), "publicity", HEAD, "名单已获批准"
        ),
        Move(
            "close_publicity", "公示期满", ("publicity",), "publicity_closed", ("system", *HEAD), "公示期已满"
        ),
        Move(
            "announce",
            "发布公告",
            ("publicity_closed", "announced"),
            "announced",
            HEAD,
            "公示期满，无未结异议或已暂缓",
        ),
        Move(
            "announce_vacancy",
            "公告奖项空缺",
            ("approved", "publicity_closed"),
            "announced",
            HEAD,
            "没有拟授奖的组织",
            "decision_order",
        ),
        Move("cancel", "取消年度", ("draft", "open"), "cancelled", HEAD, "说明理由"),
    ),
)
