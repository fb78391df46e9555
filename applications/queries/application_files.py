"""How far the application files (申报材料) are: figures, overview, report, recommender, commitments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from applications.models import Application
from applications.queries.assessment import assessment_progress, is_online
from applications.queries.commitments import in_charge, lapse_of, standing_commitment
from applications.queries.opening import EDITABLE
from applications.queries.section import Gap, Section, infected_message
from applications.queries.years import Figures, figure_years
from applications.questions import FIGURES
from applications.rules.commitments import IN_CHARGE_CHANGED, UNSIGNED
from applications.rules.words import in_plain
from awards.law.editions import Edition

COMMITMENTS = "commitments"


def figures_required(edition: Edition) -> bool:
    """Whether a file needs the figures of the last three years."""
    return edition.has("figures_required") and bool(edition.value("figures_required"))


def figures_section(application: Application, given: Figures | None, at: datetime) -> tuple[Section]:
    """The figures of every year before `at` since the organisation was founded; None: handed in, and whole."""
    label = "近三年经营数据"
    if given is None:
        return (Section(FIGURES, label, "done"),)
    organisation = application.organisation
    wanted = [year for year in reversed(figure_years(at)) if year >= organisation.established_on.year]
    missing = [year for year in wanted if str(year) not in given]
    if not missing:
        return (Section(FIGURES, label, "done"),)
    message = f"{label}：请填写 {'、'.join(map(str, missing))} 年度的数据"
    article = application.cycle.edition.article("figures_required")
    gap = Gap(FIGURES, message, article, f"id_revenue_{missing[0]}")
    return (Section(FIGURES, label, "active" if given else "todo", (gap,)),)


def profile_section(application: Application) -> Section:
    limit = application.cycle.edition.value("profile_word_limit")
    words = in_plain(application.profile_text)
    article = application.cycle.edition.article("application_files")
    if not words:
        return Section("profile", "组织概述", "todo", (Gap("profile", "请填写组织概述", article, "id_text"),))
    if words > limit:
        gap = Gap("profile", f"组织概述超出字数：{words} 字，最多 {limit} 字", article, "id_text")
        return Section("profile", "组织概述", "attention", (gap,))
    return Section("profile", "组织概述", "done")


def report_section(application: Application) -> Section:
    section = _items(application) if is_online(application) else _uploaded(application)
    if not (application.report_carried or (application.pages_carried and not is_online(application))):
        return section
    article = application.cycle.edition.article("application_files")
    gap = Gap("report", "自评报告或页码索引是往年的，请核对后确认沿用，或者更换", article, "last-report")
    return replace(section, state="active", gaps=(*section.gaps, gap))


def _uploaded(application: Application) -> Section:
    if application.report is not None and application.report.infected:
        sick = Gap("report-file", infected_message("自评报告", application.report_name), "", "id_upload")
        return Section("report", "自评报告", "active", (sick,))
    if application.report_id:
        return _indexed(application)
    article = application.cycle.edition.article("application_files")
    missing = "请上传自评报告（PDF 或 Word）"
    if getattr(application, "self_assessment", None) is None:
        choice = Gap("report", f"{missing}，或在线逐条填写", article, "choose-online")
        return Section("report", "自评报告", "todo", (choice,))
    return Section("report", "自评报告", "todo", (Gap("report-file", missing, article, "id_upload"),))


def _indexed(application: Application) -> Section:
    """An uploaded report can be handed in without the pages of its items; whoever scores would have to look for them."""
    items, given = len(application.cycle.criteria.items), application.page_index.count()
    if application.state not in EDITABLE or given >= items:
        return Section("report", "自评报告", "done")
    hint = f"页码索引已填 {given} / {items} 个条目。填写后评审员可以直接翻到，不填也可以提交。"
    return Section("report", "自评报告", "attention", hint=hint)


def _items(application: Application) -> Section:
    """The self-assessment written item by item: every item needs a text, all together keep to the limit."""
    progress = assessment_progress(application)
    article = application.cycle.edition.article("application_files")
    found = [
        Gap(f"item-{item.code}", f"自评 {item.code} {item.title}：请填写", article, "id_text")
        for item in progress.missing
    ]
    if progress.over:
        message = f"自评超出字数：{progress.words} 字，最多 {progress.limit} 字"
        found.append(Gap("report", message, article, "words"))
    if not found:
        return Section("report", "自评报告", "done")
    if len(progress.missing) == len(progress.states):
        return Section("report", "自评报告", "todo", tuple(found))
    return Section("report", "自评报告", "active" if progress.missing else "attention", tuple(found))


def recommender_section(application: Application) -> Section:
    if application.recommender_id:
        return Section("recommender", "推荐单位", "done")
    article = application.cycle.edition.article("recommenders")
    return Section(
        "recommender", "推荐单位", "todo", (Gap("recommender", "请选择推荐单位", article, "id_recommender"),)
    )


def commitments_section(application: Application) -> Section:
    """The signature of the person in charge; a file handed in has it, or is older than the rule."""
    label = "签署承诺"
    if application.state not in EDITABLE:
        return Section(COMMITMENTS, label, "done")
    given = standing_commitment(application)
    article = application.cycle.edition.article("application_files")
    if given is not None and given.scan is not None and given.scan.infected:
        sick = Gap(COMMITMENTS, infected_message(label, given.scan_name), "", "id_scan")
        return Section(COMMITMENTS, label, "active", (sick,))
    name = in_charge(application)
    words = {
        "": "",
        UNSIGNED: f"{label}：请{name}（法定代表人）签署",
        IN_CHARGE_CHANGED: f"{label}：法定代表人已变更为{name}，请{name}重新签署",
    }[lapse_of(application, given)]
    if not words:
        return Section(COMMITMENTS, label, "done")
    return Section(COMMITMENTS, label, "todo", (Gap(COMMITMENTS, words, article, "ways"),))
