"""Taking answers along into a draft: from the self-check, or from last year's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from applications.models import Application, Organisation, PageIndex, SelfAssessment
from applications.queries.assessment import is_online
from applications.queries.carrying import facts_to_carry, last_files, last_report
from applications.queries.facts import document_faults
from applications.queries.years import figure_years
from applications.questions import facts_asked, questions_of
from applications.rules import markup
from applications.services.assessing import choose_assessment_mode, open_for_writing, save_item_text
from applications.services.drafting import save_facts, save_profile
from applications.services.locking import stamp
from applications.services.starting import start_application
from audit.services import record
from awards.models import Cycle
from ground.errors import Refused


@transaction.atomic
def carry_answers(
    *,
    application: Application,
    facts: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Save those answers that this edition asks of this organisation; returns the codes of the questions answered.

    What the draft already says stays; what does not fit the edition is left out. Refused: not_editable.
    """
    edition, kind = application.cycle.edition, application.organisation.kind
    taken: dict[str, Any] = {}
    words: dict[str, str] = {}
    answered = []
    for question in questions_of(edition):
        asked = facts_asked(question, edition, kind)
        fresh = {
            key: facts[key]
            for key in asked
            if facts.get(key) is not None and application.facts.get(key) is None
        }
        if document_faults(application, fresh):
            continue
        taken |= fresh
        note = (notes or {}).get(question.code, "")
        if note and fresh and not application.notes.get(question.code):
            words[question.code] = note
        if fresh:
            answered.append(question.code)
    if taken:
        save_facts(
            application=application,
            facts=taken,
            notes=words,
            version=application.version,
            actor=actor,
            now=now,
        )
    return tuple(answered)


@transaction.atomic
def start_from_last(*, cycle: Cycle, organisation: Organisation, actor: Actor, now: datetime) -> Application:
    """Start an application from the organisation's file of an earlier year of the same award.

    Taken along: the profile, the answers that still make sense with their notes, the texts of a self-assessment
    written online on the same criteria. Not taken: evidence, an uploaded report (take_last_report), pictures,
    self-scores, key figures, the recommender, statements on the last years.
    Refused: nothing_to_carry, and what start_application refuses.
    """
    old = last_files([organisation], cycle).get(organisation.pk)
    if old is None:
        raise Refused("nothing_to_carry", "没有往年的申报可以沿用，请从空白开始。")
    made = start_application(cycle=cycle, organisation=organisation, actor=actor, now=now)
    made.carried_from = old
    made.save(update_fields=["carried_from"])
    carry_answers(
        application=made,
        facts=facts_to_carry(old, figure_years(now)),
        notes=old.notes,
        actor=actor,
        now=now,
    )
    if old.profile_text:
        save_profile(application=made, text=old.profile_text, version=made.version, actor=actor, now=now)
    if is_online(old) and old.cycle.criteria_code == cycle.criteria_code:
        _carry_texts(old, made, actor, now)
    return made


@transaction.atomic
def take_last_report(*, application: Application, actor: Actor, now: datetime) -> None:
    """Take over the report of the file this one was started from, with its page index; both marked as last year's.

    Until they are confirmed or replaced the file can't be submitted. Refused: not_editable, nothing_to_carry.
    """
    open_for_writing(application, actor, now)
    last = last_report(application)
    if last is None:
        raise Refused("nothing_to_carry", "没有可以沿用的往年报告，请上传本年度的报告。")
    old = last.application
    application.report, application.report_name = old.report, old.report_name
    application.report_carried, application.pages_carried = True, last.pages > 0
    PageIndex.objects.filter(application=application).delete()
    if last.pages:
        PageIndex.objects.bulk_create(
            PageIndex(
                application=application, code=row.code, first_page=row.first_page, last_page=row.last_page
            )
            for row in old.page_index.all()
        )
    stamp(application, ["report", "pages"], actor=actor, now=now)
    application.save(
        update_fields=["report", "report_name", "report_carried", "pages_carried", "marks", "version"]
    )
    record(
        actor=actor,
        action="application.take_last_report",
        subject=application,
        at=now,
        after={
            "name": application.report_name,
            "digest": old.report.digest if old.report else "",
            "from": old.number,
            "pages": last.pages,
        },
    )


@transaction.atomic
def confirm_last_report(*, application: Application, actor: Actor, now: datetime) -> None:
    """Say that report and page index of last year hold for this one. Twice is once. Refused: not_editable."""
    open_for_writing(application, actor, now)
    if not (application.report_carried or application.pages_carried):
        return
    application.report_carried = application.pages_carried = False
    stamp(application, ["report", "pages"], actor=actor, now=now)
    application.save(update_fields=["report_carried", "pages_carried", "marks", "version"])
    record(
        actor=actor,
        action="application.confirm_last_report",
        subject=application,
        at=now,
        after={"name": application.report_name},
    )


def _carry_texts(old: Application, made: Application, actor: Actor, now: datetime) -> None:
    choose_assessment_mode(application=made, mode=SelfAssessment.Mode.ONLINE, actor=actor, now=now)
    for item in old.assessment_items.exclude(text=""):
        text = markup.without_images(item.text)
        save_item_text(application=made, code=item.code, text=text, version=0, actor=actor, now=now)
