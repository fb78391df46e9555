"""Roles count in the scope they were given in; administrators give and take them, never their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import scopes, services
from accounts.actors import PUBLIC, SYSTEM
from accounts.models import RoleGrant, User
from accounts.permissions import has_role, holds_anywhere, person, require_role, scopes_of
from accounts.queries import holders_of
from accounts.roles import ROLE_KINDS, Role
from audit.models import Entry
from awards.services import sync_law
from ground.errors import Refused
from tests.applications.builders import applicant, recommender_of, running_cycle
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


# ---------------------------------------------------------------- what a grant is worth


def test_a_grant_counts_in_its_scope_only() -> None:
    head = make_user("office_head:park")
    assert has_role(head, "office_head", scheme="park")
    assert not has_role(head, "office_head", scheme="city")
    assert not has_role(head, "office_head")
    assert not has_role(head, "office_head", organisation="park")
    assert not has_role(head, "office_clerk", scheme="park")
    with pytest.raises(PermissionDenied):
        require_role(head, "office_head", scheme="city")


def test_a_grant_for_the_portal_counts_everywhere() -> None:
    supervisor = make_user("supervisor")
    assert has_role(supervisor, "supervisor", scheme="park")
    assert has_role(supervisor, "supervisor")


def test_a_thing_of_ones_own_is_moved_by_oneself_alone() -> None:
    one, other = make_user(), make_user("office_head:park")
    assert has_role(one, Role.ONESELF, person=str(one.pk))
    assert not has_role(other, Role.ONESELF, person=str(one.pk), scheme="park")
    assert not has_role(one, Role.ONESELF)
    assert not has_role(one, Role.OFFICE_HEAD, person=str(one.pk))


def test_the_sweeps_hold_nothing_but_their_own_role() -> None:
    assert has_role(SYSTEM, Role.SYSTEM)
    for kind in ROLE_KINDS:
        assert not has_role(SYSTEM, kind.code, scheme="park", organisation="1")
        assert not has_role(PUBLIC, kind.code, scheme="park", organisation="1")
    for actor in (SYSTEM, PUBLIC):
        assert not holds_anywhere(actor, *(kind.code for kind in ROLE_KINDS))
        with pytest.raises(PermissionDenied):
            person(actor)


def test_scopes_of_one_kind_are_not_those_of_another() -> None:
    user = make_user("applicant_owner:7", "recommender:8", "office_clerk:park", "office_head:city")
    assert scopes_of(user, "organisation", "applicant_owner", "recommender") == {"7"}
    assert scopes_of(user, "scheme", "office_clerk", "office_head") == {"park", "city"}
    assert scopes_of(user, "scheme", "committee") == set()


def test_a_blocked_account_holds_nothing(now: datetime) -> None:
    user = make_user("office_head:park")
    services.switch_account(user=user, active=False, actor=make_user("administrator"), now=now)
    blocked = User.objects.get(pk=user.pk)
    assert not has_role(blocked, "office_head", scheme="park")
    assert not holders_of("office_head", scope_kind="scheme", scope_key="park").exists()


# ---------------------------------------------------------------- giving and taking


def test_granting_twice_changes_nothing(now: datetime) -> None:
    user = make_user("reviewer")
    before = Entry.objects.count()
    services.grant_role(user=user, role="reviewer", actor=SYSTEM, now=now)
    assert RoleGrant.objects.filter(user=user).count() == 1
    assert Entry.objects.count() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role="reviewer", granted_at=now)


def test_a_revoked_grant_is_kept_and_can_be_given_again(now: datetime) -> None:
    user, admin = make_user("office_head:park"), make_user("administrator")
    grant = user.role_grants.get()
    later = now + timedelta(hours=1)
    for moment in (now, later):
        services.administer_revoke(grant=grant, actor=admin, now=moment)
    grant.refresh_from_db()
    assert grant.revoked_at == now
    assert not has_role(User.objects.get(pk=user.pk), "office_head", scheme="park")
    services.administer_grant(user=user, role="office_head", scope_key="park", actor=admin, now=later)
    assert user.role_grants.count() == 2
    assert Entry.objects.filter(action="role.revoke").count() == 1


@pytest.mark.parametrize(
    ("role", "key", "code"),
    [
        ("king", "", "unknown_role"),
        ("office_head", "", "scope_missing"),
        ("applicant_owner", "", "scope_missing"),
    ],
)
def test_refused_grants(now: datetime, role: str, key: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.grant_role(user=make_user(), role=role, scope_key=key, actor=SYSTEM, now=now)
    assert refused.value.codes == (code,)


@pytest.mark.parametrize(
    ("held", "role", "key"),
    [
        ("office_clerk:park", "reviewer", ""),
        ("committee:city", "reviewer", ""),
        ("supervisor", "reviewer", ""),
        ("administrator", "reviewer", ""),
        ("reviewer", "authority", "park"),
        ("reviewer", "finance", "city"),
        ("office_head:park", "supervisor", ""),
        ("administrator", "office_head", "park"),
        ("supervisor", "administrator", ""),
    ],
)
def test_who_scores_decides_watches_or_administers_does_nothing_else(
    now: datetime, held: str, role: str, key: str
) -> None:
    user = make_user(held)
    with pytest.raises(Refused) as refused:
        services.grant_role(user=user, role=role, scope_key=key, actor=SYSTEM, now=now)
    assert (refused.value.codes, refused.value.faults[0].field) == (("roles_apart",), "role")
    assert refused.value.faults[0].article == "园区第三十四条、园区第三十五条、市第三十一条、市第三十二条"
    assert user.role_grants.count() == 1
    services.revoke_role(grant=user.role_grants.get(), actor=SYSTEM, now=now)
    assert services.grant_role(user=user, role=role, scope_key=key, actor=SYSTEM, now=now).role == role


def test_officials_may_hold_several_offices(now: datetime) -> None:
    user = make_user("office_clerk:park", "office_head:city", "committee:park")
    assert user.role_grants.count() == 3


def test_nobody_touches_their_own_account(now: datetime) -> None:
    admin = make_user("administrator", "recommender:1")
    with pytest.raises(Refused) as refused:
        services.administer_grant(user=admin, role="office_head", scope_key="park", actor=admin, now=now)
    assert refused.value.codes == ("own_account",)
    with pytest.raises(Refused) as refused:
        services.switch_account(user=admin, active=False, actor=admin, now=now)
    assert refused.value.codes == ("own_account",)
    assert admin.role_grants.filter(revoked_at=None).count() == 2


@pytest.mark.parametrize(
    "kind", [kind for kind in ROLE_KINDS if kind.code != "administrator"], ids=lambda k: k.code
)
def test_administrators_alone_administer(now: datetime, kind) -> None:
    actor, other = make_user(f"{kind.code}:park"), make_user("reviewer")
    for act in (
        lambda: services.administer_grant(user=other, role="supervisor", actor=actor, now=now),
        lambda: services.administer_revoke(grant=other.role_grants.get(), actor=actor, now=now),
        lambda: services.switch_account(user=other, active=False, actor=actor, now=now),
    ):
        with pytest.raises(PermissionDenied):
            act()
    other.refresh_from_db()
    assert other.is_active
    assert other.role_grants.filter(revoked_at=None).count() == 1


# ---------------------------------------------------------------- the administrator's pages


def test_every_kind_of_scope_can_be_chosen_by_name(now: datetime) -> None:
    cycle = running_cycle(now)
    _, organisation = applicant(now)
    _, body = recommender_of(cycle)
    labels = dict(scopes.choices())
    assert labels["scheme:park"] == f"奖项：{cycle.scheme.short_name}"
    assert labels[f"organisation:{organisation.pk}"] == f"申报组织：{organisation.name}"
    assert labels[f"recommender:{body.pk}"] == f"推荐单位：{body.name}"
    assert {key.partition(":")[0] for key in labels} == {"scheme", "organisation", "recommender"}


def test_granting_by_the_form_names_role_and_scope(client_of: Login, now: datetime) -> None:
    sync_law(now=now)
    user = make_user()
    client = client_of(make_user("administrator"))
    typed = {"role": "office_head", "scope": "scheme:park"}
    answer = client.post(reverse("accounts:grant", args=[user.pk]), typed)
    assert answer.url == reverse("accounts:user", args=[user.pk])
    grant = user.role_grants.get()
    assert (grant.role, grant.scope_kind, grant.scope_key) == ("office_head", "scheme", "park")
    assert grant.in_words in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"role": "office_head", "scope": ""},
        {"role": "applicant_owner", "scope": "scheme:park"},
        {"role": "office_head", "scope": "scheme:nowhere"},
        {"role": "king", "scope": ""},
        {"role": "", "scope": ""},
    ],
)
def test_a_role_without_its_kind_of_scope_is_refused(client_of: Login, now: datetime, typed) -> None:
    sync_law(now=now)
    user = make_user()
    answer = client_of(make_user("administrator")).post(reverse("accounts:grant", args=[user.pk]), typed)
    assert answer.status_code == 422
    assert not user.role_grants.exists()


def test_a_portal_role_ignores_a_scope(client_of: Login, now: datetime) -> None:
    sync_law(now=now)
    user = make_user()
    typed = {"role": "supervisor", "scope": "scheme:park"}
    client_of(make_user("administrator")).post(reverse("accounts:grant", args=[user.pk]), typed)
    grant = user.role_grants.get()
    assert (grant.scope_kind, grant.scope_key) == ("portal", "")


def test_revoking_by_the_page(client_of: Login) -> None:
    user, other = make_user("reviewer"), make_user("reviewer")
    client = client_of(make_user("administrator"))
    wrong = reverse("accounts:revoke", args=[other.pk, user.role_grants.get().pk])
    assert client.post(wrong).status_code == 404
    right = reverse("accounts:revoke", args=[user.pk, user.role_grants.get().pk])
    assert client.get(right).status_code == 405
    assert client.post(right).status_code == 302
    assert not user.role_grants.filter(revoked_at=None).exists()
    assert other.role_grants.filter(revoked_at=None).exists()


def test_own_account_on_the_page(client_of: Login, now: datetime) -> None:
    sync_law(now=now)
    admin = make_user("administrator")
    client = client_of(admin)
    typed = {"role": "office_head", "scope": "scheme:park"}
    answer = client.post(reverse("accounts:grant", args=[admin.pk]), typed)
    assert answer.status_code == 422
    assert "不能给自己的账号授权" in answer.content.decode()
    assert client.post(reverse("accounts:switch", args=[admin.pk])).status_code == 409


def test_blocking_and_unblocking(client_of: Login) -> None:
    user = make_user()
    client, address = client_of(make_user("administrator")), reverse("accounts:switch", args=[user.pk])
    for active in (False, True):
        answer = client.post(address, follow=True)
        assert ("已启用账号。" if active else "已停用账号。") in answer.content.decode()
        user.refresh_from_db()
        assert user.is_active is active
    actions = Entry.objects.filter(action__startswith="user.").values_list("action", flat=True)
    assert {"user.block", "user.unblock"} <= set(actions)


def test_a_new_account_is_made_and_granted_next(client_of: Login) -> None:
    client = client_of(make_user("administrator"))
    typed = {
        "username": "newone",
        "name": "新同事",
        "email": "new@example.com",
        "phone": "",
        "password": "three green apples",
    }
    answer = client.post(reverse("accounts:users"), typed)
    assert answer.url == reverse("accounts:user", args=[User.objects.get(username="newone").pk])
    again = client.post(reverse("accounts:users"), typed)
    assert again.status_code == 422
    assert "已有人使用" in again.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=陈", {"陈一"}),
        ("role=supervisor", {"林二"}),
        ("q=example.com&role=reviewer", {"陈一"}),
        ("q=zz", set()),
    ],
)
def test_finding_accounts(client_of: Login, query: str, found: set[str]) -> None:
    make_user("reviewer", name="陈一")
    make_user("supervisor", name="林二")
    page = client_of(make_user("administrator", name="管理")).get(f"{reverse('accounts:users')}?{query}")
    shown = page.content.decode()
    assert {name for name in ("陈一", "林二") if name in shown} == found
