"""The inbox: everybody their own, nobody another's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications import queries, services
from notifications.models import InboxItem
from tests.factories import make_user

Login = Callable[[User], Client]


def letters(user: User, now: datetime, count: int = 1, link: str = "/policies/") -> list[InboxItem]:
    for number in range(count):
        services.post(
            to=[user],
            kind="note",
            subject=f"第 {number} 封",
            body="正文 <b>不是标记</b>",
            link=link,
            key=f"{link}{number}",
            now=now + timedelta(minutes=number),
        )
    return list(queries.inbox_visible_to(user).filter(link=link))


def test_newest_first_with_unread_marked(applicant: User, client_of: Login, now: datetime) -> None:
    letters(applicant, now, 3)
    page = client_of(applicant).get("/inbox/").content.decode()
    assert page.index("第 2 封") < page.index("第 0 封")
    assert page.count(">未读</span>") == 3
    assert "&lt;b&gt;不是标记" in page
    assert "2026年8月3日 09:00" in page


def test_opening_marks_read_and_leads_on(applicant: User, client_of: Login, now: datetime) -> None:
    (item,) = letters(applicant, now)
    client = client_of(applicant)
    response = client.get(f"/inbox/{item.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/policies/")
    item.refresh_from_db()
    assert item.read_at == now
    assert queries.unread_count(applicant) == 0
    text = client.get(f"/inbox/{item.pk}/?text=1")
    assert "正文 &lt;b&gt;" in text.content.decode()


@pytest.mark.parametrize("link", ["", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_letter_never_leads_out_of_the_portal(
    applicant: User, client_of: Login, now: datetime, link: str
) -> None:
    (item,) = letters(applicant, now, link=link)
    response = client_of(applicant).get(f"/inbox/{item.pk}/")
    assert response.status_code == 200
    assert "evil" not in response.content.decode().replace("第 0 封", "")


def test_another_persons_letter_is_404_and_stays_unread(
    applicant: User, client_of: Login, now: datetime
) -> None:
    (item,) = letters(applicant, now)
    stranger = make_user("supervisor")
    assert client_of(stranger).get(f"/inbox/{item.pk}/").status_code == 404
    assert "第 0 封" not in client_of(stranger).get("/inbox/").content.decode()
    client_of(stranger).post("/inbox/read/")
    item.refresh_from_db()
    assert item.read_at is None


def test_without_login_there_is_no_inbox(db: None) -> None:
    assert Client().get("/inbox/").status_code == 302


def test_mark_all_read(applicant: User, client_of: Login, now: datetime) -> None:
    letters(applicant, now, 3)
    client = client_of(applicant)
    assert client.get("/inbox/read/").status_code == 405
    page = client.post("/inbox/read/", follow=True).content.decode()
    assert "已将 3 条消息标为已读" in page
    assert queries.unread_count(applicant) == 0
    assert "没有未读消息" in client.get("/inbox/?unread=1").content.decode()


def test_pages_of_25(applicant: User, client_of: Login, now: datetime) -> None:
    letters(applicant, now, 26)
    assert "第 0 封" in client_of(applicant).get("/inbox/?page=2").content.decode()


def test_an_empty_inbox_says_what_will_come(applicant: User, client_of: Login, now: datetime) -> None:
    assert "还没有消息" in client_of(applicant).get("/inbox/").content.decode()


def test_the_same_queries_with_1_and_3_letters(applicant: User, client_of: Login, now: datetime) -> None:
    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/inbox/")
        return len(captured)

    client: Any = client_of(applicant)
    letters(applicant, now, 1)
    with_one = queries_needed()
    letters(applicant, now, 3)
    assert queries_needed() == with_one <= 8
