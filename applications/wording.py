"""Facts, findings and ledger entries in plain Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from applications.industry import SECTIONS
from applications.questions import Question
from awards.law import vocabulary

LEVELS: Final = {1: "一级", 2: "二级", 3: "三级", 0: "未达标"}
TIERS: Final = {"quality": "质量奖", "excellence": "质量管理优秀奖"}
LABELS: Final = {
    "kind": "组织性质",
    "region": "登记注册地",
    "established_on": "成立日期",
    "industry": "行业门类",
    "full_years": "已满年数",
    "certificates": "认证证书",
    "valid": "有效的",
    "recent": "近年获得的",
    "licences": "许可、认证与注册",
    "spot_checks": "监督抽查",
    "failed": "不合格抽查",
    "above_scale": "规模以上工贸企业",
    "safety_level": "安全生产标准化等级",
    "exporter": "有商品出口",
    "export_incidents": "出口质量事件",
    "incidents": "计入的事件",
    "net_profit": "净利润",
    "dishonesty_records": "严重失信记录",
    "records": "计入的记录",
    "accidents": "事故",
    "excellence_model": "实施卓越绩效模式",
    "trade_rank_in_city": "上年度市内同行业位次",
    "honours": "已获荣誉",
    "won": "已获的上级奖项",
    "won_on": "获奖日期",
    "until": "禁止申报至",
    "resolution": "决议文号",
    "bans": "禁止申报记录",
    "waivers": "资格条件调整",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": vocabulary.ORGANISATION_KINDS,
    "region": vocabulary.REGIONS,
    "industry": SECTIONS,
    "licences": vocabulary.LICENCES,
    "valid": vocabulary.AWARDS,
    "recent": vocabulary.AWARDS,
    "won": vocabulary.AWARDS,
}


def in_words(key: str, value: Any) -> str:
    """One fact as a reader would say it; rows of a list one under the other."""
    if value is None:
        return "未填写"
    if isinstance(value, bool):
        return "是" if value else "否"
    if key == "safety_level":
        return LEVELS.get(value, str(value))
    if key in ("established_on", "until") and isinstance(value, str):
        return _day(value)
    if isinstance(value, Mapping):
        return "\n".join(f"{year} 年：{_amount(amount)}" for year, amount in sorted(value.items())) or "无"
    if isinstance(value, list):
        return "\n".join(_row(key, row) for row in value) or "无"
    known = WORDS.get(key, {})
    return known.get(str(value), str(value))


def _amount(exact: Any) -> str:
    return "未填写" if exact is None else f"{Decimal(str(exact)):,f} 元"


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts a finding used, ready for findings.html."""
    return [(LABELS.get(key, key), in_words(key, value)) for key, value in facts.items()]


def answers_in_words(
    question: Question, facts: Mapping[str, Any], keys: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """The answers to one question: label and words, only what was asked or said."""
    shown = keys or question.facts
    return [
        (LABELS[key], in_words(key, facts.get(key)))
        for key in shown
        if not (key == "export_incidents" and facts.get("exporter") is not True)
        and not (key == "safety_level" and facts.get("above_scale") is not True)
    ]


def in_lines(rows: Iterable[tuple[str, str]], note: str) -> str:
    """Answers as text, a line each, the applicant's own words last."""
    lines = [f"{label}：{words}" for label, words in rows]
    return "\n".join([*lines, f"说明：{note}"] if note else lines)


def _row(key: str, row: Any) -> str:
    if not isinstance(row, Mapping):
        words = WORDS.get(key, {})
        return words.get(str(row), str(row))
    if key == "certificates":
        return f"{row['standard']}，有效期至 {_day(row.get('valid_until'))}"
    if key == "spot_checks":
        level = vocabulary.SPOT_CHECK_LEVELS[row["level"]]
        return f"{_day(row['on'])} {level}抽查，{'合格' if row['passed'] else '不合格'}"
    if key == "export_incidents":
        return f"{_day(row.get('on'))} {vocabulary.EXPORT_INCIDENTS[row['kind']]}"
    if key == "dishonesty_records":
        return f"{_day(row['on'])} {row.get('source') or ''}".strip()
    if key == "accidents":
        return f"{_day(row['on'])} {row.get('kind') or ''}{vocabulary.ACCIDENT_GRADES[row['grade']]}事故"
    if key == "honours":
        tier = TIERS.get(str(row.get("tier") or ""), "")
        until = f"，有效期至 {_day(row['valid_until'])}" if row.get("valid_until") else ""
        return f"{_day(row['on'])} {vocabulary.AWARDS.get(row['award'], row['award'])}{f'（{tier}）' if tier else ''}{until}"
    if key == "bans":
        return f"至 {_day(row['until'])}"
    return "，".join(str(value) for value in row.values())


def _day(text: object) -> str:
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        return "未填写"
    return f"{day.year}年{day.month}月{day.day}日"
