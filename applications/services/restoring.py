"""Earlier versions of the profile and of the questions: put back, and what was written in vain kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application, SectionVersion
from applications.permissions import require_writer
from applications.queries.versions import PROFILE, content_in_words, section_content
from applications.questions import BY_CODE
from applications.services.drafting import (
    cleaned_answers,
    cleaned_notes,
    cleaned_profile,
    save_facts,
    save_profile,
)
from applications.services.locking import lock, require_open
from applications.services.versioning import put_section_aside
from audit.services import record
from ground.digest import canonical_json, sm3_hex


@transaction.atomic
def restore_section_version(*, version: SectionVersion, actor: Actor, now: datetime) -> None:
    """Put a kept version back as a new one; what stood until now stays among the versions.

    Refused: not_editable, fact_invalid (the register or the edition no longer allows an answer of then).
    """
    application, section = version.application, version.section
    lock(application)
    if section == PROFILE:
        save_profile(
            application=application,
            text=version.content["text"],
            version=application.version,
            actor=actor,
            now=now,
            kind=SectionVersion.Kind.RESTORED,
        )
        return
    answers = version.content["facts"]
    save_facts(
        application=application,
        facts={key: answers.get(key) for key in BY_CODE[section].facts},
        notes={section: version.content["note"]},
        version=application.version,
        actor=actor,
        now=now,
        kind=SectionVersion.Kind.RESTORED,
    )


@transaction.atomic
def keep_profile_aside(*, application: Application, text: str, actor: Actor, now: datetime) -> None:
    """Keep a profile that somebody wrote over a newer one, after stale_version. Refused: not_editable, text_too_long."""
    _keep_aside(application, PROFILE, {"text": cleaned_profile(text)}, actor, now)


@transaction.atomic
def keep_answers_aside(
    *,
    application: Application,
    question: str,
    facts: Mapping[str, Any],
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep answers that somebody gave over newer ones, after stale_version; keys not in `facts` are as saved.

    Refused: not_editable, unknown_fact, fact_invalid, text_too_long.
    """
    lock(application)
    given = {
        **section_content(application, question)["facts"],
        **cleaned_answers(application, facts),
    }
    content = {
        "facts": {key: given[key] for key in BY_CODE[question].facts if given.get(key) is not None},
        "note": cleaned_notes({question: note})[question],
    }
    _keep_aside(application, question, content, actor, now)


def _keep_aside(
    application: Application, section: str, content: dict[str, Any], actor: Actor, now: datetime
) -> None:
    lock(application)
    require_writer(actor, application.organisation_id)
    require_open(application, section, now)
    words = content_in_words(application, section, content)
    if not words.strip() or content == section_content(application, section):
        return
    if not put_section_aside(application, section, content, by=person(actor), now=now):
        return
    record(
        actor=actor,
        action="application.keep_aside",
        subject=application,
        at=now,
        after={"section": section, "content": sm3_hex(canonical_json(content))},
    )
