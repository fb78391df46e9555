"""The law of an edition in plain words, made from its parameters alone: no number stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from awards.law.editions import Edition, MissingValue
from awards.law.terms import Condition, Threshold
from awards.law.vocabulary import (
    ACCIDENT_GRADES,
    AWARDS,
    EXPORT_INCIDENTS,
    ORGANISATION_KINDS,
    REGIONS,
    SPOT_CHECK_LEVELS,
)

CHINESE_DIGITS = "零一二三四五六七八九十"
STEPS: Mapping[str, str] = {
    "deliberation": "评定委员会审议",
    "approval": "批准机关批准",
    "publicity": "公示",
    "announcement": "公告",
}
# What a bare code in a parameter means to a reader.
WORDS: Mapping[str, str] = {
    **ORGANISATION_KINDS,
    **REGIONS,
    **SPOT_CHECK_LEVELS,
    **EXPORT_INCIDENTS,
    **ACCIDENT_GRADES,
    **AWARDS,
    **STEPS,
    "yearly": "每年一次",
    "yearly_afterwards": "每年一次，按上年度事实事后奖励",
    "any": "有其一即可",
    "all": "须同时具备",
    "consensus": "组长主持合议的结果",
    "mean": "各评审员的平均分",
    "trimmed_mean": "去掉最高最低后的平均分",
    "calendar": "自然日",
    "working": "工作日",
    "accepted_marked": "照收，并标明逾期",
    "refuse": "不列入评审组",
    "head_decides": "不列入评审组，评定办主任写明理由的除外",
    "stays_empty": "不越过，空出的名额保留空缺",
    "passed_over": "越过，由其后未获奖的组织递补",
    "none": "不反馈",
    "report": "主要优势和改进机会",
    "scores": "各环节得分、主要优势和改进机会",
    "never": "否",
    "always": "是",
    "if_crime": "涉嫌犯罪的移送",
    "organisation": "申报组织",
    "named": "只搁置所涉组织",
    "eligibility": "资格审核",
    "material": "材料评审",
    "presentation": "陈述答辩",
    "site": "现场评审",
    "office": "评定办",
    "committee": "评定委",
    "authority": "批准机关",
    "finance": "财政部门",
    "payer": "拨付单位",
    "procedure": "程序",
    "answer_to": "答复对象",
    "hold": "期满未结时",
    "allowed": "可以",
    "forbidden": "不得",
    "revoke": "撤销称号",
    "recover_certificate": "收回证书",
    "clawback": "追回奖金",
    "public_notice": "公告",
    "ban_years": "不受理申报（年）",
    "refer_to_police": "移送公安机关",
    "major_accident": "发生重大事故",
    "consecutive_failed_checks": "抽查连续两次不合格",
    "other_serious": "其他严重违法违规",
    "fraud": "弄虚作假",
    "PCT": "PCT 途径",
    "PARIS": "巴黎公约途径",
    "MADRID": "马德里途径",
    "eu": "欧盟成员国",
    "belt-and-road": "“一带一路”共建国家",
    "gbt19580-2012": "GB/T 19580-2012《卓越绩效评价准则》",
    "US": "美国",
    "GB": "英国",
    "JP": "日本",
    "KR": "韩国",
    "low": "不少于",
    "high": "不多于",
    "by_year": "到（年）",
}
_BY_TIER = frozenset({"quotas", "prizes", "thresholds"})
# Codes that mean something else in other parameters.
_OWN_WORDS: Mapping[tuple[str, str], str] = {
    ("ties", "deliberation"): "交评定委员会审议",
    ("presentation_sealed_late", "accepted_marked"): "仍可封存，标明逾期",
    ("correction_latest", "next_deadline"): "时间表上的下一个截止时间",
    ("correction_latest", "any"): "不限",
    ("normalisation", "none"): "不归一化",
    ("normalisation", "z_score"): "按标准分归一化",
}


@dataclass(frozen=True)
class PlainCondition:
    """A condition of eligibility as an applicant reads it, with what to show for it."""

    code: str
    label: str
    words: str
    article: str
    waivable: bool
    evidence: tuple[str, ...]


def conditions_in_words(edition: Edition) -> tuple[PlainCondition, ...]:
    """All conditions in the order of the articles; empty where the edition has none yet."""
    if not edition.has("conditions"):
        return ()
    return tuple(
        PlainCondition(
            condition.code,
            condition.label,
            _condition(edition, condition),
            condition.article,
            condition.waivable,
            tuple(condition.evidence),
        )
        for condition in edition.conditions
    )


def threshold_in_words(threshold: Threshold) -> str:
    """高于 600 分 / 600 分及以上."""
    points = plain_number(threshold.points)
    return f"{points} 分及以上" if threshold.operator == ">=" else f"高于 {points} 分（正好 {points} 分不算）"


def plain_number(number: Decimal | int) -> str:
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(edition: Edition, key: str, value: Any) -> tuple[str, ...]:
    """The value of a parameter as lines to read."""
    if value is None:
        return ("未规定",)
    if isinstance(value, str) and (key, value) in _OWN_WORDS:
        return (_OWN_WORDS[key, value],)
    if key == "weights":
        return tuple(f"{_word(stage)} {plain_number(weight * 100)}%" for stage, weight in value.items())
    if key == "industry_categories":
        return _grouped(edition, value)
    if key in _BY_TIER or (isinstance(value, Mapping) and _is_by_tier(edition, value)):
        return tuple(f"{_tier(edition, tier)}：{_by_tier(key, entry)}" for tier, entry in value.items())
    if key in ("repeat_tiers", "reapply_tiers"):
        return ("、".join(_tier(edition, tier) for tier in value) or "无",)
    if isinstance(value, Mapping):
        return tuple(f"{_word(name)}：{_inner(entry)}" for name, entry in value.items() if entry is not None)
    if isinstance(value, tuple | list):
        if all(isinstance(entry, Mapping) for entry in value):
            return tuple(_inner(entry) for entry in value) or ("无",)
        joint = " → " if key == "decision_order" else "、"
        return (joint.join(_word(entry) for entry in value) or "无",)
    return (_money_or_word(edition, key, value),)


def _money_or_word(edition: Edition, key: str, value: Any) -> str:
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and (key.endswith(("_amount", "_cap", "_prize")))
    ):
        return f"{value:,} 元"
    return _word(value)


def _by_tier(key: str, entry: Any) -> str:
    if isinstance(entry, Mapping) and "operator" in entry:
        return threshold_in_words(Threshold(entry["operator"], entry["points"]))
    if key == "quotas":
        return f"不超过 {entry} 家"
    if key == "prizes":
        return f"{entry:,} 元"
    return _inner(entry)


def _grouped(edition: Edition, value: Mapping[str, str]) -> tuple[str, ...]:
    names = (
        {entry.code: entry.name for entry in edition.named("categories")} if edition.has("categories") else {}
    )
    groups: dict[str, list[str]] = {}
    for letter, category in value.items():
        groups.setdefault(category, []).append(letter)
    return tuple(
        f"{names.get(category, category)}：{'、'.join(letters)}" for category, letters in groups.items()
    )


def _inner(value: Any) -> str:
    """A value within a value, in one line."""
    if isinstance(value, Mapping):
        if "value" in value and "article" in value:
            return f"{_inner(value['value'])}（{value['article']}）"
        if "points" in value and "title" in value:
            return f"{value['title']}（{value['points']} 分）：{value['guide']}"
        if "low" in value:
            high = f"—{value['high']}" if value.get("high") else ""
            return f"{value['name']}：到 {value['by_year']} 年 {value['low']}{high} 个"
        named = value.get("label") or value.get("name")
        if named:
            article = f"（{value['article']}）" if value.get("article") else ""
            seat = f"，设在{value['seat']}" if value.get("seat") else ""
            return f"{named}{seat}{article}"
        return "；".join(
            f"{_word(name)}：{_inner(entry)}" for name, entry in value.items() if entry is not None
        )
    if isinstance(value, tuple | list):
        return "、".join(_inner(entry) for entry in value)
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal | int):
        return plain_number(value)
    return WORDS.get(str(value), str(value))


def _is_by_tier(edition: Edition, value: Mapping[str, Any]) -> bool:
    return edition.has("tiers") and set(value) == {tier.code for tier in edition.tiers}


def _tier(edition: Edition, code: str) -> str:
    if not edition.has("tiers"):
        return WORDS.get(code, code)
    return {tier.code: tier.short for tier in edition.tiers}.get(code, WORDS.get(code, code))


def _several(words: Mapping[str, str], codes: Iterable[str]) -> str:
    return "、".join(words.get(code, code) for code in codes)


def _condition(edition: Edition, condition: Condition) -> str:
    """The condition as one sentence with the edition's own figures; its label where there is nothing to add."""
    sentence = _SENTENCES.get(condition.code)
    try:
        return sentence(edition) if sentence else condition.label
    except MissingValue:
        return condition.label


