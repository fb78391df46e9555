"""Filling in an application: facts, notes, profile, report, evidence, recommender."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application, Evidence, Recommender, SectionVersion
from applications.permissions import require_writer
from applications.queries import deadline, is_past, recommenders_of, register_facts
from applications.queries.facts import document_faults
from applications.queries.opening import EDITABLE
from applications.queries.versions import PROFILE, section_content
from applications.questions import (
    ANSWER_FACTS,
    BY_CODE,
    OTHER,
    QUESTIONS,
    RECORD_FACTS,
    REGISTER_FACTS,
)
from applications.services.locking import (
    lock,
    require_condition_open,
    require_facts_open,
    require_open,
    require_version,
    stamp,
)
from applications.services.receiving import EVIDENCE_UPLOAD, REPORT_UPLOAD, receive
from applications.services.replacing import hand_links_on
from applications.services.versioning import keep_sections
from audit.services import record
from documents.services import Upload
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if
from ground.moments import deadline_words

REPORT_KINDS: Final = ("pdf", "docx")
EVIDENCE_KINDS: Final = ("pdf", "docx", "xlsx", "png", "jpg")
TEXT_MAXIMUM: Final = 200_000
NOTE_MAXIMUM: Final = 2_000
FILES_MAXIMUM: Final = 200


@transaction.atomic
def save_facts(
    *,
    application: Application,
    facts: Mapping[str, Any],
    version: int,
    actor: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    kind: str = SectionVersion.Kind.SAVED,
) -> None:
    """Save answers to the conditions: the keys given are replaced, others stay; None takes an answer back.

    `facts` has the contract's keys (eligibility). What the register or the records say (kind, region, bans, …) may
    be repeated but not contradicted. `notes`: question → the applicant's own words (the reason for 不适用).
    Refused: stale_version, not_editable, unknown_fact, fact_of_register, fact_invalid, text_too_long.
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    answers = cleaned_answers(application, facts)
    words = cleaned_notes(notes or {})
    touched = [
        question.code
        for question in QUESTIONS
        if set(question.facts) & answers.keys() or question.code in words
    ]
    for section in touched:
        require_open(application, section, now)
    differing = [key for key, value in answers.items() if value != application.facts.get(key)]
    require_facts_open(application, differing, now)
    new_facts = {k: v for k, v in {**application.facts, **answers}.items() if v is not None}
    new_notes = {k: v for k, v in {**application.notes, **words}.items() if v}
    if (new_facts, new_notes) == (application.facts, application.notes):
        return  # nothing new: saved already
    require_version(application, touched, version)
    before = sm3_hex(canonical_json(application.facts))
    stood = {section: section_content(application, section) for section in touched}
    application.facts, application.notes = new_facts, new_notes
    stamp(application, touched, actor=actor, now=now)
    application.save(update_fields=["facts", "notes", "marks", "version"])
    changed = [section for section in touched if section_content(application, section) != stood[section]]
    keep_sections(application, changed, kind=kind, by=person(actor), now=now)
    _note(application, "application.save_facts", actor, now, before=before, after={**answers, "notes": words})


@transaction.atomic
def save_profile(
    *,
    application: Application,
    text: str,
    version: int,
    actor: Actor,
    now: datetime,
    kind: str = SectionVersion.Kind.SAVED,
) -> None:
    """Save the organisation profile (组织概述). Longer than the limit is kept, but can't be submitted.

    Refused: stale_version, not_editable, text_too_long (far beyond any limit).
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    require_open(application, "profile", now)
    text = cleaned_profile(text)
    if text == application.profile_text:
        return  # saved already: a retry after a lost answer is no conflict
    require_version(application, ["profile"], version)
    before = sm3_hex(application.profile_text.encode())
    application.profile_text = text
    stamp(application, ["profile"], actor=actor, now=now)
    application.save(update_fields=["profile_text", "marks", "version"])
    keep_sections(application, [PROFILE], kind=kind, by=person(actor), now=now)
    _note(
        application,
        "application.save_profile",
        actor,
        now,
        before=before,
        after={"text": sm3_hex(text.encode())},
    )


@transaction.atomic
def attach_report(*, application: Application, upload: Upload, actor: Actor, now: datetime) -> None:
    """Attach the self-assessment report (自评报告, PDF or Word), in place of the one before.

    Refused: not_editable, file_* (documents.store_file), upload_* (documents.take_upload).
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    require_open(application, "report", now)
    stored, name = receive(
        upload, application=application, purpose=REPORT_UPLOAD, kinds=REPORT_KINDS, actor=actor, now=now
    )
    before = application.report.digest if application.report else ""
    application.report, application.report_name, application.report_carried = stored, name, False
    stamp(application, ["report"], actor=actor, now=now)
    application.save(update_fields=["report", "report_name", "report_carried", "marks", "version"])
    _note(
        application,
        "application.attach_report",
        actor,
        now,
        before=before,
        after={"name": application.report_name, "digest": stored.digest},
    )


