"""Notices (公示, 公告), the sites they stand on and the names they list."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse

from applications.models import Application, Organisation
from awards.models import Cycle, Scheme
from documents.models import StoredFile
from ground.models import Stateful, state_constraint, state_field
from publicity.models.editions import tier_name
from publicity.models.names import PublishedName, name_is_kept
from publicity.states import NOTICE
from scoring.models import Approval


class Notice(Stateful):
    """A public notice: candidates in publicity (公示), announcement (公告) or revocation (撤销公告).

    `published_at`, `day_one`, `last_day`, `closes_at` follow from the sites' times by the rule `window`.
    """

    STATES = NOTICE

    class Kind(models.TextChoices):
        PUBLICITY = "publicity", "公示"
        ANNOUNCEMENT = "announcement", "公告"
        REVOCATION = "revocation", "撤销公告"

    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="notices")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="notices", null=True, blank=True)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="notices", null=True, blank=True)
    state = state_field(NOTICE)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    body = models.TextField("正文")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("拟稿时间")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    mode = models.CharField("计日方式", max_length=16, blank=True)
    day_one = models.DateField("公示首日", null=True, blank=True)
    last_day = models.DateField("公示末日", null=True, blank=True)
    closes_at = models.DateTimeField("公示截止", null=True, blank=True)
    rolled = models.BooleanField("因休息日顺延", default=False)
    closed_at = models.DateTimeField("结束处理时间", null=True, blank=True)
    ledger_head = models.CharField("账本摘要（SM3）", max_length=64, blank=True)
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="纸面文件"
    )

    class Meta:
        verbose_name = "公示公告"
        ordering = ("-published_at", "-id")
        constraints: ClassVar = (
            state_constraint(NOTICE, "notice"),
            models.CheckConstraint(
                condition=~models.Q(kind="publicity")
                | ~models.Q(state="published")
                | models.Q(closes_at__isnull=False),
                name="published_notice_has_window",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="publicity") | models.Q(approval__isnull=False),
                name="publicity_needs_approval",
            ),
        )
        indexes = (
            models.Index(fields=("state", "closes_at")),
            models.Index(fields=("-published_at", "-id"), name="notice_by_time"),
        )

    def __str__(self) -> str:
        return self.title

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("publicity:notice", args=[self.pk])


class NoticeSite(models.Model):
    """Where and when the notice was put up on a required outside site (规定网站登载)."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="sites")
    code = models.CharField("网站代码", max_length=40)
    name = models.CharField("网站", max_length=120)
    url = models.URLField("网址", max_length=500)
    published_at = models.DateTimeField("登载时间")

    class Meta:
        verbose_name = "登载记录"
        ordering = ("published_at", "id")
        constraints = (models.UniqueConstraint(fields=("notice", "code"), name="one_row_a_site"),)

    def __str__(self) -> str:
        return self.name


class NoticeEntry(PublishedName):
    """One organisation on a notice (名单), by the name it had when it was handed in."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="entries")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="notice_entries", null=True, blank=True
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notice_entries")
    tier = models.CharField("奖级", max_length=16)
    repeat = models.BooleanField("再次获奖", default=False)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "名单"
        ordering = ("position", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("notice", "organisation"), name="entry_once"),
            name_is_kept("entry"),
        )
        indexes = (GinIndex(fields=("name",), opclasses=("gin_trgm_ops",), name="entry_name_trigrams"),)

    def __str__(self) -> str:
        return self.name

    @property
    def tier_name(self) -> str:
        return tier_name(self.notice.cycle, self.tier) if self.notice.cycle else self.tier
