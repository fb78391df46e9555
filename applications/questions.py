"""The questions an applicant answers: each covers one or more conditions of the edition and some facts of the contract.

Which conditions there are, their order and articles come from the edition; here stands only what is asked for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from awards.law.editions import Edition
from awards.law.terms import Condition

OTHER: Final = "other"
# Parts of a file that are kept on the register of organisations and fixed when the file is handed in.
ORGANISATION: Final = "organisation"
FIGURES: Final = "figures"
# What the register of organisations says, and what the portal's own records say: no applicant writes these.
REGISTER_FACTS: Final = ("kind", "region", "established_on", "industry")
RECORD_FACTS: Final = ("bans", "waivers")


@dataclass(frozen=True)
class Question:
    """One page of the application (申报条件的一问)."""

    code: str
    title: str
    ask: str
    conditions: tuple[str, ...]
    facts: tuple[str, ...]
    evidence_for: str = ""


QUESTIONS: Final = (
    Question(
        "registration",
        "登记注册与经营年限",
        "组织在哪里登记注册，成立多久了？",
        ("registered", "operating_years"),
        (),
        "registered",
    ),
    Question(
        "certified_system",
        "管理体系认证",
        "质量管理体系或其他管理体系通过了哪些认证，证书有效期到什么时候？",
        ("certified_system",),
        ("certificates",),
        "certified_system",
    ),
    Question(
        "licences",
        "许可、强制认证与产品注册",
        "产品或业务需要的行政许可、强制性认证、产品注册是否已经取得？",
        ("licences",),
        ("licences",),
        "licences",
    ),
    Question(
        "spot_checks",
        "监督抽查",
        "近三年接受过哪些监督抽查，结果如何？",
        ("spot_checks",),
        ("spot_checks",),
        "spot_checks",
    ),
    Question(
        "safety_level",
        "安全生产标准化",
        "是否属于规模以上工贸企业？安全生产标准化达到几级？",
        ("safety_level",),
        ("above_scale", "safety_level"),
        "safety_level",
    ),
    Question(
        "exports",
        "出口商品质量",
        "是否有商品出口？近年是否发生过质量原因的退运、销毁、通报、退货或索赔？",
        ("exports",),
        ("exporter", "export_incidents"),
        "exports",
    ),
    Question(
        "profit",
        "经济效益",
        "最近三个完整会计年度的净利润各是多少？",
        ("profit",),
        ("net_profit",),
        "profit",
    ),
    Question(
        "credit",
        "失信记录",
        "近三年是否有严重失信行为记录？已经修复的也要填写。",
        ("credit",),
        ("dishonesty_records",),
        "credit",
    ),
    Question(
        "accidents",
        "事故",
        "近三年是否发生过质量安全、环境污染、安全生产、公共卫生、食品安全等事故？",
        ("accidents",),
        ("accidents",),
        "accidents",
    ),
    Question(
        "excellence_model",
        "卓越绩效模式",
        "是否建立并实施卓越绩效管理模式，主要指标在行业中处于什么位置？",
        ("excellence_model", "trade_rank"),
        ("excellence_model", "trade_rank_in_city"),
        "trade_rank",
    ),
    Question(
        "honours",
        "已获荣誉",
        "获得过哪些质量奖和荣誉？",
        ("prior_award", "higher_award", "reapply_interval"),
        ("honours",),
        "prior_award",
    ),
)
# Conditions that hang on one of their question's facts, and what they want of each row of a list.
ONE_FACT: Final = {"trade_rank": "trade_rank_in_city", "excellence_model": "excellence_model"}
ROW_DETAIL: Final = {
    "certified_system": "valid_until",
    "prior_award": "valid_until",
    "reapply_interval": "tier",
}
LIST_FACTS: Final = frozenset(
    {"certificates", "spot_checks", "export_incidents", "dishonesty_records", "accidents", "honours"}
)
BY_CODE: Final = {question.code: question for question in QUESTIONS}
BY_CONDITION: Final = {condition: question for question in QUESTIONS for condition in question.conditions}
ANSWER_FACTS: Final = frozenset(key for question in QUESTIONS for key in question.facts)


def questions_of(edition: Edition) -> tuple[Question, ...]:
    """The questions that some condition of the edition needs, in the edition's order of conditions."""
    wanted = dict.fromkeys(
        BY_CONDITION[condition.code] for condition in edition.conditions if condition.code in BY_CONDITION
    )
    return tuple(wanted)


