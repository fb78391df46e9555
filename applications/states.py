"""The states of an application (申报), its recommendation, its correction requests, and of a claim to an organisation."""

from __future__ import annotations

from ground.statetable import Move, State, StateTable

APPLICANT = ("applicant_owner", "applicant_editor")
OFFICE = ("office_clerk", "office_head")
HEAD = ("office_head",)
# A deputy moves what was delegated to them: the service looks into that (applications.permissions.require_recommender).
RECOMMENDERS = ("recommender", "recommender_deputy")

APPLICATION = StateTable(
    "application",
    (
        State("draft", "申报人填写中", "填写中"),
        State("submitted", "已提交，待推荐", "已提交，等待推荐单位签署意见", "active"),
        State("declined", "推荐单位不予推荐", "推荐单位不予推荐", "bad"),
        State("recommended", "已推荐，待资格审核", "资格审核中", "active"),
        State("correcting", "补正中", "请补正材料", "warn"),
        State("accepted", "资格审核通过", "资格审核通过", "good"),
        State("refused", "资格审核未通过", "资格审核未通过", "bad"),
        State("shortlisted", "已入围", "进入陈述答辩和现场评审", "active"),
        State("not_shortlisted", "未入围", "未进入陈述答辩和现场评审", "neutral"),
        State("candidate", "拟授奖", "评审结果以公示、公告为准", "active"),
        State("not_selected", "未列入拟授奖名单", "评审结果以公示、公告为准", "active"),
        State("held", "异议核查，暂缓", "公示异议核查中", "warn"),
        State("struck", "公示后取消资格", "未获奖", "bad"),
        State("awarded", "已授奖", "获奖", "good"),
        State("withdrawn", "申报人已撤回", "已撤回", "neutral"),
        State("disqualified", "已取消评审资格", "已取消评审资格", "bad"),
    ),
    (
        Move(
            "submit",
            "提交申报",
            ("draft", "declined"),
            "submitted",
            APPLICANT,
            "截止前；各部分齐全",
            "application_files",
        ),
        Move("take_back", "撤回修改", ("submitted", "recommended"), "draft", APPLICANT, "申报截止前"),
        Move(
            "withdraw",
            "撤回申报",
            ("draft", "submitted", "declined", "recommended", "correcting", "accepted"),
            "withdrawn",
            ("applicant_owner",),
            "说明理由",
        ),
        Move(
            "recommend",
            "签署推荐意见",
            ("submitted",),
            "recommended",
            RECOMMENDERS,
            "推荐截止前",
            "application_files",
        ),
        Move(
            "decline",
            "不予推荐",
            ("submitted",),
            "declined",
            RECOMMENDERS,
            "说明理由",
            "application_files",
        ),
        Move(
            "request_correction",
            "要求补正",
            ("recommended",),
            "correcting",
            OFFICE,
            "列明事项和期限",
            "application_files",
        ),
        Move("answer_correction", "提交补正", ("correcting",), "recommended", APPLICANT, "逐项答复"),
        Move(
            "close_correction",
            "补正期满",
            ("correcting",),
            "recommended",
            (*OFFICE, "system"),
            "补正期限已过",
        ),
        Move(
            "accept",
            "资格审核通过",
            ("recommended",),
            "accepted",
            HEAD,
            "条件逐项确认，无不符合",
            "application_files",
        ),
        Move(
            "refuse",
            "资格审核不通过",
            ("recommended", "submitted", "declined"),
            "refused",
            HEAD,
            "说明不符合的条件；未获推荐的须已过推荐截止时间",
            "application_files",
        ),
        Move(
            "shortlist", "列入入围名单", ("accepted",), "shortlisted", HEAD, "材料评审报告已签署", "shortlist"
        ),
        Move("leave_out", "不列入入围名单", ("accepted",), "not_shortlisted", HEAD, "说明理由", "shortlist"),
        Move(
            "nominate",
            "列入拟授奖名单",
            ("shortlisted", "not_selected"),
            "candidate",
            ("office_head", "authority"),
            "决议授奖",
            "decision_order",
        ),
        Move(
            "not_select",
            "不列入拟授奖名单",
            ("shortlisted",),
            "not_selected",
            HEAD,
            "决议不授奖",
            "decision_order",
        ),
        Move(
            "hold",
            "因异议暂缓",
            ("candidate",),
            "held",
            ("system", *OFFICE),
            "公示期满时有未结异议",
            "objections",
        ),
        Move("release", "解除暂缓", ("held",), "candidate", HEAD, "异议不成立", "objections"),
        Move("strike", "取消拟授奖资格", ("candidate", "held"), "struck", HEAD, "异议成立", "objections"),
        Move("award", "授奖", ("candidate",), "awarded", HEAD, "公示期满并公告", "decision_order"),
        Move(
            "disqualify",
            "取消评审资格",
            ("submitted", "recommended", "correcting", "accepted", "shortlisted"),
            "disqualified",
            HEAD,
            "说明理由",
        ),
    ),
)