def _prior_award(edition: Edition) -> str:
    standing = _several(AWARDS, edition.value("prior_awards_standing"))
    recent = _several(AWARDS, edition.value("prior_awards_recent"))
    years = edition.value("prior_awards_recent_years")
    joint = "或者" if edition.value("prior_award_mode") == "any" else "并且"
    return f"持有仍在有效期内的{standing}之一，{joint}申报前 {years} 年内获得过{recent}之一。"


def _safety(edition: Edition) -> str:
    worst = edition.value("safety_level_worst")
    return f"规模以上工贸企业：安全生产标准化达到{CHINESE_DIGITS[worst]}级或更好（一级最高）；其他组织选“不适用”。"


_SENTENCES: Mapping[str, Callable[[Edition], str]] = {
    "registered": lambda e: f"登记注册地在{_several(REGIONS, e.value('regions'))}。",
    "operating_years": lambda e: f"到申报之日，合法经营已满 {e.value('operating_years')} 年。",
    "certified_system": lambda e: "通过 ISO 9000 或其他相关管理体系认证，证书有效，体系正常运行。",
    "excellence_model": lambda e: (
        "实施卓越绩效模式，能用数据说明经济、质量、技术和社会贡献等方面的结果，写进自评报告。"
    ),
    "licences": lambda e: "行业需要的许可、强制认证、产品注册都已取得；不需要的选“不适用”，写明理由。",
    "spot_checks": lambda e: (
        f"近 {e.value('spot_check_years')} 年内，"
        f"{_several(SPOT_CHECK_LEVELS, e.value('spot_check_levels'))}监督抽查全部合格。"
    ),
    "safety_level": _safety,
    "exports": lambda e: (
        f"出口商品没有因质量问题发生{_several(EXPORT_INCIDENTS, e.value('export_incident_kinds'))}；没有出口的写明。"
    ),
    "profit": lambda e: (
        f"申报前 {e.value('profit_years')} 个完整年度都没有亏损（持平不算亏损）；"
        "事业单位和非营利组织选“不适用”，写明理由。"
    ),
    "credit": lambda e: f"近 {e.value('credit_years')} 年没有严重失信记录。",
    "accidents": lambda e: (
        f"近 {e.value('accident_years')} 年没有发生{_several(ACCIDENT_GRADES, e.value('accident_grades'))}级别的"
        "质量安全、环境污染、安全生产、公共卫生或食品安全事故。"
    ),
    "trade_rank": lambda e: (
        f"上一年度的规模、利税等指标在全市同行业中排在前 {e.value('trade_rank_worst')} 位；"
        "事业单位和非营利组织选“不适用”。"
    ),
    "prior_award": _prior_award,
    "higher_award": lambda e: (
        f"从未获得过{_several(AWARDS, e.value('higher_awards'))}；得过任何一项都不能再报本奖。"
    ),
    "reapply_interval": lambda e: (
        f"获得过本奖{'、'.join(_tier(e, tier) for tier in e.value('reapply_tiers'))}的，"
        f"满 {e.value('reapply_years')} 年以后才能再次申报。"
    ),
    "ban": lambda e: "没有处在因撤销称号等原因不受理申报的期间内。",
}
