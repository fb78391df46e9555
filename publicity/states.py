"""The states of notices, objections, honours, payments, incidents and revocation cases."""

from __future__ import annotations

from ground.statetable import Move, State, StateTable

OFFICE = ("office_clerk", "office_head")
HEAD = ("office_head",)
OWNER = ("applicant_owner", "applicant_editor")

NOTICE = StateTable(
    "notice",
    (
        State("draft", "草稿", "草稿"),
        State("published", "公示中", "公示中", "warn"),
        State("closed", "公示期满", "公示期满", "neutral"),
        State("issued", "已发布", "已发布", "good"),
        State("withdrawn", "已撤下", "已撤下", "bad"),
    ),
    (
        Move(
            "publish",
            "发布公示",
            ("draft",),
            "published",
            HEAD,
            "名单已获批准；规定网站均已登载",
            "publicity_days",
        ),
        Move(
            "close", "公示期满", ("published",), "closed", ("system", *HEAD), "公示期已满", "publicity_days"
        ),
        Move(
            "issue",
            "发布",
            ("draft",),
            "issued",
            (*HEAD, "authority"),
            "公告：评定办主任；撤销公告：批准机关",
            "decision_order",
        ),
        Move("withdraw", "撤下", ("draft", "published"), "withdrawn", HEAD, "说明理由"),
    ),
)

OBJECTION = StateTable(
    "objection",
    (
        State("received", "已收到，待受理", "已收到", "active"),
        State("verifying", "核查中", "核查中", "warn"),
        State("not_accepted", "不予受理", "不予受理", "neutral"),
        State("upheld", "异议成立", "异议成立", "bad"),
        State("dismissed", "异议不成立", "异议不成立", "neutral"),
    ),
    (
        Move("accept", "受理异议", ("received",), "verifying", OFFICE, "", "objections"),
        Move("refuse", "不予受理", ("received",), "not_accepted", OFFICE, "说明理由", "objections"),
        Move(
            "uphold",
            "认定异议成立",
            ("verifying",),
            "upheld",
            HEAD,
            "核查结论；书面告知申报组织",
            "objections",
        ),
        Move(
            "dismiss",
            "认定异议不成立",
            ("verifying",),
            "dismissed",
            HEAD,
            "核查结论；书面告知申报组织",
            "objections",
        ),
    ),
)

HONOUR = StateTable(
    "honour",
    (
        State("valid", "有效", "有效", "good"),
        State("expired", "已过有效期", "已过有效期", "neutral"),
        State("revoked", "已撤销", "已撤销", "bad"),
    ),
    (
        Move("expire", "有效期满", ("valid",), "expired", ("system",), "有效期已过", "validity_years"),
        Move(
            "revoke",
            "撤销称号",
            ("valid", "expired"),
            "revoked",
            ("authority",),
            "批准机关决定",
            "revocation_grounds",
        ),
    ),
)

PAYMENT = StateTable(
    "payment",
    (
        State("ordered", "待拨付", "待拨付", "active"),
        State("paid", "已拨付", "已拨付", "good"),
        State("to_recover", "待追回", "待追回", "warn"),
        State("recovered", "已追回", "已追回", "neutral"),
        State("cancelled", "已取消", "已取消", "neutral"),
    ),
    (
        Move("pay", "登记拨付", ("ordered",), "paid", ("finance",), "凭证号和日期", "prizes"),
        Move("cancel", "取消拨付", ("ordered",), "cancelled", ("authority", "finance"), "称号已撤销"),
        Move(
            "claw_back", "追回奖金", ("paid",), "to_recover", ("authority",), "撤销决定", "revocation_grounds"
        ),
        Move(
            "recover",
            "登记追回",
            ("to_recover",),
            "recovered",
            ("finance",),
            "凭证号和日期",
            "revocation_grounds",
        ),
    ),
)

INCIDENT = StateTable(
    "incident",
    (
        State("reported", "已报告，待处理", "已报告", "active"),
        State("noted", "已备案", "已备案", "neutral"),
        State("case_opened", "已立案调查", "调查中", "warn"),
    ),
    (
        Move("note", "备案", ("reported",), "noted", OFFICE, "说明处理意见", "report_days"),
        Move(
            "open_case",
            "立案调查",
            ("reported", "noted"),
            "case_opened",
            OFFICE,
            "说明撤销事由",
            "revocation_grounds",
        ),
    ),
)

REVOCATION = StateTable(
    "revocation",
    (
        State("investigating", "调查核实", "调查中", "active"),
        State("to_committee", "待评定委审议", "调查中", "active"),
        State("to_authority", "待批准机关决定", "调查中", "warn"),
        State("effected", "已撤销称号", "已撤销称号", "bad"),
        State("dismissed", "不予撤销", "不予撤销", "neutral"),
    ),
    (
        Move(
            "report", "报告评定委", ("investigating",), "to_committee", HEAD, "调查结论", "revocation_grounds"
        ),
        Move(
            "close",
            "调查不属实，结案",
            ("investigating",),
            "dismissed",
            HEAD,
            "说明理由",
            "revocation_grounds",
        ),
        Move(
            "propose",
            "提请撤销",
            ("to_committee",),
            "to_authority",
            ("committee", "office_head"),
            "决议文号",
            "revocation_grounds",
        ),
        Move(
            "reject",
            "不予撤销",
            ("to_committee", "to_authority"),
            "dismissed",
            ("committee", "office_head", "authority"),
            "说明理由",
            "revocation_grounds",
        ),
        Move(
            "effect",
            "决定撤销",
            ("to_authority",),
            "effected",
            ("authority",),
            "决定文号和日期",
            "revocation_grounds",
        ),
    ),
)
