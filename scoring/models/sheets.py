"""Each reviewer's sheet."""

from __future__ import annotations

from typing import ClassVar, Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from applications.models import Application
from ground.models import Stateful, state_constraint, state_field
from scoring.models.panels import Panel, Stage
from scoring.models.reviewers import Reviewer
from scoring.states import SHEET

MOST_HOURS: Final = 200


class Sheet(Stateful):
    """One reviewer's scores of one application in one stage (评分表). Sealed, it never changes.

    `version` counts the sheets after reopening, `revision` the saves of this one (two windows on one sheet).
    `total` is on the scale of 1000 with 2 decimals, set at sealing. `hours`: what the reviewer says it took.
    """

    STATES = SHEET

    application = models.ForeignKey(Application, models.PROTECT, related_name="sheets")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="sheets")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="sheets")
    stage = models.CharField("环节", max_length=16, choices=Stage.choices)
    version = models.PositiveSmallIntegerField("版本", default=1)
    state = state_field(SHEET)
    overall = models.TextField("总体评价", blank=True)
    hours = models.DecimalField(
        "用时（小时）",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_HOURS)],
    )
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True, blank=True)
    digest = models.CharField("摘要（SM3）", max_length=64, blank=True)
    opened_at = models.DateTimeField("建立时间")
    revision = models.PositiveIntegerField("保存次数", default=0)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    sealed_at = models.DateTimeField("封存时间", null=True, blank=True)

    class Meta:
        verbose_name = "评分表"
        ordering = ("application", "stage", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("application", "stage", "reviewer", "version"), name="one_sheet_a_reviewer_and_stage"
            ),
            models.UniqueConstraint(
                fields=("application", "stage", "reviewer"),
                condition=~models.Q(state__in=("superseded", "void")),
                name="one_live_sheet_a_reviewer_and_stage",
            ),
            state_constraint(SHEET, "sheet"),
        )
        indexes = (models.Index(fields=("reviewer", "state")),)

    def __str__(self) -> str:
        return f"{self.get_stage_display()}评分表：{self.application}"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.application.cycle.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("scoring:sheet", args=[self.pk])


class SheetItem(models.Model):
    """One scored item (评分项): best-fitting band, percentage within it, and what the reviewer says to it.

    `band` is the band's lowest percentage; a line of a rubric has none. `evidence` names where it is found, as
    `rules.references` writes it: "附件3；第15–17页；自评4.2.3". `to_verify` is what the visit on site has to look into;
    `difference`: on the visit, why the percentage is not that of the material review.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="items")
    item = models.CharField("评分项", max_length=16)
    band = models.PositiveSmallIntegerField("区间", null=True, blank=True)
    percent = models.PositiveSmallIntegerField(
        "百分比", null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    key_factors = models.TextField("关键因素", blank=True)
    strengths = models.TextField("优势", blank=True)
    opportunities = models.TextField("改进机会", blank=True)
    evidence = models.TextField("依据", blank=True)
    to_verify = models.TextField("现场核实事项", blank=True)
    difference = models.TextField("与材料评审不同的理由", blank=True)

    class Meta:
        verbose_name = "评分项"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("sheet", "item"), name="one_row_an_item"),
            models.CheckConstraint(
                condition=models.Q(percent=None) | models.Q(percent__lte=100), name="sheet_percent_range"
            ),
            models.CheckConstraint(
                condition=models.Q(band=None)
                | models.Q(percent=None)
                | models.Q(percent__gte=models.F("band")),
                name="sheet_percent_in_band",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}: {self.percent}"