@transaction.atomic
def add_evidence(
    *, application: Application, condition: str, upload: Upload, actor: Actor, now: datetime
) -> Evidence:
    """Add a file that proves a condition (a code of the edition, or "other").

    Refused: unknown_condition, not_editable, too_many_files, file_*, upload_*.
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    known = {row.code for row in application.cycle.edition.conditions} | {OTHER}
    if condition not in known:
        raise Refused("unknown_condition", "请选择这份材料证明的申报条件。", field="condition")
    require_condition_open(application, condition, now)
    if application.evidence.filter(removed_at=None).count() >= FILES_MAXIMUM:
        raise Refused("too_many_files", f"证明材料最多 {FILES_MAXIMUM} 份，请合并后上传。", field="upload")
    stored, name = receive(
        upload, application=application, purpose=EVIDENCE_UPLOAD, kinds=EVIDENCE_KINDS, actor=actor, now=now
    )
    piece = Evidence.objects.create(
        application=application,
        condition=condition,
        file=stored,
        name=name,
        uploaded_by=person(actor),
        uploaded_at=now,
    )
    stamp(application, [f"evidence:{condition}"], actor=actor, now=now)
    application.save(update_fields=["marks", "version"])
    _note(
        application,
        "application.add_evidence",
        actor,
        now,
        after={"condition": condition, "name": piece.name, "digest": stored.digest},
    )
    return piece


@transaction.atomic
def remove_evidence(*, evidence: Evidence, actor: Actor, now: datetime) -> None:
    """Take a file off; it stays in the ledger. Removing twice changes nothing.

    Refused: not_editable, evidence_linked (replacing.hand_links_on).
    """
    application = evidence.application
    lock(application)
    require_writer(actor, application.organisation_id)
    require_condition_open(application, evidence.condition, now)
    if not Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=now):
        return
    hand_links_on(evidence, now)
    evidence.removed_at = now
    stamp(application, [f"evidence:{evidence.condition}"], actor=actor, now=now)
    application.save(update_fields=["marks", "version"])
    _note(
        application,
        "application.remove_evidence",
        actor,
        now,
        after={"condition": evidence.condition, "name": evidence.name, "digest": evidence.file.digest},
    )


@transaction.atomic
def choose_recommender(
    *, application: Application, recommender: Recommender, actor: Actor, now: datetime
) -> None:
    """Pick who is to recommend. Refused: not_editable, deadline_passed, recommender_of_other_scheme."""
    lock(application)
    require_writer(actor, application.organisation_id)
    if words := why_no_choice(application, now):
        raise Refused("deadline_passed", words)
    require_open(application, "recommender", now)
    if not recommenders_of(application).filter(pk=recommender.pk).exists():
        raise Refused("recommender_of_other_scheme", "请选择本奖项的推荐单位。", field="recommender")
    before = application.recommender.name if application.recommender else ""
    application.recommender = recommender
    stamp(application, ["recommender"], actor=actor, now=now)
    application.save(update_fields=["recommender", "marks", "version"])
    _note(
        application,
        "application.choose_recommender",
        actor,
        now,
        before=before,
        after={"recommender": recommender.name},
    )


def why_no_choice(application: Application, now: datetime) -> str:
    """Why the recommender can't be chosen any more in a file not handed in, in one sentence; "" if it can."""
    due_at = deadline(application)
    if due_at is None or application.state not in EDITABLE or not is_past(due_at, now):
        return ""
    return f"申报已于 {deadline_words(due_at)} 截止，不能再选择或改选推荐单位。有疑问的，请与评定办联系。"


def cleaned_profile(text: str) -> str:
    """A profile as it is kept. Refused: text_too_long."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > TEXT_MAXIMUM:
        raise Refused("text_too_long", "文字过长，无法保存。请把详细内容放进自评报告。", field="text")
    return text


def cleaned_answers(application: Application, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The applicant's own answers among `facts`; refuses keys nobody knows and words against the register."""
    known = {**register_facts(application.organisation), "bans": [], "waivers": []}
    faults = []
    for key, value in facts.items():
        if key in REGISTER_FACTS or key in RECORD_FACTS:
            if value is not None and value != known[key]:
                message = "这一项以组织登记信息和平台记录为准，不能在申报条件中改写。"
                faults.append(Fault("fact_of_register", message, key))
        elif key not in ANSWER_FACTS:
            faults.append(Fault("unknown_fact", f"没有“{key}”这一项。", key))
    refuse_if(faults)
    answers = {key: _plain(key, value) for key, value in facts.items() if key in ANSWER_FACTS}
    found = document_faults(application, {key: value for key, value in answers.items() if value is not None})
    refuse_if(Fault("fact_invalid", fault.message, re.split(r"[.\[]", fault.path)[0]) for fault in found)
    return answers


def _plain(key: str, value: Any) -> Any:
    """`value` as JSON keeps it: dates and exact decimals as text. Floats are nobody's exact number."""
    try:
        return json.loads(canonical_json(value))
    except (TypeError, ValueError) as error:
        raise Refused("fact_invalid", "请填写确切的数字或文字。", field=key) from error


def cleaned_notes(notes: Mapping[str, str]) -> dict[str, str]:
    """Notes as they are kept. Refused: unknown_fact, text_too_long."""
    words = {key: text.replace("\r\n", "\n").strip() for key, text in notes.items()}
    faults = [Fault("unknown_fact", "没有这一问。", key) for key in words if key not in BY_CODE]
    faults += [
        Fault("text_too_long", f"说明最多 {NOTE_MAXIMUM} 字，详细内容请作为证明材料上传。", "note")
        for text in words.values()
        if len(text) > NOTE_MAXIMUM
    ]
    refuse_if(faults)
    return words


def _note(
    application: Application,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    after: Mapping[str, Any],
    before: str = "",
) -> None:
    """A ledger entry on a change of the draft: digests of texts, not the texts."""
    record(
        actor=actor,
        action=action,
        subject=application,
        at=now,
        before={"value": before} if before else None,
        after=after,
        details={"version": application.version},
    )
