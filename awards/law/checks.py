"""What must hold within one edition before it may be used: citations, dates and sums that agree."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from awards.law import countries
from awards.law.intake import Reader
from awards.law.parameters import CONDITION_NEEDS, REFUSAL_CODES
from awards.law.terms import Dated

_CODE = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")

_TIERED = ("quotas", "prizes", "thresholds")

Values = Mapping[str, tuple[Dated, ...]]


def code(reader: Reader) -> str:
    text = reader.text()
    if text and not _CODE.fullmatch(text):
        reader.fault("代码只用小写字母、数字、连字符和下划线")
    return text


def citation(reader: Reader, articles: Collection[str]) -> str:
    """An article number such as 第十一条(四); the article itself must be in the edition's own list."""
    text = reader.text()
    if text and text not in articles and text.partition("(")[0] not in articles:
        reader.fault(f"所引条款“{text}”不在本版的条款目录中")
    return text


def every_citation(reader: Reader, articles: Collection[str]) -> None:
    """Check each `article` that lies anywhere within a parameter's value."""
    if isinstance(reader.value, dict):
        for key, member in reader.members():
            if key == "article":
                citation(member, articles)
            else:
                every_citation(member, articles)
    elif isinstance(reader.value, list):
        for item in reader.items():
            every_citation(item, articles)


def no_overlap(reader: Reader, dated: tuple[Dated, ...]) -> None:
    """Dated values must come in order and no day may have two of them."""
    for earlier, later in pairwise(dated):
        if earlier.holds_until is None or later.holds_from is None or later.holds_from <= earlier.holds_until:
            reader.fault("各值的起止日期重叠或未按先后排列")
            return


def contest(reader: Reader, values: Values) -> None:
    """The parts of a contest must fit one another; each part that is still missing is left out."""
    parameters = reader.child("parameters", None)
    tiers = _codes(values, "tiers")
    scale = _each(values, "score_scale")
    for key in _TIERED:
        for table in _each(values, key):
            if tiers and set(table) != tiers:
                parameters.child(key, None).fault("奖级与 tiers 不一致")
    for key in ("repeat_tiers", "reapply_tiers"):
        for listed in _each(values, key):
            if tiers and not set(listed) <= tiers:
                parameters.child(key, None).fault("奖级与 tiers 不一致")
    stages = _codes(values, "stages")
    for weights in _each(values, "weights"):
        if sum(weights.values()) != Decimal(1):
            parameters.child("weights", None).fault("权重之和应为 1")
        if stages and not set(weights) <= stages:
            parameters.child("weights", None).fault("有权重的环节不在 stages 中")
    for rubric in _each(values, "presentation_rubric"):
        if scale and sum(line["points"] for line in rubric) not in scale:
            parameters.child("presentation_rubric", None).fault("各项分值之和应等于总分")
    grounds = _codes(values, "revocation_grounds")
    for matrix in _each(values, "sanctions"):
        if grounds and set(matrix) != grounds:
            parameters.child("sanctions", None).fault("情形与 revocation_grounds 不一致")
    categories = _codes(values, "categories")
    for table in _each(values, "industry_categories"):
        if categories and not set(table.values()) <= categories:
            parameters.child("industry_categories", None).fault("类别与 categories 不一致")
    _conditions(parameters, values)


def ip_reward(reader: Reader, values: Values) -> None:
    """The country lists that are named must exist, and every refusal must have a rule."""
    for events in _each(values, "refusals"):
        for event in events:
            if event["code"] not in REFUSAL_CODES:
                reader.child("parameters.refusals", None).fault(f"情形“{event['code']}”没有对应的规则")
    for listed in _each(values, "country_lists"):
        for name in listed:
            if name not in countries.codes():
                reader.child("parameters.country_lists", None).fault(f"没有名为“{name}”的国家名单")


def _conditions(parameters: Reader, values: Values) -> None:
    for conditions in _each(values, "conditions"):
        for condition in conditions:
            code_ = condition["code"]
            if code_ not in CONDITION_NEEDS:
                parameters.child("conditions", None).fault(f"条件“{code_}”没有对应的规则")
                continue
            for key in CONDITION_NEEDS[code_]:
                if key not in values:
                    parameters.child(key, None).fault(f"条件“{code_}”需要这一参数")


def _each(values: Values, key: str) -> list[Any]:
    return [dated.value for dated in values.get(key, ()) if dated.missing is None]


def _codes(values: Values, key: str) -> set[str]:
    return {entry["code"] for listed in _each(values, key) for entry in listed}
