"""Taking answers along into a draft: from the self-check, or from last year's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from applications.models import Application
from applications.queries.facts import document_faults
from applications.questions import facts_asked, questions_of
from applications.services.drafting import save_facts


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
