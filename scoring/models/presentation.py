"""When and where the shortlisted applicants of a site panel present themselves."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from applications.models import Application
from scoring.models.panels import Panel


class PresentationSchedule(models.Model):
    """The presentations of a site panel (陈述答辩日程): the slots, and the lot by which they were given out.

    `days`: ISO dates; `breaks`: pairs "HH:MM"; `rooms`: names. Before the draw the slots belong to nobody. `seed`,
    `drawn_list` and `drawn_order` are what rules.lot recomputes, `digest` its document's SM3; they never change.
    """

    class Source(models.TextChoices):
        GIVEN = "given", "现场产生的种子"
        PORTAL = "portal", "平台随机产生"

    panel = models.OneToOneField(Panel, models.PROTECT, related_name="schedule")
    days = models.JSONField("日期")
    opens = models.TimeField("每天开始")
    closes = models.TimeField("每天结束")
    minutes = models.PositiveSmallIntegerField(
        "每家时长（分钟）", validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    gap = models.PositiveSmallIntegerField("间隔（分钟）", default=0, validators=[MaxValueValidator(120)])
    breaks = models.JSONField("休息时间", default=list)
    rooms = models.JSONField("地点")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField("排定时间")
    seed = models.CharField("种子", max_length=64, blank=True)
    seed_source = models.CharField("种子的来源", max_length=8, choices=Source.choices, blank=True)
    witness = models.CharField("见证人", max_length=60, blank=True)
    drawn_list = models.JSONField("抽签名单", default=list)
    drawn_order = models.JSONField("抽签结果", default=list)
    digest = models.CharField("摘要（SM3）", max_length=64, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    drawn_at = models.DateTimeField("抽签时间", null=True, blank=True)

    class Meta:
        verbose_name = "陈述答辩日程"
        constraints: ClassVar = (
            models.CheckConstraint(
                condition=Q(drawn_at=None, seed="", digest="")
                | Q(drawn_at__isnull=False) & ~Q(seed="") & ~Q(digest="") & ~Q(witness=""),
                name="drawn_with_seed_and_witness",
            ),
        )

    def __str__(self) -> str:
        return f"{self.panel}陈述答辩日程"

    def get_absolute_url(self) -> str:
        return reverse("scoring:schedule", args=[self.panel_id])


class PresentationSlot(models.Model):
    """One presentation (场次): `position` counts from 1 in the order of time."""

    schedule = models.ForeignKey(PresentationSchedule, models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField("场次")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    room = models.CharField("地点", max_length=120)
    application = models.OneToOneField(
        Application, models.PROTECT, related_name="presentation", null=True, blank=True
    )

    class Meta:
        verbose_name = "陈述答辩场次"
        ordering = ("position",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("schedule", "position"), name="one_slot_a_position"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"第 {self.position} 场"


class PresentationSwap(models.Model):
    """Two slots change hands after the draw (场次调换), with the reason; one of them may have been free.

    `first` and `second` are the slots; the applications are those that held them before.
    """

    schedule = models.ForeignKey(PresentationSchedule, models.PROTECT, related_name="swaps")
    first = models.ForeignKey(PresentationSlot, models.PROTECT, related_name="+")
    second = models.ForeignKey(PresentationSlot, models.PROTECT, related_name="+")
    first_application = models.ForeignKey(Application, models.PROTECT, related_name="+", null=True)
    second_application = models.ForeignKey(Application, models.PROTECT, related_name="+", null=True)
    reason = models.TextField("理由")
    swapped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    swapped_at = models.DateTimeField("调换时间")

    class Meta:
        verbose_name = "场次调换"
        ordering = ("swapped_at", "id")

    def __str__(self) -> str:
        return f"{self.first} ⇄ {self.second}"
