"""Accounts and grants: who may log in, and what for."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime

from accounts.actors import Actor
from accounts.models import RoleGrant, User
from accounts.permissions import kept_from, require_role
from accounts.roles import ROLES, Role, Scope
from audit.services import record
from ground.errors import Fault, Refused, refuse_if


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    password: str,
    actor: Actor,
    now: datetime,
    email: str = "",
    phone: str = "",
    demo: bool = False,
    encoded: str = "",
) -> User:
    """Make an account. Refused: username_taken, weak_password.

    `encoded`: a hash already made of `password` (many accounts at once), so that it is not made again.
    """
    faults = []
    if User.objects.filter(username=username).exists():
        faults.append(Fault("username_taken", "这个登录名已有人使用，请换一个。", "username"))
    user = User(username=username, name=name, email=email, phone=phone, is_demo=demo, date_joined=now)
    if not demo:
        try:
            validate_password(password, user)
        except ValidationError as error:
            faults += [Fault("weak_password", message, "password") for message in error.messages]
    refuse_if(faults)
    user.password = encoded or make_password(password)
    user.save()
    record(
        actor=actor, action="user.create", subject=user, at=now, after={"username": username, "name": name}
    )
    return user


@transaction.atomic
def open_account(*, username: str, name: str, email: str, phone: str, actor: Actor, now: datetime) -> User:
    """Make an account that nobody can enter before its person has set a password (by a link). Refused: username_taken."""
    if User.objects.filter(username=username).exists():
        raise Refused("username_taken", "这个登录名已有人使用，请换一个。", field="username")
    user = User.objects.create(
        username=username, name=name, email=email, phone=phone, date_joined=now, password=make_password(None)
    )
    record(
        actor=actor, action="user.create", subject=user, at=now, after={"username": username, "name": name}
    )
    return user


@transaction.atomic
def register_person(
    *, username: str, name: str, password: str, email: str, phone: str, actor: Actor, now: datetime
) -> User:
    """A person who is to apply for an organisation makes their own account. It holds no role yet."""
    return create_user(
        username=username, name=name, password=password, email=email, phone=phone, actor=actor, now=now
    )


@transaction.atomic
def grant_role(
    *, user: User, role: str, actor: Actor, now: datetime, scope_key: str = "", scope_label: str = ""
) -> RoleGrant:
    """Give `user` a role in a scope. Refused: unknown_role, scope_missing, roles_apart. Granting twice changes nothing.

    Who may grant is the caller's matter (`administer_grant` for administrators); every grant is in the ledger.
    """
    if role not in ROLES:
        raise Refused("unknown_role", "没有这个角色。", field="role")
    kind = ROLES[role].scope_kind
    if kind != Scope.PORTAL and not scope_key:
        raise Refused("scope_missing", "请选择这个角色适用的范围。", field="scope")
    User.objects.select_for_update().get(pk=user.pk)
    if kept := kept_from(user, role, localtime(now).date()):
        raise Refused(
            "roles_apart",
            f"{user.name}是“{kept.held}”，不能兼任“{ROLES[role].label}”：{kept.reading}。请另选一人，或先收回原来的角色。",
            field="role",
            article=kept.cited,
        )
    grant, created = RoleGrant.objects.get_or_create(
        user=user,
        role=role,
        scope_kind=kind,
        scope_key=scope_key,
        revoked_at=None,
        defaults={"granted_at": now, "scope_label": scope_label},
    )
    if created:
        user.__dict__.pop("grants", None)
        user.__dict__.pop("role_line", None)
        record(
            actor=actor,
            action="role.grant",
            subject=user,
            at=now,
            after={"role": role, "scope_kind": kind, "scope_key": scope_key},
        )
    return grant


@transaction.atomic
def revoke_role(*, grant: RoleGrant, actor: Actor, now: datetime) -> None:
    """Take a role back. The grant stays as evidence. Revoking twice changes nothing."""
    locked = RoleGrant.objects.select_for_update().select_related("user").get(pk=grant.pk)
    if locked.revoked_at is not None:
        return
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    record(
        actor=actor,
        action="role.revoke",
        subject=locked.user,
        at=now,
        before={"role": locked.role, "scope_kind": locked.scope_kind, "scope_key": locked.scope_key},
    )


def rename_scope(*, kind: str, key: str, label: str) -> None:
    """Call a scope by the new name of the body behind it. Grants in force follow; those taken back keep what they said."""
    RoleGrant.objects.filter(scope_kind=kind, scope_key=key, revoked_at=None).update(scope_label=label)


@transaction.atomic
def administer_grant(
    *, user: User, role: str, actor: Actor, now: datetime, scope_key: str = "", scope_label: str = ""
) -> RoleGrant:
    """An administrator gives a role. Refused: own_account (nobody extends their own powers)."""
    require_role(actor, Role.ADMINISTRATOR)
    if actor.pk == user.pk:
        raise Refused("own_account", "不能给自己的账号授权，请由另一位管理员办理。")
    return grant_role(
        user=user, role=role, scope_key=scope_key, scope_label=scope_label, actor=actor, now=now
    )


@transaction.atomic
def administer_revoke(*, grant: RoleGrant, actor: Actor, now: datetime) -> None:
    """An administrator takes a role back."""
    require_role(actor, Role.ADMINISTRATOR)
    revoke_role(grant=grant, actor=actor, now=now)


@transaction.atomic
def switch_account(*, user: User, active: bool, actor: Actor, now: datetime) -> None:
    """An administrator blocks or unblocks an account. Refused: own_account."""
    require_role(actor, Role.ADMINISTRATOR)
    if actor.pk == user.pk:
        raise Refused("own_account", "不能停用自己的账号，请由另一位管理员办理。")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active == active:
        return
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    record(
        actor=actor,
        action="user.unblock" if active else "user.block",
        subject=locked,
        at=now,
        before={"active": not active},
        after={"active": active},
    )


@transaction.atomic
def change_password(*, user: User, password: str, actor: Actor, now: datetime) -> None:
    """Set a new password. Refused: weak_password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused.many(
            [Fault("weak_password", message, "password") for message in error.messages]
        ) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor=actor, action="user.password", subject=user, at=now)
