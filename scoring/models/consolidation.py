"""What a panel concludes from its sheets."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse

from applications.models import Application
from ground.models import Stateful, state_constraint, state_field
from scoring.models.panels import Panel, Stage
from scoring.states import CONSOLIDATION


class InForce(models.Manager["Consolidation"]):
    """Without what was annulled: that stays on record and is asked for by `with_annulled` alone."""

    def get_queryset(self) -> models.QuerySet[Consolidation]:
        return super().get_queryset().exclude(state="annulled")


class Consolidation(Stateful):
    """What a panel concludes on one application in one stage (评审组合议与报告).

    `score` is the stage score on the scale of 1000 with 2 decimals, set when the lead signs. A report that the
    committee takes back (services.misconduct) stays as it was signed, annulled, beside the one that follows it.
    `shape` is that of the document which the digest was taken of (queries.documents.SHAPE).
    """

    STATES = CONSOLIDATION
    objects = InForce()
    with_annulled: ClassVar[models.Manager[Consolidation]] = models.Manager()

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="consolidations")
    application = models.ForeignKey(Application, models.PROTECT, related_name="consolidations")
    stage = models.CharField("环节", max_length=16, choices=Stage.choices)
    state = state_field(CONSOLIDATION)
    strengths = models.TextField("主要优势", blank=True)
    opportunities = models.TextField("改进机会", blank=True)
    conclusion = models.TextField("评审意见", blank=True)
    score = models.DecimalField("环节得分", max_digits=6, decimal_places=2, null=True, blank=True)
    method = models.CharField("计分方式", max_length=16, blank=True)
    digest = models.CharField("摘要（SM3）", max_length=64, blank=True)
    shape = models.PositiveSmallIntegerField("文书版式", default=1)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    signed_at = models.DateTimeField("签署时间", null=True, blank=True)

    class Meta:
        verbose_name = "评审合议"
        ordering = ("application", "stage")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("application", "stage"),
                condition=~models.Q(state="annulled"),
                name="one_consolidation_a_stage",
            ),
            state_constraint(CONSOLIDATION, "consolidation"),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=1000),
                name="stage_score_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_stage_display()}：{self.application}"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.application.cycle.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("scoring:consolidation", args=[self.pk])


class ConsolidatedItem(models.Model):
    """The panel's percentage for one item (合议结果), with the note a large spread requires."""

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="items")
    item = models.CharField("评分项", max_length=16)
    percent = models.PositiveSmallIntegerField("合议百分比", validators=[MaxValueValidator(100)])
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "合议评分项"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("consolidation", "item"), name="one_consolidated_item"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="consolidated_percent_range"),
        )

    def __str__(self) -> str:
        return f"{self.item}: {self.percent}%"
