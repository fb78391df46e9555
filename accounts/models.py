"""Accounts and the roles they hold in a scope."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.roles import OFFICIAL_ROLES, ROLE_KINDS, ROLES, SCHEME_ROLES, Scope


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who logs in (账号). What they may do follows from their grants alone."""

    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("邮箱", blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    date_joined = models.DateTimeField("创建时间", default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_staff = False

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "账号"
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def ledger_label(self) -> str:
        return f"{self.name}（{self.username}）"

    @cached_property
    def grants(self) -> tuple[RoleGrant, ...]:
        """All grants in force, loaded once for each request's user object."""
        return tuple(self.role_grants.filter(revoked_at=None).order_by("id")) if self.is_active else ()

    @cached_property
    def is_office(self) -> bool:
        """Whether states are shown to this person in the office's own words."""
        return any(grant.role in OFFICIAL_ROLES for grant in self.grants)

    @cached_property
    def role_line(self) -> str:
        """The roles in words, as the page head shows them: 园区质量奖评定办 · 经办."""
        return "、".join(dict.fromkeys(grant.in_words for grant in self.grants)) or "尚未分配角色"


class RoleGrant(models.Model):
    """A role held in a scope (角色授权). Revoked grants stay, as evidence."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_grants", verbose_name="账号")
    role = models.CharField("角色", max_length=32, choices=[(kind.code, kind.label) for kind in ROLE_KINDS])
    scope_kind = models.CharField("范围类型", max_length=16, default=Scope.PORTAL)
    scope_key = models.CharField("范围", max_length=40, blank=True)
    scope_label = models.CharField("范围名称", max_length=120, blank=True)
    granted_at = models.DateTimeField("授权时间")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "角色授权"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "scope_kind", "scope_key"),
                condition=models.Q(revoked_at=None),
                name="grant_once_in_force",
            ),
        )
        indexes = (models.Index(fields=("role", "scope_kind", "scope_key")),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.in_words}"

    @property
    def in_words(self) -> str:
        label = ROLES[self.role].label
        if not self.scope_label:
            return label
        return f"{self.scope_label}{label}" if self.role in SCHEME_ROLES else f"{self.scope_label} · {label}"
