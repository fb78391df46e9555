"""How far an application has come: its sections, and what is missing in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from applications.models import Application, Evidence
from applications.queries.application_files import (
    commitments_section,
    figures_required,
    figures_section,
    profile_section,
    recommender_section,
    report_section,
)
from applications.queries.facts import as_of, findings_of
from applications.queries.opening import EDITABLE
from applications.queries.section import Gap, Section, infected_message
from applications.queries.years import Figures, differing_profits, figures_to_submit
from applications.questions import (
    OTHER,
    Question,
    answer_field,
    facts_of,
    needs_evidence,
    profit_years,
    questions_of,
)
from applications.rules.eligibility import Finding


def live_evidence(application: Application) -> list[Evidence]:
    """The evidence that stands, with its files."""
    return list(application.evidence.filter(removed_at=None).select_related("file", "uploaded_by"))


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
    figures = (
        figures_section(application, given, filed_at) if figures_required(application.cycle.edition) else ()
    )
    file = (profile_section(application), report_section(application), recommender_section(application))
    return (*answered, *figures, *file, commitments_section(application))


def gaps(application: Application, now: datetime) -> tuple[Gap, ...]:
    """Everything missing for submission, in the order of the file; last, other files that are infected."""
    evidence = live_evidence(application)
    found = [gap for section in sections(application, now, evidence=evidence) for gap in section.gaps]
    return (*found, *other_gaps(evidence))


def other_gaps(evidence: Iterable[Evidence]) -> tuple[Gap, ...]:
    """Files beyond the sections in which a virus was found."""
    sick = [piece for piece in evidence if piece.condition == OTHER and piece.file.infected]
    return tuple(Gap(OTHER, infected_message("其他材料", piece.name), "", "evidence") for piece in sick)


def evidence_asked(application: Application) -> tuple[str, ...]:
    """The conditions for which a file is expected, given the answers so far."""
    edition = application.cycle.edition
    asked = [
        needs_evidence(question, edition, application.facts, application.organisation.kind)
        for question in questions_of(edition)
    ]
    return tuple(condition for condition in asked if condition)


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
        Gap(section.code, infected_message(section.label, sick[condition]), "", "evidence", (), condition)
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
