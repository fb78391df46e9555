"""The text of a call for applications (申报通知), drafted from the edition; the office changes it as it likes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from awards.law.editions import Edition
from awards.rules.timetable import LABELS
from awards.rules.wording import conditions_in_words, threshold_in_words
from ground.moments import deadline_words

Row = tuple[datetime, datetime]
NUMBERS = "一二三四五六七八九十"


def draft_call(edition: Edition, *, name: str, year: int, rows: Mapping[str, Row]) -> str:
    """A whole call in numbered sections, in our own words with articles; rows not yet set are left to be filled in.

    `rows` holds times in Asia/Shanghai.
    """
    sections = [
        ("申报范围", _scope(edition)),
        ("申报条件", _conditions(edition)),
        ("奖级和名额", _prizes(edition)),
        ("申报材料", _files(edition)),
        ("评定环节", _stages(edition)),
        ("时间安排", _dates(rows)),
        ("其他事项", _rest(edition)),
    ]
    parts = [
        f"按照《{edition.title}》{_cited(edition.article('announcement_call'))}，现就{year}年度{name}申报工作通知如下。"
    ]
    for number, (title, lines) in zip(NUMBERS, sections, strict=False):
        parts.append(f"{number}、{title}\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _scope(edition: Edition) -> list[str]:
    categories = "、".join(entry.name for entry in edition.named("categories"))
    return [
        f"符合本通知所列条件的企业和事业单位、社会组织均可自愿申报，按{categories}分类{_cited(edition.article('categories'))}。"
    ]


def _conditions(edition: Edition) -> list[str]:
    lines = [
        f"{number}. {condition.words}{_cited(condition.article)}"
        for number, condition in enumerate(conditions_in_words(edition), start=1)
    ]
    return [
        *lines,
        "个别条件确需调整的，由评定委员会作出决议，逐案记录" + _cited(edition.article("waiver")) + "。",
    ]


def _prizes(edition: Edition) -> list[str]:
    return [
        f"{tier.short}：不超过 {edition.quota(tier.code)} 家{_cited(edition.article('quotas'))}，"
        f"总评分须{threshold_in_words(edition.threshold(tier.code))}{_cited(edition.article('thresholds'))}，"
        f"奖励 {edition.prize(tier.code):,} 元{_cited(edition.article('prizes'))}。"
        for tier in edition.tiers
    ]


def _files(edition: Edition) -> list[str]:
    files = "、".join(entry.name for entry in edition.named("application_files"))
    recommenders = "或".join(entry.name for entry in edition.named("recommenders"))
    return [
        f"1. {files}，全部在网上填写和上传{_cited(edition.article('application_files'))}。",
        f"2. 组织概述不超过 {edition.value('profile_word_limit'):,} 字，"
        f"自评报告不超过 {edition.value('report_word_limit'):,} 字。",
        f"3. 由{recommenders}审阅并签署推荐意见{_cited(edition.article('recommenders'))}。",
    ]


def _stages(edition: Edition) -> list[str]:
    stages = "、".join(stage.name for stage in edition.stages)
    weights = "，".join(
        f"{stage.name}占 {edition.weights[stage.code] * 100:.0f}%"
        for stage in edition.stages
        if stage.code in edition.weights
    )
    sites = "、".join(site.name for site in edition.sites)
    return [
        f"评定依次经过{stages}{_cited(edition.article('stages'))}；综合得分中{weights}{_cited(edition.article('weights'))}。",
        f"名单经批准后在{sites}公示 {edition.value('publicity_days')} 天，无异议的予以公告{_cited(edition.article('sites'))}。",
    ]


def _dates(rows: Mapping[str, Row]) -> list[str]:
    return [
        f"{number}. {label}：{_span(rows[kind]) if kind in rows else '（待排定）'}。"
        for number, (kind, label) in enumerate(LABELS.items(), start=1)
    ]


def _rest(edition: Edition) -> list[str]:
    office = edition.bodies["office"]
    seat = f"（设在{office.seat}）" if office.seat else ""
    return [
        "1. 申报和评定不收取任何费用，不指定、不委托任何单位或个人代办申报。",
        "2. 申报组织对材料的真实性负责；弄虚作假骗取称号的，依照办法处理。",
        "3. 以申报截止时刻服务器收到提交为准，逾期不能提交。请提前办理，不要等到最后一刻。",
        f"4. 申报受理：{office.name}{seat}。",
    ]


def _cited(article: str) -> str:
    return f"（{article}）" if article else ""


def _span(row: Row) -> str:
    return f"{_moment(row[0])}至 {deadline_words(row[1])}"


def _moment(when: datetime) -> str:
    clock = f"{when:%H:%M:%S}" if when.second else f"{when:%H:%M}"
    return f"{when.year}年{when.month}月{when.day}日 {clock}"
