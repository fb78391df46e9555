"""What every member says to the settled items, and the signatures under the panel's report."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from scoring.models.consolidation import Consolidation
from scoring.models.reviewers import Reviewer


class ItemConsent(models.Model):
    """A member's word on one item that lay far apart (成员意见): consent, or a dissent with its reason.

    `percent` and `note` are what was settled when the member spoke. Settled otherwise afterwards, the item asks anew.
    """

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="consents")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="+")
    item = models.CharField("评分项", max_length=16)
    percent = models.PositiveSmallIntegerField("合议百分比", validators=[MaxValueValidator(100)])
    note = models.TextField("合议理由", blank=True)
    agrees = models.BooleanField("同意")
    reason = models.TextField("不同意的理由", blank=True)
    spoken_at = models.DateTimeField("表示意见时间")

    class Meta:
        verbose_name = "成员意见"
        ordering = ("id",)
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("consolidation", "reviewer", "item"), name="one_word_a_member_and_item"
            ),
            models.CheckConstraint(
                condition=models.Q(agrees=True) | ~models.Q(reason=""), name="dissent_gives_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.item} {'同意' if self.agrees else '不同意'}"


class CounterSignature(models.Model):
    """A member's signature under the report that the lead has signed (会签): on exactly this digest."""

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="countersignatures")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="+")
    digest = models.CharField("报告摘要（SM3）", max_length=64)
    remark = models.TextField("保留意见", blank=True)
    signed_at = models.DateTimeField("签署时间")

    class Meta:
        verbose_name = "会签"
        ordering = ("signed_at", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("consolidation", "reviewer"), name="one_countersignature_a_member"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reviewer} 会签 {self.consolidation}"


class Absence(models.Model):
    """Why a member neither speaks nor signs (不能表示意见和会签的说明), noted by the head of the office."""

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="absences")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="+")
    reason = models.TextField("原因")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "未会签说明"
        ordering = ("recorded_at", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("consolidation", "reviewer"), name="one_absence_a_member"),
        )

    def __str__(self) -> str:
        return f"{self.reviewer} 未能会签 {self.consolidation}"