def conditions_of(question: Question, edition: Edition) -> tuple[Condition, ...]:
    return tuple(condition for condition in edition.conditions if condition.code in question.conditions)


def facts_asked(question: Question, edition: Edition, kind: str) -> tuple[str, ...]:
    """The fact keys of `question` that this edition needs of an organisation of this kind."""
    present = {condition.code for condition in edition.conditions}
    keys = []
    for key in question.facts:
        if key == "trade_rank_in_city" and "trade_rank" not in present:
            continue
        if key == "excellence_model" and "excellence_model" not in present:
            continue
        if key in ("net_profit", "trade_rank_in_city") and kind not in edition.value("profit_kinds"):
            continue
        keys.append(key)
    return tuple(keys)


def needs_evidence(question: Question, edition: Edition, facts: Mapping[str, Any], kind: str) -> str:
    """The condition for which a file is still expected, given the answers; "" where none is."""
    asked = bool(facts_asked(question, edition, kind)) or question.code == "registration"
    present = {condition.code for condition in edition.conditions}
    claims: Mapping[str, bool] = {
        "licences": facts.get("licences") == "held",
        "spot_checks": bool(facts.get("spot_checks")),
        "safety_level": facts.get("above_scale") is True,
        "exports": facts.get("exporter") is True,
        "honours": bool(facts.get("honours")),
        "excellence_model": "trade_rank" in present and facts.get("trade_rank_in_city") is not None,
    }
    if not asked or not claims.get(question.code, True):
        return ""
    if question.evidence_for in present:
        return question.evidence_for
    return next((condition for condition in question.conditions if condition in present), "")


def profit_years(edition: Edition, day: date) -> tuple[int, ...]:
    """The full years before `day` (queries.as_of) whose net profit is asked, the earliest first."""
    span = int(edition.value("profit_years"))
    return tuple(range(day.year - span, day.year))


def answer_field(question: Question, condition: str, facts: Mapping[str, Any], years: tuple[int, ...]) -> str:
    """The id of the field of the question's page in which what `condition` lacks is answered; "" where none is.

    The first fact not given; of a list that is given, the first row without the detail that the condition wants.
    `years`: profit_years.
    """
    keys = (ONE_FACT[condition],) if condition in ONE_FACT else question.facts
    key = next((key for key in keys if facts.get(key) is None), keys[0] if keys else "")
    given = facts.get(key)
    if key == "net_profit":
        year = next((year for year in years if (given or {}).get(str(year)) is None), years[0])
        return f"id_profit_{year}"
    if key in LIST_FACTS:
        detail = ROW_DETAIL.get(condition, "")
        rows = (number for number, row in enumerate(given or ()) if detail and not row.get(detail))
        row = next(rows, None)
        return f"id_has_{key}_0" if row is None else f"id_rows-{row}-{detail}"
    if key == "trade_rank_in_city":
        return "id_trade_rank_in_city"
    return f"id_{key}_0" if key else ""


def facts_of(condition: str) -> tuple[str, ...]:
    """The facts on which a condition hangs; none for what is no condition."""
    if condition in ONE_FACT:
        return (ONE_FACT[condition],)
    question = BY_CONDITION.get(condition)
    return question.facts if question else ()


def section_of(condition: str) -> str:
    """The section that a correction item on `condition` opens: a question's code, or the code itself."""
    question = BY_CONDITION.get(condition)
    return question.code if question else condition
