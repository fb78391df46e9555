"""An automatic proposal of panels, until the office confirms or drops it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from awards.models import Cycle
from scoring.models.panels import Panel


class PanelProposal(models.Model):
    """Panels as the optimiser proposes them and hands have changed them (分组方案). No panel exists before it is confirmed.

    `teams`: list of {name, files: [application], seats: [{person: reviewer, lead, expert}]}; `notes`: what the
    optimiser had to say, {code, message, bad}. `revision` counts the changes, so that two people don't undo each other.
    """

    class Stage(models.TextChoices):
        WAITING = "waiting", "等待计算"
        WORKING = "working", "正在计算"
        READY = "ready", "待确认"
        FAILED = "failed", "没有算出"
        CONFIRMED = "confirmed", "已确认"
        DROPPED = "dropped", "已放弃"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="panel_proposals")
    kind = models.CharField("类型", max_length=16, choices=Panel.Kind.choices)
    size = models.PositiveSmallIntegerField("每组人数")
    most = models.PositiveSmallIntegerField("每组最多评审的申报组织数")
    stage = models.CharField("进度", max_length=12, choices=Stage.choices, default=Stage.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    claimed_at = models.DateTimeField("开始计算时间", null=True, blank=True)
    finished_at = models.DateTimeField("算出时间", null=True, blank=True)
    step = models.CharField("正在做", max_length=60, blank=True)
    done = models.PositiveSmallIntegerField("已完成步数", default=0)
    total = models.PositiveSmallIntegerField("总步数", default=0)
    revision = models.PositiveIntegerField("修改次数", default=0)
    teams = models.JSONField("各组", default=list)
    notes = models.JSONField("说明", default=list)

    class Meta:
        verbose_name = "分组方案"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "kind"),
                condition=models.Q(stage__in=("waiting", "working", "ready", "failed")),
                name="one_open_proposal_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle}{self.get_kind_display()}分组方案"

    def get_absolute_url(self) -> str:
        return reverse("scoring:proposal", args=[self.pk])

    @property
    def computing(self) -> bool:
        return self.stage in (self.Stage.WAITING, self.Stage.WORKING)
