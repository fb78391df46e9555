"""What an entry holds, and what it refuses to hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.actors import SYSTEM
from audit import queries, rules, services
from audit.models import AccessLog, Entry, Unsealed
from tests.audit.conftest import START


def test_an_entry_says_who_when_what_and_by_which_article(write: Any, actor: Any) -> None:
    (entry,) = write()
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_label) == (str(actor.pk), "王经办（clerk）")
    assert (entry.subject_type, entry.subject_id, entry.subject_label) == (
        "accounts.user",
        str(actor.pk),
        "王经办（clerk）",
    )
    assert entry.article == "第二十一条"
    assert entry.before_digest == rules.digest_of({"state": "draft"})
    assert entry.after_digest == rules.digest_of({"state": "submitted"})
    assert entry.payload == (
        '{"after":{"state":"submitted"},"before":{"state":"draft"},"details":{"number":1}}'
    )
    assert entry.content["details"] == {"number": 1}


def test_the_system_is_an_actor_without_a_key(actor: Any) -> None:
    entry = services.record(actor=SYSTEM, action="cycle.close", subject=actor, at=START)
    assert (entry.actor_id, entry.actor_label) == ("", "系统")
    assert (entry.before_digest, entry.after_digest, entry.payload) == ("", "", "{}")


def test_exact_numbers_and_times_are_kept_as_text(actor: Any) -> None:
    entry = services.record(
        actor=actor,
        action="score.seal",
        subject=actor,
        at=START,
        details={
            "score": Decimal("600.00"),
            "at": datetime(2026, 10, 8, 1, 0, tzinfo=UTC),
            "on": date(2026, 10, 8),
            "ids": {3, 1, 2},
            "名称": "甲",
        },
    )
    assert entry.payload == (
        '{"details":{"at":"2026-10-08T01:00:00.000000+00:00","ids":[1,2,3],"on":"2026-10-08",'
        '"score":"600.00","名称":"甲"}}'
    )


@pytest.mark.parametrize("value", [0.1, object(), b"bytes"])
def test_a_value_without_an_exact_form_is_an_error(actor: Any, value: object) -> None:
    with pytest.raises(TypeError):
        services.record(actor=actor, action="x", subject=actor, at=START, details={"value": value})
    assert not Entry.objects.exists()


def test_a_time_without_zone_or_an_unsaved_subject_is_an_error(actor: Any) -> None:
    with pytest.raises(ValueError, match="zone"):
        services.record(actor=actor, action="x", subject=actor, at=START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="saved"):
        services.record(actor=actor, action="x", subject=type(actor)(), at=START)


def test_an_entry_goes_with_its_consequence(write: Any) -> None:
    with transaction.atomic():
        write(3)
        transaction.set_rollback(True)
    assert (Entry.objects.count(), Unsealed.objects.count()) == (0, 0)


def test_two_queries_an_entry(write: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        write()


def test_the_history_of_an_object_has_its_places_in_the_chain(
    chain: list[Entry], write: Any, actor: Any, django_assert_num_queries: Any
) -> None:
    write(1, first=13)
    with django_assert_num_queries(1):
        places = [
            getattr(getattr(entry, "seal", None), "sequence", None) for entry in queries.entries_of(actor)
        ]
    assert places == [*range(1, 13), None]
    assert queries.entries_by(actor.pk).count() == 13
    assert not queries.entries_of(chain[0]).exists()


def test_reading_leaves_a_trace(actor: Any) -> None:
    services.log_access(actor=actor, action="download", subject=actor, at=START, detail="证据.pdf")
    access = AccessLog.objects.get()
    assert (access.actor_label, access.action, access.detail) == ("王经办（clerk）", "download", "证据.pdf")
    assert list(queries.access_of(actor)) == [access]