RECOMMENDATION = StateTable(
    "recommendation",
    (
        State("waiting", "待签署", "待推荐单位签署", "active"),
        State("signed", "已推荐", "已推荐", "good"),
        State("declined", "不予推荐", "不予推荐", "bad"),
        State("recalled", "申报人已撤回", "已撤回", "neutral"),
    ),
    (
        Move(
            "sign",
            "签署推荐意见",
            ("waiting",),
            "signed",
            RECOMMENDERS,
            "意见文字齐全",
            "application_files",
        ),
        Move("decline", "不予推荐", ("waiting",), "declined", RECOMMENDERS, "说明理由", "application_files"),
        Move("recall", "撤回", ("waiting", "signed"), "recalled", APPLICANT, "申报人撤回修改"),
    ),
)

CORRECTION = StateTable(
    "correction",
    (
        State("open", "待补正", "请在期限内补正", "warn"),
        State("answered", "已答复", "已提交补正", "good"),
        State("expired", "逾期未补正", "逾期未补正", "bad"),
        State("closed", "申报已撤回，不再补正", "申报已撤回，不再补正", "neutral"),
    ),
    (
        Move("answer", "提交补正", ("open",), "answered", APPLICANT, "逐项答复"),
        Move("expire", "期满", ("open",), "expired", (*OFFICE, "system"), "补正期限已过"),
        Move("close", "不再补正", ("open",), "closed", ("applicant_owner",), "申报人撤回申报"),
    ),
)

OWNER = ("applicant_owner",)
CLAIMANT = ("oneself",)

CLAIM = StateTable(
    "claim",
    (
        State("waiting", "待现负责人答复", "等待现负责人答复", "active"),
        State("objected", "现负责人有异议，待决定", "等待评定办决定", "warn"),
        State("unanswered", "期满未答复，待决定", "等待评定办决定", "warn"),
        State("granted_owner", "已任申报负责人", "已任申报负责人", "good"),
        State("granted_member", "已作为编写人加入", "已作为编写人加入", "good"),
        State("refused", "未予认领", "未予认领", "bad"),
        State("withdrawn", "申请人已撤回", "已撤回"),
    ),
    (
        Move(
            "hand_over",
            "同意移交申报负责人",
            ("waiting", "objected", "unanswered"),
            "granted_owner",
            OWNER,
            "不是申请人本人",
        ),
        Move(
            "admit",
            "同意作为编写人加入",
            ("waiting", "objected", "unanswered"),
            "granted_member",
            OWNER,
            "不是申请人本人",
        ),
        Move("object", "对认领提出异议", ("waiting", "unanswered"), "objected", OWNER, "说明理由"),
        Move("lapse", "答复期满", ("waiting",), "unanswered", ("system",), "答复期限已过"),
        Move(
            "grant_owner",
            "决定由申请人任申报负责人",
            ("objected", "unanswered"),
            "granted_owner",
            HEAD,
            "说明理由；申请人仍可承担申报",
        ),
        Move(
            "grant_member",
            "决定由申请人作为编写人加入",
            ("objected", "unanswered"),
            "granted_member",
            HEAD,
            "说明理由；申请人仍可承担申报",
        ),
        Move("refuse", "决定不予认领", ("waiting", "objected", "unanswered"), "refused", HEAD, "说明理由"),
        Move("withdraw", "撤回认领申请", ("waiting", "objected", "unanswered"), "withdrawn", CLAIMANT),
    ),
)
