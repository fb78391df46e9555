"""`manage account`: the first administrator of a new portal, and a password that was forgotten."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import RoleGrant, User
from accounts.roles import Role
from audit.models import Entry
from ground import clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    def say(words):
        monkeypatch.setattr("sys.stdin", io.StringIO(words + "\n"))

    return say


def test_the_first_administrator_is_made_with_its_role_and_written_down(typed):
    typed("four blue pears 7")
    call_command("account", "administrator", "chief", "管理员", stdout=io.StringIO())
    user = User.objects.get(username="chief")
    assert user.check_password("four blue pears 7")
    assert [grant.role for grant in user.role_grants.all()] == [Role.ADMINISTRATOR]
    assert sorted(entry.action for entry in Entry.objects.all()) == ["role.grant", "user.create"]


def test_a_weak_password_makes_no_account(typed):
    typed("12345678")
    with pytest.raises(CommandError):
        call_command("account", "administrator", "chief", "管理员")
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_anew(typed):
    user = make_user(username="org_example")
    typed("four blue pears 7")
    call_command("account", "password", "org_example", stdout=io.StringIO())
    user.refresh_from_db()
    assert user.check_password("four blue pears 7")


def test_nobody_of_that_name(typed):
    typed("four blue pears 7")
    with pytest.raises(CommandError, match="没有这个登录名"):
        call_command("account", "password", "nobody")


def test_accounts_with_roles_to_be_kept_apart_are_listed():
    call_command("account", "apart", stdout=io.StringIO())
    old = make_user("office_clerk:park")
    make_user("office_clerk:park", "committee:park")
    RoleGrant.objects.create(user=old, role=Role.REVIEWER, scope_kind="portal", granted_at=clock.now())
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("account", "apart", stdout=said)
    assert [line.split("\t")[0] for line in said.getvalue().splitlines()] == [old.username]
