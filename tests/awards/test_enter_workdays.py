"""Holidays come from the State Council's notice, entered by the office with their source; nothing is guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.queries import entries_of
from awards import queries, services
from awards.law import workdays
from awards.models import OfficeWorkdays
from ground.errors import Refused

NEW_YEAR = [date(2030, 1, 1), date(2030, 1, 2)]
GOOD = {
    "year": 2030,
    "holidays": NEW_YEAR,
    "makeup_days": [date(2030, 1, 5)],
    "source": "国办发明电〔2029〕1号（虚构）",
}


def test_an_entered_year_is_what_the_window_rule_takes(clerk, now):
    with pytest.raises(workdays.UnknownYear):
        workdays.is_workday(NEW_YEAR[0], queries.entered_calendars())
    services.enter_workdays(**GOOD, actor=clerk, now=now)
    entered = queries.entered_calendars()
    assert set(entered) == {2030}
    assert not workdays.is_workday(NEW_YEAR[0], entered)
    assert workdays.is_workday(date(2030, 1, 5), entered)
    assert not workdays.is_workday(date(2030, 1, 6), entered)
    assert workdays.source(2030, entered) == GOOD["source"]


def test_a_later_entry_replaces_the_earlier_and_the_ledger_keeps_both(clerk, now):
    services.enter_workdays(**GOOD, actor=clerk, now=now)
    again = services.enter_workdays(
        **{**GOOD, "holidays": NEW_YEAR[:1]}, actor=clerk, now=now + timedelta(days=1)
    )
    assert OfficeWorkdays.objects.count() == 1
    contents = [entry.content for entry in entries_of(again)]
    assert [content["after"]["holidays"] for content in contents] == [
        ["2030-01-01", "2030-01-02"],
        ["2030-01-01"],
    ]
    assert contents[1]["before"] == contents[0]["after"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"source": "  "}, ("source_missing", "source")),
        ({"holidays": []}, ("holidays_missing", "holidays")),
        ({"holidays": [date(2031, 1, 1)]}, ("other_year", "holidays")),
        ({"makeup_days": [date(2031, 1, 5)]}, ("other_year", "makeup_days")),
        ({"holidays": [date(2030, 1, 5)]}, ("both_kinds", "makeup_days")),
        ({"makeup_days": [date(2030, 1, 7)]}, ("makeup_not_weekend", "makeup_days")),
    ],
)
def test_faults_are_named_at_their_field(clerk, now, changes, fault):
    with pytest.raises(Refused) as refused:
        services.enter_workdays(**{**GOOD, **changes}, actor=clerk, now=now)
    assert [(found.code, found.field) for found in refused.value.faults] == [fault]
    assert queries.entered_calendars() == {}


@pytest.mark.parametrize("grant", ["supervisor", "administrator", "reviewer", "finance:park"])
def test_only_an_office_enters(user_with, now, law, grant):
    with pytest.raises(PermissionDenied):
        services.enter_workdays(**GOOD, actor=user_with(grant), now=now)


def test_the_page_reads_days_and_spans_and_keeps_what_was_typed(client_of, clerk):
    client = client_of(clerk)
    typed = {"year": "2030", "holidays": "2030-01-01..2030-01-02\n明天", "makeup_days": "", "source": ""}
    answer = client.post("/cycles/workdays/", typed)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"holidays", "source"})
    assert "明天" in answer.content.decode()
    typed |= {"holidays": "2030-01-01..2030-01-02", "source": str(GOOD["source"])}
    assert client.post("/cycles/workdays/", typed).status_code == 302
    assert queries.entered_calendars()[2030].days_off == frozenset(NEW_YEAR)
    assert str(GOOD["source"]) in client.get("/cycles/workdays/").content.decode()


@pytest.mark.parametrize(
    ("grant", "expected"), [("office_head:city", 200), ("supervisor", 200), ("reviewer", 403)]
)
def test_who_reads_the_page(client_of, user_with, law, grant, expected):
    assert client_of(user_with(grant)).get("/cycles/workdays/").status_code == expected
