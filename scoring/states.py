"""The states of panels, sheets and consolidations.

`basis` is the key of the edition's parameter whose article a move rests on.
"""

from __future__ import annotations

from ground.statetable import Move, State, StateTable

OFFICE = ("office_clerk", "office_head")
HEAD = ("office_head",)

PANEL = StateTable(
    "panel",
    (
        State("forming", "组建中", "组建中"),
        State("working", "评审中", "评审中", "active"),
        State("finished", "评审完成", "评审完成", "good"),
    ),
    (
        Move(
            "start",
            "启动评审组",
            ("forming",),
            "working",
            OFFICE,
            "3 人以上、含行业专家、有一名组长、无回避情形",
            "panel_minimum",
        ),
        Move(
            "finish",
            "完成评审",
            ("working",),
            "finished",
            ("system", *OFFICE),
            "全部评审报告已签署",
            "shortlist",
        ),
        Move(
            "resume",
            "恢复评审",
            ("finished",),
            "working",
            ("system",),
            "评定委决定有报告重新合议",
            "misconduct",
        ),
    ),
)

SHEET = StateTable(
    "sheet",
    (
        State("draft", "评分中", "评分中", "active"),
        State("sealed", "已封存", "已封存", "good"),
        State("superseded", "已被新版本替代", "已被新版本替代", "neutral"),
        State("void", "已作废", "已作废", "bad"),
    ),
    (
        Move(
            "seal",
            "封存评分",
            ("draft",),
            "sealed",
            ("reviewer",),
            "全部评分项已评分，该说明的已说明",
            "criteria",
        ),
        Move("supersede", "退回重评", ("sealed",), "superseded", HEAD, "报告签署前；说明理由", "criteria"),
        Move(
            "void",
            "作废",
            ("draft", "sealed"),
            "void",
            ("system",),
            "报告签署前推辞评审、出现利害关系，或者取消评审资格",
            "confidentiality",
        ),
    ),
)

CONSOLIDATION = StateTable(
    "consolidation",
    (
        State("waiting", "待全部封存", "评审中", "active"),
        State("open", "合议中", "评审中", "active"),
        State("signing", "待成员会签", "评审中", "active"),
        State("signed", "报告已签署", "评审完成", "good"),
        State("annulled", "报告已撤回重议", "评审中", "bad"),
    ),
    (
        Move(
            "open",
            "开始合议",
            ("waiting",),
            "open",
            ("system",),
            "全部评分表已封存，人数符合规定",
            "panel_lead",
        ),
        Move(
            "reopen",
            "退回待封存",
            ("open", "signing"),
            "waiting",
            ("system",),
            "有评分表作废或者恢复，或者补入了评审员",
            "panel_lead",
        ),
        Move(
            "sign",
            "组长签署评审报告",
            ("open",),
            "signing",
            ("reviewer",),
            "各评分项已有合议结果；差异过大的已说明，每位成员已表示意见",
            "stage_score_method",
        ),
        Move(
            "take_back",
            "收回签署",
            ("signing",),
            "open",
            ("reviewer",),
            "全体会签之前，由组长收回修改；说明理由",
            "panel_lead",
        ),
        Move(
            "complete",
            "全体签署完毕",
            ("signing",),
            "signed",
            ("system",),
            "每位成员已会签，或者评定办已登记未能会签的原因",
            "stage_score_method",
        ),
        Move(
            "annul",
            "撤回重议",
            ("signed",),
            "annulled",
            ("system",),
            "评定委取消评审员资格并决定其评分作废；排名没有锁定",
            "misconduct",
        ),
    ),
)

MISCONDUCT = StateTable(
    "misconduct",
    (
        State("filed", "待受理", "已收到", "warn"),
        State("inquiry", "核查中", "核查中", "active"),
        State("to_committee", "待评定委批准", "核查中", "active"),
        State("disqualified", "已取消评审资格", "已查实处理", "bad"),
        State("dismissed", "不予处理，结案", "已结案", "neutral"),
    ),
    (
        Move("inquire", "受理并核查", ("filed",), "inquiry", OFFICE, "", "misconduct"),
        Move(
            "dismiss", "核查不属实，结案", ("filed", "inquiry"), "dismissed", HEAD, "说明理由", "misconduct"
        ),
        Move(
            "report",
            "报评定委批准",
            ("inquiry",),
            "to_committee",
            HEAD,
            "写明核查结论、评审员和评分表的处理",
            "misconduct",
        ),
        Move(
            "approve",
            "批准取消评审资格",
            ("to_committee",),
            "disqualified",
            ("committee",),
            "决议文号和日期",
            "misconduct",
        ),
        Move("refuse", "不予批准", ("to_committee",), "dismissed", ("committee",), "说明理由", "misconduct"),
    ),
)
