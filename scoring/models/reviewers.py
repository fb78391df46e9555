"""The reviewer pool, and who stays out of which file."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from applications.models import Application

NO_CONFLICT = "none"


class Reviewer(models.Model):
    """A member of the reviewer pool (评审员库)."""

    class Kind(models.TextChoices):
        REVIEWER = "reviewer", "评审员"
        EXPERT = "expert", "行业专家"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewer")
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    employer = models.CharField("工作单位", max_length=120)
    employer_uscc = models.CharField("单位统一社会信用代码", max_length=18, blank=True)
    industries = models.CharField(
        "熟悉的行业门类", max_length=20, blank=True, help_text="GB/T 4754 门类字母，如 CI"
    )
    qualification = models.CharField("资格", max_length=120, blank=True)
    languages = models.CharField("工作语言", max_length=60, blank=True, help_text="如“中文、英语”")
    load_limit = models.PositiveSmallIntegerField(
        "每年度最多承担的申报组织数", null=True, blank=True, help_text="空：不限"
    )
    disqualified_at = models.DateTimeField("取消资格时间", null=True, blank=True)

    class Meta:
        verbose_name = "评审员"
        ordering = ("user__name", "id")

    def __str__(self) -> str:
        return self.user.name


class Recusal(models.Model):
    """A declared or detected conflict (回避): the reviewer sees nothing of that applicant's file, scores or place.

    A detected one names the rule (`code`, see rules.conflicts) and the digest of its facts (`basis`): what was dismissed
    on the same facts stays dismissed, other facts raise it anew. Both are empty for a declared one.
    """

    class Kind(models.TextChoices):
        EMPLOYMENT = "employment", "任职关系"
        CONSULTING = "consulting", "咨询、培训、认证服务关系"
        SHAREHOLDING = "shareholding", "持股或其他经济利益"
        FAMILY = "family", "近亲属关系"
        RECOMMENDER = "recommender", "推荐单位人员"
        OTHER = "other", "其他可能影响公正的情形"

    class Source(models.TextChoices):
        DECLARED = "declared", "本人申报"
        DETECTED = "detected", "系统识别"

    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="recusals")
    application = models.ForeignKey(Application, models.PROTECT, related_name="recusals")
    kind = models.CharField("情形", max_length=16, choices=Kind.choices)
    reason = models.TextField("说明")
    code = models.CharField("识别规则", max_length=40, blank=True)
    basis = models.CharField("事实摘要（SM3）", max_length=64, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source.choices)
    recorded_at = models.DateTimeField("登记时间")
    dismissed_at = models.DateTimeField("排除时间", null=True, blank=True)
    dismissed_reason = models.TextField("排除理由", blank=True)

    class Meta:
        verbose_name = "回避"
        constraints = (
            models.UniqueConstraint(fields=("reviewer", "application", "kind", "basis"), name="recusal_once"),
        )

    def __str__(self) -> str:
        return f"{self.reviewer} 回避 {self.application}"

    @property
    def live(self) -> bool:
        return self.dismissed_at is None


class RecusalDeclaration(models.Model):
    """What a reviewer declared on one applicant (回避申报), "no conflict" included. Without it no file opens."""

    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="declarations")
    application = models.ForeignKey(Application, models.PROTECT, related_name="declarations")
    conflict = models.BooleanField("有利害关系")
    declared_at = models.DateTimeField("申报时间")

    class Meta:
        verbose_name = "回避申报"
        constraints = (models.UniqueConstraint(fields=("reviewer", "application"), name="declared_once"),)

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.application}"
