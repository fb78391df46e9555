"""How far an application has come: its sections, and what is missing in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from applications.models import Application, Evidence
from applications.queries.assessment import assessment_progress, is_online
from applications.queries.commitments import in_charge, lapse_of, standing_commitment
from applications.queries.facts import as_of, ban_in_force, findings_of
from applications.queries.years import Figures, differing_profits, figure_years, figures_to_submit
from applications.questions import (
    FIGURES,
    OTHER,
    Question,
    answer_field,
    facts_of,
    needs_evidence,
    profit_years,
    questions_of,
)
from applications.rules.commitments import IN_CHARGE_CHANGED, UNSIGNED
from applications.rules.eligibility import Finding
from applications.rules.words import in_plain
from awards.law.editions import Edition
from awards.models import Milestone
from ground.clock import SHANGHAI
from ground.errors import Refused

CANCELLED = "cancelled"
CORRECTION_LATEST = "correction_latest"
EDITABLE = frozenset({"draft", "declined"})
# The work that waits for the answer to a correction, in the order of the timetable.
WAITING = (
    *(Milestone.Kind.ELIGIBILITY, Milestone.Kind.MATERIAL, Milestone.Kind.PRESENTATION),
    *(Milestone.Kind.SITE, Milestone.Kind.DELIBERATION),
)
PARTS = ("registration", "profile", "report", "recommender")
COMMITMENTS = "commitments"


@dataclass(frozen=True)
class Gap:
    """One thing missing for submission: in which section, what to do, and the id of the field in which it is done.

    Where not all of the section fills it: `facts`, any of which does, or the `condition` whose evidence does.
    """

    section: str
    message: str
    article: str = ""
    field: str = ""
    facts: tuple[str, ...] = ()
    condition: str = ""

    @property
    def code(self) -> str:
        return f"incomplete/{self.section.removesuffix('-file')}"


@dataclass(frozen=True)
class Section:
    """One task of the application: `state` as task_list.html wants it (todo, active, attention, done).

    `failing`: why its conditions fail as answered so far, whatever is missing. `hint`: what would still be of use.
    """

    code: str
    label: str
    state: str
    gaps: tuple[Gap, ...] = ()
    question: Question | None = None
    failing: tuple[str, ...] = ()
    hint: str = ""


def live_evidence(application: Application) -> list[Evidence]:
    """The evidence that stands, with its files."""
    return list(application.evidence.filter(removed_at=None).select_related("file", "uploaded_by"))


def deadline(application: Application, kind: str = Milestone.Kind.APPLICATION) -> datetime | None:
    milestone = application.cycle.timetable.get(kind)
    return milestone.due_at if milestone else None


def latest_correction(application: Application, now: datetime) -> datetime | None:
    """Until when a correction may be answered, by the edition's reading: the next deadline from the check on, whose work
    waits for it; None for any time."""
    edition = application.cycle.edition
    if not edition.has(CORRECTION_LATEST) or edition.value(CORRECTION_LATEST) != "next_deadline":
        return None
    due = (deadline(application, kind) for kind in WAITING)
    return min((moment for moment in due if moment is not None and moment > now), default=None)


def is_past(moment: datetime | None, now: datetime) -> bool:
    """Whether a deadline has gone by, to the second: the last second itself is still in time."""
    return moment is not None and now.replace(microsecond=0) > moment


def sections(
    application: Application,
    now: datetime,
    *,
    evidence: Iterable[Evidence] | None = None,
    findings: Iterable[Finding] | None = None,
    corrected: Figures | None = None,
) -> tuple[Section, ...]:
    """All sections in the order of the file, each with what is missing in it.

    `corrected`: the figures that an answered correction would take into the file; without, those handed in are whole.
    A section with everything in it but a finding against it is "attention": it can be submitted, and says so.
    """
    pieces = live_evidence(application) if evidence is None else evidence
    found = findings_of(application, now) if findings is None else findings
    proven = {piece.condition for piece in pieces if not piece.file.infected}
    by_condition = {finding.condition: finding for finding in found}
    asked = questions_of(application.cycle.edition)
    years = profit_years(application.cycle.edition, as_of(application, now))
    answered = [_question_section(application, question, proven, by_condition, years) for question in asked]
    sick = {piece.condition: piece.name for piece in pieces if piece.file.infected}
    filed_at = now
    if application.state in EDITABLE:
        given: Figures | None = figures_to_submit(application.organisation, now)
    else:
        given, filed_at = corrected, application.submitted_at or now
    answered = [
        _with_differing(_with_infected(section, sick), application, given or {}) for section in answered
    ]
    figures = _figures(application, given, filed_at) if figures_required(application.cycle.edition) else ()
    file = (_profile(application), _report(application), _recommender(application))
    return (*answered, *figures, *file, _commitments(application))


def gaps(application: Application, now: datetime) -> tuple[Gap, ...]:
    """Everything missing for submission, in the order of the file; last, other files that are infected."""
    evidence = live_evidence(application)
    found = [gap for section in sections(application, now, evidence=evidence) for gap in section.gaps]
    return (*found, *other_gaps(evidence))


def other_gaps(evidence: Iterable[Evidence]) -> tuple[Gap, ...]:
    """Files beyond the sections in which a virus was found."""
    sick = [piece for piece in evidence if piece.condition == OTHER and piece.file.infected]
    return tuple(Gap(OTHER, _infected_message("其他材料", piece.name), "", "evidence") for piece in sick)


def evidence_asked(application: Application) -> tuple[str, ...]:
    """The conditions for which a file is expected, given the answers so far."""
    edition = application.cycle.edition
    asked = [
        needs_evidence(question, edition, application.facts, application.organisation.kind)
        for question in questions_of(edition)
    ]
    return tuple(condition for condition in asked if condition)


def ban_refusal(application: Application, now: datetime) -> Refused | None:
    """Why this organisation may not apply here at all: a ban in force, with its article and its last day."""
    return refusal_for_ban(application.organisation.uscc, application.cycle.scheme.code, now)


def refusal_for_ban(uscc: str, scheme_code: str, now: datetime) -> Refused | None:
    ban = ban_in_force(uscc, scheme_code, now.astimezone(SHANGHAI).date())
    if ban is None:
        return None
    until = f"{ban.until:%Y年}{ban.until.month}月{ban.until.day}日之前" if ban.until else "无限期"
    return Refused(
        "banned",
        f"该组织处于禁止申报期，{until}不受理其申报。如认为记录有误，请联系评定办公室。",
        article=ban.article,
    )


def _question_section(
    application: Application,
    question: Question,
    proven: set[str],
    findings: Mapping[str, Finding],
    years: tuple[int, ...],
) -> Section:
    edition, facts = application.cycle.edition, application.facts
    rows = [findings[code] for code in question.conditions if code in findings]
    failing = tuple(dict.fromkeys(row.message for row in rows if row.outcome == "fail"))
    found: list[Gap] = []
    for message, row in {
        row.message: row for row in reversed(rows) if row.outcome == "needs_evidence"
    }.items():
        field = answer_field(question, row.condition, facts, years)
        keys = facts_of(row.condition)
        found.insert(0, Gap(question.code, f"{question.title}：{message}", row.article, field, keys))
    if (
        question.code == "licences"
        and facts.get("licences") == "not_applicable"
        and not application.notes.get("licences")
    ):
        found.append(Gap("licences", f"{question.title}：请写明不适用的理由", rows[0].article, "id_note"))
    wanted = needs_evidence(question, edition, facts, application.organisation.kind)
    has_file = bool(proven & set(question.conditions))
    if wanted and not has_file:
        asked = next(condition for condition in edition.conditions if condition.code == wanted)
        found.append(
            Gap(
                question.code,
                f"{question.title}：请上传{'、'.join(asked.evidence)}",
                asked.article,
                "id_upload",
            )
        )
    answered = any(facts.get(key) is not None for key in question.facts)
    if found:
        state = "active" if answered or has_file or application.notes.get(question.code) else "todo"
    else:
        state = "attention" if failing else "done"
    return Section(question.code, question.title, state, tuple(found), question, failing)


def _with_infected(section: Section, sick: Mapping[str, str]) -> Section:
    """`section` with a gap for a file in which a virus was found; `sick`: condition → name of the file."""
    conditions = section.question.conditions if section.question else ()
    found = [
        Gap(section.code, _infected_message(section.label, sick[condition]), "", "evidence", (), condition)
        for condition in conditions
        if condition in sick
    ]
    return replace(section, state="active", gaps=(*section.gaps, *found)) if found else section


def _with_differing(section: Section, application: Application, figures: Figures) -> Section:
    """`section` with a gap for each year whose net profit is told in two ways: what is submitted has to be one."""
    if section.code != "profit":
        return section
    found = [
        Gap(
            section.code,
            f"{section.label}：{year} 年度净利润与近三年经营数据不一致，请改正其中一处",
            "",
            f"id_profit_{year}",
        )
        for year in differing_profits(application, figures)
    ]
    return replace(section, state="active", gaps=(*section.gaps, *found)) if found else section


def _infected_message(label: str, name: str) -> str:
    return f"{label}：“{name}”含有病毒，已隔离，请移除后上传干净的文件"


def figures_required(edition: Edition) -> bool:
    """Whether a file needs the figures of the last three years."""
    return edition.has("figures_required") and bool(edition.value("figures_required"))


def _figures(application: Application, given: Figures | None, at: datetime) -> tuple[Section]:
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


def _profile(application: Application) -> Section:
    limit = application.cycle.edition.value("profile_word_limit")
    words = in_plain(application.profile_text)
    article = application.cycle.edition.article("application_files")
    if not words:
        return Section("profile", "组织概述", "todo", (Gap("profile", "请填写组织概述", article, "id_text"),))
    if words > limit:
        gap = Gap("profile", f"组织概述超出字数：{words} 字，最多 {limit} 字", article, "id_text")
        return Section("profile", "组织概述", "attention", (gap,))
    return Section("profile", "组织概述", "done")


def _report(application: Application) -> Section:
    section = _items(application) if is_online(application) else _uploaded(application)
    if not (application.report_carried or (application.pages_carried and not is_online(application))):
        return section
    article = application.cycle.edition.article("application_files")
    gap = Gap("report", "自评报告或页码索引是往年的，请核对后确认沿用，或者更换", article, "last-report")
    return replace(section, state="active", gaps=(*section.gaps, gap))


def _uploaded(application: Application) -> Section:
    if application.report is not None and application.report.infected:
        sick = Gap("report-file", _infected_message("自评报告", application.report_name), "", "id_upload")
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


def _recommender(application: Application) -> Section:
    if application.recommender_id:
        return Section("recommender", "推荐单位", "done")
    article = application.cycle.edition.article("recommenders")
    return Section(
        "recommender", "推荐单位", "todo", (Gap("recommender", "请选择推荐单位", article, "id_recommender"),)
    )


def _commitments(application: Application) -> Section:
    """The signature of the person in charge; a file handed in has it, or is older than the rule."""
    label = "签署承诺"
    if application.state not in EDITABLE:
        return Section(COMMITMENTS, label, "done")
    given = standing_commitment(application)
    article = application.cycle.edition.article("application_files")
    if given is not None and given.scan is not None and given.scan.infected:
        sick = Gap(COMMITMENTS, _infected_message(label, given.scan_name), "", "id_scan")
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
