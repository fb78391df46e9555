"""Schemes, editions of their rules, cycles and their timetable."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.functional import cached_property

from awards.law import criteria as criteria_data
from awards.law.criteria import Criteria
from awards.law.editions import Edition
from awards.states import CYCLE
from ground.models import Stateful, state_constraint, state_field

# By digest. Editions are frozen and few: one a scheme and amendment.
_EDITIONS: dict[str, Edition] = {}


class Scheme(models.Model):
    """One award (奖项). Made from the editions' data by `sync_law`; never written by hand."""

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=40)

    class Meta:
        verbose_name = "奖项"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class EditionRecord(models.Model):
    """A version (版本) of a scheme's rules as it was when a cycle pinned it: content and digest stay for ever."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="edition_records")
    code = models.CharField("版本代码", max_length=40)
    digest = models.CharField("摘要（SM3）", max_length=64)
    content = models.JSONField("内容")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "规则版本"
        constraints = (models.UniqueConstraint(fields=("code", "digest"), name="edition_content_once"),)

    def __str__(self) -> str:
        return self.code

    @cached_property
    def edition(self) -> Edition:
        """Read and checked once a process; content that does not bear its digest is read anew each time."""
        known = _EDITIONS.get(self.digest)
        if known is None:
            known = Edition.from_content(self.content)
            if known.digest == self.digest:
                _EDITIONS[self.digest] = known
        return known


class Cycle(Stateful):
    """One yearly run of a scheme (评定年度), pinned to one edition and one criteria version."""

    STATES = CYCLE

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="cycles", verbose_name="奖项")
    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    edition_record = models.ForeignKey(
        EditionRecord, models.PROTECT, related_name="cycles", verbose_name="规则版本"
    )
    criteria_code = models.CharField("评价准则", max_length=40)
    criteria_digest = models.CharField("评价准则摘要", max_length=64)
    state = state_field(CYCLE)
    call_number = models.CharField("通知文号", max_length=60, blank=True)
    call_text = models.TextField("申报通知正文", blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="建立人"
    )
    created_at = models.DateTimeField("建立时间")
    call_published_at = models.DateTimeField("通知发布时间", null=True, blank=True)

    class Meta:
        verbose_name = "评定年度"
        ordering = ("-year", "scheme__code")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("scheme", "year"), condition=~models.Q(state="cancelled"), name="one_cycle_a_year"
            ),
            state_constraint(CYCLE, "cycle"),
        )

    def __str__(self) -> str:
        return f"{self.year}年度{self.scheme.name}"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.scheme.code}

    @property
    def edition(self) -> Edition:
        return self.edition_record.edition

    @property
    def criteria(self) -> Criteria:
        return criteria_data.get(self.criteria_code)

    def get_absolute_url(self) -> str:
        return reverse("awards:cycle", args=[self.pk])

    @cached_property
    def timetable(self) -> dict[str, Milestone]:
        """All milestones by kind, loaded once."""
        return {milestone.kind: milestone for milestone in self.milestones.all()}


class Milestone(models.Model):
    """One line of a cycle's timetable (工作安排): a stage with its start and its deadline, to the second."""

    class Kind(models.TextChoices):
        APPLICATION = "application", "网上申报"
        RECOMMENDATION = "recommendation", "推荐单位签署意见"
        ELIGIBILITY = "eligibility", "资格审核"
        MATERIAL = "material", "材料评审"
        PRESENTATION = "presentation", "陈述答辩"
        SITE = "site", "现场评审"
        DELIBERATION = "deliberation", "评定委审议"

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="milestones")
    kind = models.CharField("环节", max_length=16, choices=Kind.choices)
    starts_at = models.DateTimeField("开始")
    due_at = models.DateTimeField("截止")

    class Meta:
        verbose_name = "工作安排"
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("cycle", "kind"), name="one_milestone_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("starts_at")), name="milestone_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class OfficeWorkdays(models.Model):
    """Holidays and make-up days of a year that the office entered from the State Council's notice (节假日安排)."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    holidays = models.JSONField("放假日", default=list)
    makeup_days = models.JSONField("调休上班日", default=list)
    source = models.CharField("通知文号与网址", max_length=300)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "节假日安排"

    def __str__(self) -> str:
        return f"{self.year}年节假日安排"


class PolicyDocument(models.Model):
    """A document of the policy library (政策文件), imported from the operator's file."""

    class Level(models.TextChoices):
        NATION = "nation", "国家级"
        PROVINCE = "province", "江苏省级"
        CITY = "city", "苏州市级"
        PARK = "park", "园区本级"

    slug = models.SlugField("地址", max_length=80, unique=True)
    title = models.CharField("标题", max_length=200)
    level = models.CharField("级别", max_length=16, choices=Level.choices)
    text = models.TextField("正文")
    in_force_from = models.DateField("施行日期", null=True, blank=True)
    in_force_until = models.DateField("有效期至", null=True, blank=True)
    digest = models.CharField("摘要（SM3）", max_length=64)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "政策文件"
        ordering = ("level", "title")
        indexes = (
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="policy_title_trigrams"),
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="policy_text_trigrams"),
        )

    def __str__(self) -> str:
        return self.title
