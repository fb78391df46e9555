"""Logging in: back to where one was; wrong passwords; the lock; nothing without a login unless it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axes.utils import reset
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLE_KINDS
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
LOGIN = "/accounts/login/"
PASSWORD = "demo password"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"username": username, "password": password} | more)


def test_a_wrong_password_is_told_plainly_and_the_name_stays(client: Client) -> None:
    make_user(username="chen")
    answer = sign_in(client, "chen", "wrong password")
    page = answer.content.decode()
    assert "登录名或密码不对" in page
    assert 'value="chen"' in page
    assert "wrong password" not in page
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert "_auth_user_id" not in client.session


def test_empty_fields_are_named_by_the_portal_and_not_by_the_browser(client: Client) -> None:
    answer = sign_in(client, "", "")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"username": ["请填写登录名。"], "password": ["请填写密码。"]}
    form = answer.content.decode().partition('<form class="form"')[2]
    assert " novalidate" in form.partition(">")[0]


def test_an_unknown_name_is_answered_like_a_wrong_password(client: Client) -> None:
    make_user(username="chen")
    known, unknown = (
        sign_in(client, name, "wrong password").content.decode().replace(name, "NAME")
        for name in ("chen", "nobody")
    )
    errors = [page[page.index("登录名或密码不对") :][:60] for page in (known, unknown)]
    assert errors[0] == errors[1]


def test_a_blocked_account_does_not_get_in(client: Client) -> None:
    user = make_user(username="chen")
    User.objects.filter(pk=user.pk).update(is_active=False)
    sign_in(client, "chen")
    assert "_auth_user_id" not in client.session


def test_a_blocked_account_is_out_at_once(client_of: Login) -> None:
    user = make_user("administrator")
    client = client_of(user)
    assert client.get(reverse("accounts:users")).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("accounts:users")).status_code == 302


def test_login_leads_back_to_the_page_that_asked_for_it(client: Client) -> None:
    make_user("administrator", username="admin")
    asked = client.get("/accounts/users/?q=%E9%99%88")
    assert asked.url.startswith(f"{LOGIN}?next=/accounts/users/")
    assert "登录后回到您刚才的页面" in client.get(asked.url).content.decode()
    answer = sign_in(client, "admin", next="/accounts/users/?q=x")
    assert answer.url == "/accounts/users/?q=x"


@pytest.mark.parametrize("away", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_login_never_leads_away(client: Client, away: str) -> None:
    make_user(username="chen")
    assert sign_in(client, "chen", next=away).url == reverse("accounts:home")


def test_who_is_logged_in_needs_no_login(client_of: Login) -> None:
    assert client_of(make_user()).get(LOGIN).status_code == 302


def test_logging_out_needs_a_post_and_leads_to_the_landing_page(client_of: Login) -> None:
    client = client_of(make_user())
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.post(reverse("accounts:logout")).url == "/"
    assert client.get(reverse("accounts:home")).status_code == 302


@pytest.mark.parametrize("kind", ROLE_KINDS, ids=lambda kind: kind.code)
def test_everybody_is_led_to_the_first_page_of_their_role(client_of: Login, kind) -> None:
    user = make_user(f"{kind.code}:{'park' if kind.scope_kind == 'scheme' else '1'}")
    assert client_of(user).get(reverse("accounts:home")).url == reverse(kind.home)


def test_without_a_role_one_is_told_what_to_do(client_of: Login) -> None:
    page = client_of(make_user()).get(reverse("accounts:home")).content.decode()
    assert reverse("applications:register_organisation") in page


# ---------------------------------------------------------------- the lock


@pytest.fixture
def lock(settings) -> Iterator[int]:
    settings.AXES_ENABLED = True
    reset()
    yield settings.AXES_FAILURE_LIMIT
    reset()


def test_after_the_limit_even_the_right_password_is_refused(client: Client, lock: int) -> None:
    make_user(username="chen")
    make_user(username="lin")
    for _ in range(lock - 1):
        assert sign_in(client, "chen", "wrong password").status_code == 422
    locked = sign_in(client, "chen", "wrong password")
    assert locked.status_code == 429
    assert "登录暂时锁定" in locked.content.decode()
    assert sign_in(client, "chen").status_code == 429
    assert "_auth_user_id" not in client.session
    assert sign_in(client, "lin").status_code == 302


def test_a_success_before_the_limit_starts_anew(client: Client, lock: int) -> None:
    make_user(username="chen")
    for _ in range(2):
        for _ in range(lock - 1):
            sign_in(client, "chen", "wrong password")
        assert sign_in(client, "chen").status_code == 302
        client.logout()


def test_elsewhere_the_same_person_can_still_log_in(client: Client, lock: int) -> None:
    """The lock is for name and address together: nobody locks out a colleague from afar."""
    make_user(username="chen")
    for _ in range(lock):
        sign_in(client, "chen", "wrong password")
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, "chen").status_code == 302
