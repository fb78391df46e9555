"""Who reads accounts and the ledger; what an administrator never sees; numbers of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RoleGrant, User
from accounts.queries import entries_visible_to, users_visible_to
from accounts.roles import ROLE_KINDS
from audit.models import Entry
from audit.services import seal_pending
from tests.factories import make_user
from tests.kept import kept
from tests.pages import words_of
from tests.scoring.results.builders import Year, make_year

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
MOST = 15
ROLES = [f"{kind.code}:park" if kind.scope_kind != "portal" else kind.code for kind in ROLE_KINDS]


@kept
def ranked(now: datetime) -> Year:
    year = make_year(now)
    year.enter("苏州甲精密", 700)
    year.freeze()
    year.call()
    return year


@pytest.mark.parametrize("grant", ROLES)
def test_accounts_and_ledger_for_every_role(client_of: Login, grant: str) -> None:
    other = make_user("reviewer", name="别人")
    client = client_of(make_user(grant))
    reads = grant in ("administrator", "supervisor")
    for address in (reverse("accounts:users"), reverse("accounts:user", args=[other.pk])):
        answer = client.get(address)
        assert answer.status_code == (200 if reads else 403)
        assert reads or "别人" not in answer.content.decode()
    assert client.get(reverse("accounts:ledger")).status_code == (200 if grant == "supervisor" else 403)
    for address in (
        reverse("accounts:users"),
        reverse("accounts:grant", args=[other.pk]),
        reverse("accounts:switch", args=[other.pk]),
        reverse("accounts:revoke", args=[other.pk, other.role_grants.get().pk]),
    ):
        if grant != "administrator":
            assert client.post(address, {"role": "supervisor"}).status_code == 403, address
    assert other.role_grants.filter(revoked_at=None).count() == 1


def test_the_supervisor_reads_accounts_without_buttons(client_of: Login) -> None:
    other = make_user("reviewer")
    for grant, shown in (("administrator", True), ("supervisor", False)):
        client = client_of(make_user(grant))
        users = client.get(reverse("accounts:users")).content.decode()
        one = client.get(reverse("accounts:user", args=[other.pk])).content.decode()
        assert ("新建账号" in users) is shown
        for words in ("授予角色", "停用账号", "撤销<"):
            assert (words in one) is shown


def test_reading_rests_on_the_queries_not_on_the_pages() -> None:
    for grant in ROLES:
        user = make_user(grant)
        assert users_visible_to(user).exists() is (grant in ("administrator", "supervisor"))
        assert entries_visible_to(user).exists() is (grant == "supervisor")


@pytest.mark.parametrize("view", ["shortlist", "ranking", "meeting", "approval", "nominate_next"])
def test_administrators_see_no_scores(client_of: Login, ranked: Year, view: str) -> None:
    client = client_of(make_user("administrator"))
    answer = client.get(reverse(f"scoring:{view}", args=[ranked.cycle.pk]))
    assert answer.status_code == 404
    for shown in (answer, client.get(reverse("accounts:users"))):
        text = words_of(shown)
        assert "700" not in text
        assert "苏州甲精密" not in text


def test_administrators_make_no_decision(client_of: Login, ranked: Year) -> None:
    client, file = client_of(make_user("administrator")), ranked.files["苏州甲精密"].pk
    for name, args in (
        ("freeze_ranking", ()),
        ("close_meeting", ()),
        ("cast_vote", (file,)),
        ("record_resolution", (file,)),
        ("record_attendance", (ranked.first.pk,)),
    ):
        address = reverse(f"scoring:{name}", args=[ranked.cycle.pk, *args])
        assert client.post(address, {"choice": "for"}).status_code == 404
    assert client.get(reverse("scoring:committee")).status_code == 403
    assert client.get(reverse("scoring:authority")).status_code == 403


# ---------------------------------------------------------------- the ledger


def test_the_ledger_says_what_happened_to_whom_by_whom(client_of: Login, ranked: Year) -> None:
    seal_pending(ranked.now)
    page = client_of(make_user("supervisor")).get(reverse("accounts:ledger")).content.decode()
    for words in ("锁定排名", ranked.head.ledger_label, str(ranked.cycle), "第二十五条"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [("action=ranking", True), ("action=锁定", True), ("action=meeting", False), ("q=没有这个人", False)],
)
def test_filtering_the_ledger(client_of: Login, ranked: Year, query: str, expected: bool) -> None:
    page = client_of(make_user("supervisor")).get(f"{reverse('accounts:ledger')}?{query}").content.decode()
    assert ("综合排名" in page) is expected


def test_the_verdict_of_a_whole_chain(client_of: Login, ranked: Year) -> None:
    seal_pending(ranked.now)
    client = client_of(make_user("supervisor"))
    assert "台账完整" not in client.get(reverse("accounts:ledger")).content.decode()
    page = client.get(f"{reverse('accounts:ledger')}?check=1").content.decode()
    assert "台账完整" in page
    assert "台账不完整" not in page


def test_the_verdict_of_a_broken_chain_names_the_entry(client_of: Login, ranked: Year) -> None:
    seal_pending(ranked.now)
    entry = Entry.objects.get(action="ranking.freeze")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET article = '第九十九条' WHERE id = %s", [entry.pk])
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    page = client_of(make_user("supervisor")).get(f"{reverse('accounts:ledger')}?check=1").content.decode()
    assert "台账不完整" in page
    assert f"第 {entry.seal.sequence} 条" in page
    assert 'class="notice good"' not in page


# ---------------------------------------------------------------- queries


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_queries_of_the_accounts(client_of: Login) -> None:
    client = client_of(make_user("administrator"))
    make_user("finance:park", "committee:park", name="目标")
    address = f"{reverse('accounts:users')}?q=目标"
    one = queries(client, address)
    for number in (1, 2):
        make_user("finance:park", "office_clerk:park", name=f"目标{number}")
    assert queries(client, address) == one <= MOST


def test_queries_of_one_account(client_of: Login) -> None:
    client = client_of(make_user("administrator"))
    one = queries(client, reverse("accounts:user", args=[make_user("reviewer").pk]))
    three = queries(
        client,
        reverse("accounts:user", args=[make_user("finance:park", "office_clerk:park", "authority:park").pk]),
    )
    assert one == three <= MOST


def test_queries_of_the_ledger(client_of: Login, now: datetime) -> None:
    client = client_of(make_user("supervisor"))
    make_user(name="记录对象")
    seal_pending(now)
    address = f"{reverse('accounts:ledger')}?q=记录对象"
    one = queries(client, address)
    for number in (1, 2):
        make_user(name=f"记录对象{number}")
    seal_pending(now)
    assert queries(client, address) == one <= MOST


def test_who_held_two_kinds_of_roles_before_is_named_to_the_administrator(
    now: datetime, client_of: Callable[[User], Client]
) -> None:
    client = client_of(make_user("administrator"))
    address = reverse("accounts:users")
    assert client.get(address).context["mixed"] == []
    old = make_user("office_clerk:park")
    RoleGrant.objects.create(user=old, role="reviewer", scope_kind="portal", granted_at=now)
    with CaptureQueriesContext(connection) as one:
        page = client.get(address)
    assert [(mixed.user, len(mixed.grants)) for mixed in page.context["mixed"]] == [(old, 2)]
    assert f'href="{reverse("accounts:user", args=[old.pk])}">{old.name}' in page.content.decode()
    for _ in range(2):
        more = make_user("supervisor")
        RoleGrant.objects.create(user=more, role="reviewer", scope_kind="portal", granted_at=now)
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(address).context["mixed"]) == 3
    assert len(three) == len(one)
    User.objects.filter(pk=old.pk).update(is_active=False)
    assert len(client.get(address).context["mixed"]) == 2
