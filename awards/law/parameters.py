"""The catalogue of parameters: which keys an edition may have, what each is called and what shape it has.

No value of any award stands here; values live in the editions' YAML, each with its article or reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from awards.law import shapes as s
from awards.law.shapes import Shape


@dataclass(frozen=True)
class Parameter:
    """What is known of a parameter (参数) before any edition gives it a value."""

    key: str
    label: str
    shape: Shape
    required: bool = True


def _optional(key: str, label: str, shape: Shape) -> Parameter:
    return Parameter(key, label, shape, required=False)


_named = s.record(code=s.text, name=s.text)
_event = s.record(code=s.text, label=s.text, article=s.text)
_body = s.record({"seat": s.text}, name=s.text)


def _cell(shape: Shape) -> Shape:
    return s.record({"reading": s.text}, value=shape, article=s.text)


_CONTEST = (
    Parameter("cycle_frequency", "评定周期", s.choice("yearly")),
    Parameter("tiers", "奖级", s.listing(s.record(code=s.text, name=s.text, short=s.text))),
    Parameter("validity_years", "称号有效期(年)", s.whole(1)),
    Parameter("bodies", "评定机构", s.record(office=_body, committee=_body, authority=_body)),
    Parameter("own_award", "本奖项的荣誉代码", s.text),
    Parameter(
        "conditions",
        "申报条件",
        s.listing(
            s.record(code=s.text, label=s.text, article=s.text, waivable=s.flag, evidence=s.listing(s.text))
        ),
    ),
    _optional("regions", "登记注册的区域", s.listing(s.text)),
    _optional("operating_years", "合法经营年限(年)", s.whole(1)),
    _optional("spot_check_years", "监督抽查回溯年限(年)", s.whole(1)),
    _optional("spot_check_levels", "计入的监督抽查级别", s.listing(s.text)),
    _optional("safety_level_worst", "安全生产标准化最低等级", s.whole(1)),
    _optional("export_incident_kinds", "计入的出口质量事件", s.listing(s.text)),
    _optional("profit_years", "不亏损的完整年度数", s.whole(1)),
    _optional("profit_kinds", "经济效益条件适用的组织性质", s.listing(s.text)),
    _optional("credit_years", "失信记录回溯年限(年)", s.whole(1)),
    _optional("accident_years", "事故回溯年限(年)", s.whole(1)),
    _optional("accident_grades", "计入的事故等级", s.listing(s.text)),
    _optional("trade_rank_worst", "市内同行业最低位次", s.whole(1)),
    _optional("prior_award_mode", "既有荣誉两项的关系", s.choice("any", "all")),
    _optional("prior_awards_standing", "须在有效期内的既有质量奖", s.listing(s.text)),
    _optional("prior_awards_recent", "近年获得即可的荣誉", s.listing(s.text)),
    _optional("prior_awards_recent_years", "近年荣誉回溯年限(年)", s.whole(1)),
    _optional("higher_awards", "获评后不得再申报的上级奖项", s.listing(s.text)),
    _optional("reapply_tiers", "须满年限方可再报的奖级", s.listing(s.text)),
    _optional("reapply_years", "再次申报须满年限(年)", s.whole(1)),
    Parameter("waiver", "资格条件调整", s.text),
    Parameter("categories", "申报类别", s.listing(_named)),
    Parameter("industry_categories", "行业门类与申报类别对照", s.table(s.text)),
    Parameter("quotas", "每年名额", s.table(s.whole())),
    Parameter("criteria", "评定标准", s.text),
    Parameter("stages", "评定环节", s.listing(s.record(code=s.text, name=s.text, article=s.text))),
    Parameter("score_scale", "总分", s.whole(1)),
    Parameter("thresholds", "分数线", s.table(s.record(operator=s.choice(">", ">="), points=s.decimal))),
    Parameter("weights", "各环节权重", s.table(s.decimal)),
    Parameter(
        "presentation_rubric",
        "陈述答辩评分表",
        s.listing(s.record(code=s.text, title=s.text, guide=s.text, points=s.whole(1))),
    ),
    Parameter("stage_score_method", "评审组得分的形成", s.choice("consensus", "mean", "trimmed_mean")),
    Parameter("stage_score_decimals", "环节得分保留小数位", s.whole()),
    Parameter("display_decimals", "综合得分显示小数位", s.whole()),
    Parameter("consensus_spread", "须说明理由的评分差距(百分点)", s.whole(1)),
    _optional("comment_limits", "须写评语的百分比", s.record(low=s.whole(), high=s.whole())),
    _optional("show_previous_consensus", "评分时显示上一环节的合议结果", s.flag),
    _optional("presentation_sealed_same_day", "陈述答辩评分须当日封存", s.flag),
    _optional("presentation_sealed_late", "过了当日才封存的陈述答辩评分", s.choice("accepted_marked")),
    _optional("site_difference_limit", "现场与材料评审相差须说明的百分点", s.whole()),
    _optional("normalisation", "评审员宽严的归一化", s.choice("none", "z_score")),
    Parameter("panel_minimum", "评审组最少人数", s.whole(1)),
    Parameter("panel_industry_experts", "评审组行业专家最少人数", s.whole()),
    Parameter("panel_lead", "评审组组长", s.text),
    _optional(
        "unfit_reviewers", "不能参加、超过工作量上限或培训过期的评审员", s.choice("refuse", "head_decides")
    ),
    _optional("unregistered_expert", "没有登记为所评行业行业专家的人", s.choice("refuse", "head_decides")),
    Parameter("announcement_call", "年度申报公告", s.text),
    Parameter("application_files", "申报材料", s.listing(_named)),
    _optional("figures_required", "申报须填近三年经营数据", s.flag),
    Parameter("profile_word_limit", "组织概述字数上限", s.whole(1)),
    Parameter("report_word_limit", "自评报告字数上限", s.whole(1)),
    Parameter("recommenders", "推荐单位", s.listing(_named)),
    _optional("correction_latest", "补正期限最晚到", s.choice("next_deadline", "any")),
    Parameter("shortlist", "入围名单的确定", s.text),
    Parameter("ties", "并列跨越名额时", s.choice("deliberation")),
    Parameter("cascade", "未获上一奖级者参加下一奖级", s.flag),
    _optional("holder_next_in_line", "递补时下一名已获较低奖级的", s.choice("stays_empty", "passed_over")),
    Parameter("decision_order", "决定顺序", s.listing(s.text)),
    Parameter("sites", "须公示的外部网站", s.listing(_named)),
    Parameter("publicity_days", "公示天数", s.whole(1)),
    Parameter("publicity_day_mode", "公示天数的计法", s.choice("calendar", "working")),
    Parameter("publicity_holiday_roll", "末日遇休息日顺延", s.flag),
    Parameter(
        "objections",
        "异议处理",
        s.record(procedure=s.text, answer_to=s.choice("organisation"), hold=s.choice("named", "all")),
    ),
    Parameter("prizes", "奖金(元)", s.table(s.whole())),
    _optional("higher_recommendation", "向上推荐", s.text),
    Parameter("case_sharing", "经验推广", s.text),
    Parameter("incident_events", "须报告的事项", s.listing(_event)),
    Parameter("report_days", "报告期限(天)", s.whole(1)),
    Parameter("late_reports", "逾期报告的处理", s.choice("accepted_marked")),
    Parameter("revocation_grounds", "撤销称号的情形", s.listing(_event)),
    Parameter(
        "sanctions",
        "撤销的后果",
        s.table(
            s.record(
                revoke=_cell(s.flag),
                recover_certificate=_cell(s.flag),
                clawback=_cell(s.flag),
                public_notice=_cell(s.flag),
                ban_years=_cell(s.whole()),
                refer_to_police=_cell(s.choice("never", "if_crime", "always")),
            )
        ),
    ),
    Parameter("title_use", "称号的使用", s.nullable(s.record(allowed=s.text, forbidden=s.text))),
    Parameter("repeat_tiers", "再次获奖不占名额的奖级", s.listing(s.text, at_least=0)),
    Parameter("repeat_after_years", "再次获奖须满年限(年)", s.whole(1)),
    Parameter("repeat_prize", "再次获奖的奖金(元)", s.whole()),
    _optional("feedback_to_applicants", "公告后向申报组织反馈", s.choice("none", "report", "scores")),
    _optional("recommendation_quota", "每个推荐单位每年推荐上限(家)", s.whole(1)),
    Parameter("confidentiality", "保密", s.text),
    _optional("applicant_commitments", "申报组织的承诺", s.listing(s.text)),
    _optional("confidentiality_pledge", "评审员的保密承诺", s.text),
    _optional("recusal_years", "任职和有偿服务结束后仍须回避的年限(年)", s.whole(1)),
    Parameter("misconduct", "评审违规的处理", s.text),
    _optional("honour_rewards", "上级荣誉一次性奖励(元)", s.table(s.whole(1))),
    _optional(
        "goals",
        "目标",
        s.listing(
            s.record({"high": s.whole(1)}, code=s.text, name=s.text, low=s.whole(1), by_year=s.whole(1))
        ),
    ),
)

_IP_REWARD = (
    Parameter("bodies", "实施机构", s.record(office=_body, finance=_body, payer=_body)),
    Parameter("applicants", "奖励对象", s.text),
    Parameter("districts", "市区范围", s.listing(s.text)),
    Parameter("frequency", "实施方式", s.choice("yearly_afterwards")),
    Parameter("patent_routes", "专利途径", s.listing(s.text)),
    Parameter("trademark_routes", "商标途径", s.listing(s.text)),
    Parameter("countries", "列名国家", s.listing(s.text)),
    Parameter("country_lists", "国家名单", s.listing(s.text)),
    Parameter("grant_amount", "授权专利每件奖励(元)", s.whole(1)),
    Parameter("grant_cap", "授权专利每件上限(元)", s.whole(1)),
    Parameter("application_amount", "专利申请每件奖励(元)", s.whole(1)),
    Parameter("application_cap", "专利申请每件上限(元)", s.whole(1)),
    Parameter("trademark_amount", "商标每件奖励(元)", s.whole(1)),
    Parameter("designation_amount", "每指定一个国家或地区(元)", s.whole(1)),
    Parameter("trademark_cap", "商标每件上限(元)", s.whole(1)),
    Parameter("family_cap", "同族授权专利上限(元)", s.whole(1)),
    Parameter("applicant_cap", "同一申请人年度上限(元)", s.whole(1)),
    Parameter("deduct_prior_application_reward", "授权奖励扣除已发的申请奖励", s.flag),
    Parameter("refusals", "不予受理的情形", s.listing(_event)),
    Parameter("review_refusals", "审核中不予奖励的情形", s.listing(_event)),
    Parameter("procedure", "办理程序", s.listing(_event)),
    Parameter("incomplete_material", "材料不完善", s.text),
    Parameter("abnormal_filing", "疑似非正常申报", s.text),
    Parameter("use_of_money", "奖励资金的使用", s.text),
    Parameter("disclosure", "公开与追究", s.text),
)

CATALOGUES: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {
        "contest": MappingProxyType({p.key: p for p in _CONTEST}),
        "ip_reward": MappingProxyType({p.key: p for p in _IP_REWARD}),
    }
)

# Which parameters the rule of a condition reads; a condition named here has a rule, no other has.
CONDITION_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "registered": ("regions",),
        "operating_years": ("operating_years",),
        "certified_system": (),
        "licences": (),
        "spot_checks": ("spot_check_years", "spot_check_levels"),
        "safety_level": ("safety_level_worst",),
        "exports": ("export_incident_kinds",),
        "profit": ("profit_years", "profit_kinds"),
        "credit": ("credit_years",),
        "accidents": ("accident_years", "accident_grades"),
        "excellence_model": (),
        "trade_rank": ("trade_rank_worst", "profit_kinds"),
        "prior_award": (
            "prior_award_mode",
            "prior_awards_standing",
            "prior_awards_recent",
            "prior_awards_recent_years",
        ),
        "higher_award": ("higher_awards",),
        "ban": (),
        "reapply_interval": ("reapply_tiers", "reapply_years"),
    }
)

# The refusals of an IP claim that have a rule.
REFUSAL_CODES = (
    "not_first_applicant",
    "outside_urban_district",
    "country_not_covered",
    "route_not_covered",
    "search_not_favourable",
)
