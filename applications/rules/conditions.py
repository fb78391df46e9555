"""One pure rule for each condition of eligibility (申报条件): facts, parameters and `as_of` in, a verdict out.

Spans of years reach back from `as_of` to the same calendar day, which counts; what lies after `as_of` does not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from applications.rules.facts import HonourHeld, OrganisationFacts
from awards.law import dates, vocabulary
from awards.law.editions import Edition
from awards.law.findings import Outcome


@dataclass(frozen=True)
class Verdict:
    """What one condition comes to before waivers: an outcome, a sentence and the facts looked at."""

    outcome: Outcome
    message: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """What a rule is given to judge (审核的一件): the edition, the facts and the day."""

    edition: Edition
    facts: OrganisationFacts
    as_of: date

    def number(self, key: str) -> int:
        return int(self.edition.value(key, self.as_of))

    def listed(self, key: str) -> tuple[str, ...]:
        return tuple(self.edition.value(key, self.as_of))

    def recent(self, event: date, key: str) -> bool:
        return dates.within_years_back(event, self.as_of, self.number(key))


def _registered(case: Case) -> Verdict:
    region = case.facts.region
    if region is None:
        return _unknown("登记注册地")
    return _verdict(
        region in case.listed("regions"),
        "登记注册地在本奖项的区域内",
        "登记注册地不在本奖项的区域内",
        region=region,
    )


def _operating_years(case: Case) -> Verdict:
    founded, years = case.facts.established_on, case.number("operating_years")
    if founded is None:
        return _unknown("成立日期")
    full = dates.full_years_between(founded, case.as_of)
    good = full >= years
    return _verdict(
        good, f"已满 {years} 年", f"未满 {years} 年", established_on=founded.isoformat(), full_years=full
    )


def _certified_system(case: Case) -> Verdict:
    certificates = case.facts.certificates
    if certificates is None:
        return _unknown("体系认证证书")
    valid = [c.standard for c in certificates if c.valid_until is not None and c.valid_until >= case.as_of]
    if not valid and any(c.valid_until is None for c in certificates):
        return _unknown("证书有效期")
    return _verdict(bool(valid), "持有有效的体系认证证书", "没有在有效期内的体系认证证书", valid=valid)


def _licences(case: Case) -> Verdict:
    licences = case.facts.licences
    if licences is None:
        return _unknown("许可、认证与注册情况")
    if licences == "not_applicable":
        return _not_applicable("所在行业没有许可、强制认证或注册要求", licences=licences)
    return _verdict(licences == "held", "许可、认证与注册齐备", "许可、认证或注册不齐备", licences=licences)


def _spot_checks(case: Case) -> Verdict:
    checks = case.facts.spot_checks
    if checks is None:
        return _unknown("监督抽查情况")
    levels, years = case.listed("spot_check_levels"), case.number("spot_check_years")
    failed = [
        check.on.isoformat()
        for check in checks
        if not check.passed and check.level in levels and case.recent(check.on, "spot_check_years")
    ]
    return _verdict(
        not failed,
        f"近 {years} 年没有计入的不合格抽查",
        f"近 {years} 年有抽查不合格：{'、'.join(failed)}",
        failed=failed,
    )


def _safety_level(case: Case) -> Verdict:
    above_scale, level, worst = (
        case.facts.above_scale,
        case.facts.safety_level,
        case.number("safety_level_worst"),
    )
    if above_scale is None:
        return _unknown("是否规模以上工贸企业")
    if not above_scale:
        return _not_applicable("不是规模以上工贸企业", above_scale=above_scale)
    if level is None:
        return _unknown("安全生产标准化等级")
    return _verdict(
        1 <= level <= worst,
        f"安全生产标准化达到 {worst} 级以上",
        f"安全生产标准化未达到 {worst} 级",
        safety_level=level,
    )


def _exports(case: Case) -> Verdict:
    if case.facts.exporter is None:
        return _unknown("是否有出口")
    if not case.facts.exporter:
        return _not_applicable("没有出口", exporter=False)
    if case.facts.export_incidents is None:
        return _unknown("出口质量事件")
    counted = case.listed("export_incident_kinds")
    found = [
        vocabulary.EXPORT_INCIDENTS[incident.kind]
        for incident in case.facts.export_incidents
        if incident.kind in counted and (incident.on is None or incident.on <= case.as_of)
    ]
    return _verdict(
        not found, "没有计入的出口质量事件", f"有出口质量事件：{'、'.join(found)}", incidents=found
    )


def _profit(case: Case) -> Verdict:
    outside = _outside_profit(case)
    if outside is not None:
        return outside
    last = case.as_of.year - 1
    years = range(last - case.number("profit_years") + 1, last + 1)
    known = {year: case.facts.net_profit[year] for year in years if year in case.facts.net_profit}
    losses = [str(year) for year, profit in known.items() if profit < 0]
    if not losses and len(known) < len(years):
        absent = [str(year) for year in years if year not in known]
        return _unknown(f"{'、'.join(absent)} 年度净利润")
    return _verdict(
        not losses,
        f"{years[0]} 至 {last} 年度没有亏损",
        f"{'、'.join(losses)} 年度亏损",
        net_profit={str(year): format(profit, "f") for year, profit in known.items()},
    )


def _credit(case: Case) -> Verdict:
    records = case.facts.dishonesty_records
    if records is None:
        return _unknown("严重失信记录")
    years = case.number("credit_years")
    found = [day.isoformat() for day in records if case.recent(day, "credit_years")]
    return _verdict(
        not found,
        f"近 {years} 年没有严重失信记录",
        f"近 {years} 年有严重失信记录：{'、'.join(found)}",
        records=found,
    )


def _accidents(case: Case) -> Verdict:
    if case.facts.accidents is None:
        return _unknown("事故情况")
    grades, years = case.listed("accident_grades"), case.number("accident_years")
    found = [
        f"{accident.on.isoformat()} {vocabulary.ACCIDENT_GRADES[accident.grade]}"
        for accident in case.facts.accidents
        if accident.grade in grades and case.recent(accident.on, "accident_years")
    ]
    return _verdict(
        not found,
        f"近 {years} 年没有计入等级的事故",
        f"近 {years} 年有事故：{'、'.join(found)}",
        accidents=found,
    )


def _excellence_model(case: Case) -> Verdict:
    used = case.facts.excellence_model
    if used is None:
        return _unknown("卓越绩效模式的实施情况")
    return _verdict(used, "已实施卓越绩效模式", "未实施卓越绩效模式", excellence_model=used)


def _trade_rank(case: Case) -> Verdict:
    outside = _outside_profit(case)
    if outside is not None:
        return outside
    rank, worst = case.facts.trade_rank_in_city, case.number("trade_rank_worst")
    if rank is None:
        return _unknown("上年度市内同行业位次")
    return _verdict(
        rank <= worst, f"居市内同行业前 {worst} 位", f"未居市内同行业前 {worst} 位", trade_rank_in_city=rank
    )


def _prior_award(case: Case) -> Verdict:
    """Two alternatives, joined as `prior_award_mode` says: an award still valid, or a listed honour of late."""
    if case.facts.honours is None:
        return _unknown("既有荣誉")
    won = _won(case)
    standing = [h for h in won if h.award in case.listed("prior_awards_standing")]
    valid = [h.award for h in standing if h.valid_until is not None and h.valid_until >= case.as_of]
    recent = [
        h.award
        for h in won
        if h.award in case.listed("prior_awards_recent") and case.recent(h.on, "prior_awards_recent_years")
    ]
    joined = any if case.edition.value("prior_award_mode", case.as_of) == "any" else all
    good = joined((bool(valid), bool(recent)))
    undated = not valid and any(h.valid_until is None for h in standing)
    if not good and undated and joined((True, bool(recent))):
        return _unknown("既有质量奖的有效期")
    uncounted = "" if not won else f"；所填的{_names([h.award for h in won])}不在所列之内，或者已经过期"
    return _verdict(
        good,
        f"持有或近年获得所要求的荣誉：{_names([*valid, *recent])}",
        f"没有在有效期内的市级以上质量奖，近年也未获所列荣誉{uncounted}",
        valid=valid,
        recent=recent,
    )


def _higher_award(case: Case) -> Verdict:
    if case.facts.honours is None:
        return _unknown("既有荣誉")
    won = [h.award for h in _won(case) if h.award in case.listed("higher_awards")]
    return _verdict(not won, "未获不得再申报的上级奖项", f"已获上级奖项：{_names(won)}", won=won)


def _ban(case: Case) -> Verdict:
    if case.facts.bans is None:
        return _unknown("禁止申报记录")
    ends = [
        ban.until
        for ban in case.facts.bans
        if ban.scheme == case.edition.scheme and dates.bars(ban.until, case.as_of)
    ]
    until = max(ends).isoformat() if ends else None
    return _verdict(until is None, "没有在期的禁止申报", f"禁止申报至 {until}", until=until)


def _reapply_interval(case: Case) -> Verdict:
    if case.facts.honours is None:
        return _unknown("既有荣誉")
    tiers, years = case.listed("reapply_tiers"), case.number("reapply_years")
    early = [
        h
        for h in _won(case)
        if h.award == case.edition.value("own_award") and dates.add_years(h.on, years) > case.as_of
    ]
    if not any(h.tier in tiers for h in early) and any(h.tier is None for h in early):
        return _unknown("本奖项既往获奖的奖级")
    found = [h.on.isoformat() for h in early if h.tier in tiers]
    return _verdict(
        not found,
        f"没有未满 {years} 年的本奖项获奖",
        f"{'、'.join(found)} 获本奖项，未满 {years} 年",
        won_on=found,
    )


def _outside_profit(case: Case) -> Verdict | None:
    """Profit and trade rank have no meaning for bodies that do not run for profit."""
    kind = case.facts.kind
    if kind is None:
        return _unknown("组织性质")
    if kind not in case.listed("profit_kinds"):
        return _not_applicable(f"{vocabulary.ORGANISATION_KINDS[kind]}不适用", kind=kind)
    return None


def _won(case: Case) -> list[HonourHeld]:
    return [honour for honour in case.facts.honours or () if honour.on <= case.as_of]


def _names(awards: Iterable[str]) -> str:
    return "、".join(vocabulary.AWARDS.get(award, award) for award in dict.fromkeys(awards))


def _verdict(good: bool, yes: str, no: str, **facts: object) -> Verdict:
    return Verdict("pass" if good else "fail", yes if good else no, facts)


def _not_applicable(why: str, **facts: object) -> Verdict:
    return Verdict("not_applicable", why, facts)


def _unknown(what: str) -> Verdict:
    return Verdict("needs_evidence", f"缺少：{what}", {})


RULES: Mapping[str, Callable[[Case], Verdict]] = MappingProxyType(
    {
        "registered": _registered,
        "operating_years": _operating_years,
        "certified_system": _certified_system,
        "licences": _licences,
        "spot_checks": _spot_checks,
        "safety_level": _safety_level,
        "exports": _exports,
        "profit": _profit,
        "credit": _credit,
        "accidents": _accidents,
        "excellence_model": _excellence_model,
        "trade_rank": _trade_rank,
        "prior_award": _prior_award,
        "higher_award": _higher_award,
        "ban": _ban,
        "reapply_interval": _reapply_interval,
    }
)
