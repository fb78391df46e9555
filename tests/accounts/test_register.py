"""Making one's own account, and changing its password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import create_user
from audit.models import Entry
from ground.errors import Refused
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
NEW = {
    "username": "liming",
    "name": "李明",
    "email": "liming@example.com",
    "phone": "0512-1",
    "password": "three green apples",
}


def test_a_new_person_goes_on_to_register_the_organisation(client: Client) -> None:
    answer = client.post(reverse("accounts:register"), NEW)
    assert answer.url == reverse("applications:register_organisation")
    user = User.objects.get(username="liming")
    assert user.grants == ()
    assert user.check_password(NEW["password"])
    assert client.get(answer.url).status_code == 200
    entry = Entry.objects.get(action="user.create")
    assert entry.actor_label == "社会公众"
    assert NEW["password"] not in str(entry.content)


def test_who_is_logged_in_makes_no_second_account(client_of: Login) -> None:
    client = client_of(make_user())
    assert client.post(reverse("accounts:register"), NEW).url == reverse("accounts:home")
    assert not User.objects.filter(username="liming").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "taken"}, "已有人使用"),
        ({"username": "李明"}, "登录名只能用"),
        ({"username": "a b"}, "登录名只能用"),
        ({"password": "1234567890123"}, "密码"),
        ({"password": "short"}, "密码"),
        ({"password": "password123"}, "密码"),
        ({"email": ""}, "邮箱"),
        ({"email": "no address"}, "邮"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(client: Client, change: dict[str, str], words: str) -> None:
    make_user(username="taken")
    answer = client.post(reverse("accounts:register"), NEW | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="李明"' in page
    assert not User.objects.filter(name="李明").exists()


def test_the_refusals_have_codes(now) -> None:
    make_user(username="taken")
    with pytest.raises(Refused) as refused:
        create_user(username="taken", name="x", password="12345", actor=make_user(), now=now)
    assert set(refused.value.codes) == {"username_taken", "weak_password"}


def test_a_changed_password_holds_and_the_session_goes_on(client_of: Login) -> None:
    user = make_user(username="chen")
    client = client_of(user)
    typed = {"current": "demo password", "password": "three green apples"}
    assert client.post(reverse("accounts:password"), typed).url == reverse("accounts:home")
    assert client.get(reverse("accounts:home")).status_code == 200
    user.refresh_from_db()
    assert user.check_password("three green apples")
    assert Entry.objects.filter(action="user.password").count() == 1


def test_other_sessions_end_with_the_old_password(client_of: Login) -> None:
    user = make_user()
    here, there = client_of(user), client_of(user)
    typed = {"current": "demo password", "password": "three green apples"}
    here.post(reverse("accounts:password"), typed)
    assert there.get(reverse("accounts:home")).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"current": "wrong password", "password": "three green apples"},
        {"current": "demo password", "password": "1234567890"},
        {"current": "demo password", "password": "short"},
        {"current": "", "password": ""},
    ],
)
def test_a_bad_change_changes_nothing(client_of: Login, typed: dict[str, str]) -> None:
    user = make_user()
    assert client_of(user).post(reverse("accounts:password"), typed).status_code == 422
    user.refresh_from_db()
    assert user.check_password("demo password")
    assert not Entry.objects.filter(action="user.password").exists()
