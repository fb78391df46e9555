"""The calendar: one's own open duties, behind a secret address that can be ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import Entry
from notifications import services
from notifications.models import CalendarLink
from tests.factories import make_user
from tests.notifications.conftest import DUE

Login = Callable[[User], Client]
PAGE = "/inbox/calendar/"


def duty(now: datetime, title: str, number: int = 1, **bearer: object) -> object:
    return services.open_duty(
        kind="test.do",
        subject=make_user(),
        title=title,
        link=f"/things/{number}/",
        due_at=DUE,
        now=now,
        **bearer,
    )  # type: ignore[arg-type]


def events(answer: object) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(answer.content)  # type: ignore[attr-defined]
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def made(client: Client) -> str:
    """The address that is shown after asking for one."""
    assert client.post(PAGE).status_code == 302
    return str(client.get(PAGE).context["address"]).removeprefix("http://localhost:8000")


def test_ones_open_duties_and_nobody_elses(
    applicant: User, client: Client, client_of: Login, now: datetime
) -> None:
    duty(now, "提交申报", user=applicant)
    duty(now, "答复补正", 2, role="applicant_owner", scope_kind="organisation", scope_key="12")
    duty(now, "别家的", 3, role="applicant_owner", scope_kind="organisation", scope_key="13")
    done = duty(now, "已办结", 4, user=applicant)
    services.close_duties_on(subjects=[User.objects.get(pk=done.subject_id)], now=now)  # type: ignore[attr-defined]
    address = made(client_of(applicant))
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    found = events(answer)
    assert set(found) == {"截止：提交申报", "截止：答复补正"}
    event = found["截止：提交申报"]
    assert event["dtend"].dt == DUE
    assert event["dtstart"].dt == DUE - timedelta(minutes=30)
    assert str(event["url"]).endswith("/things/1/")


def test_the_address_is_told_once_and_kept_as_a_digest(applicant: User, client_of: Login) -> None:
    client = client_of(applicant)
    address = made(client)
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert address not in client.get(PAGE).content.decode()
    link = CalendarLink.objects.get()
    assert link.token_digest == services.digest_of(token)
    assert token not in "".join(Entry.objects.values_list("payload", flat=True))


def test_a_new_link_ends_the_old_one_and_ending_ends_it(
    applicant: User, client: Client, client_of: Login
) -> None:
    reader = client_of(applicant)
    old = made(reader)
    fresh = made(reader)
    assert [client.get(address).status_code for address in (old, fresh)] == [404, 200]
    assert CalendarLink.objects.get().read_at is not None
    reader.post("/inbox/calendar/revoke/")
    assert client.get(fresh).status_code == 404
    assert list(Entry.objects.order_by("id").values_list("action", flat=True))[-3:] == [
        "calendar.make_link",
        "calendar.make_link",
        "calendar.revoke_link",
    ]


def test_a_blocked_account_has_no_calendar(applicant: User, client: Client, client_of: Login) -> None:
    address = made(client_of(applicant))
    User.objects.filter(pk=applicant.pk).update(is_active=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 64, "%2e%2e"])
def test_a_guess_finds_nothing(applicant: User, client: Client, client_of: Login, token: str) -> None:
    made(client_of(applicant))
    assert client.get(f"/inbox/calendar/{token}.ics").status_code == 404


def test_it_costs_the_same_with_one_duty_and_with_three(
    applicant: User, client: Client, client_of: Login, now: datetime
) -> None:
    address = made(client_of(applicant))
    costs = []
    for number in range(3):
        duty(now, f"第 {number} 件", number, user=applicant)
        with CaptureQueriesContext(connection) as captured:
            assert len(events(client.get(address))) == number + 1
        costs.append(len(captured))
    assert costs[0] == costs[2] <= 6
