"""What was handed in, each time, corrections included: the receipt as it was given."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from applications.models.checking import Correction
from applications.models.filing import Application


class Submission(models.Model):
    """One submission (提交) of a file, or one correction answered. Written once, never changed: whatever comes later
    leaves it alone.

    `serial` counts both from 1, in one row.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    serial = models.PositiveSmallIntegerField("次序")
    at = models.DateTimeField("提交时间")
    digest = models.CharField("内容摘要（SM3）", max_length=64)
    rows = models.JSONField("回执", help_text="[[label, words]], as shown on the receipt")
    parts = models.JSONField("提交的各部分", help_text="[{code, label, digest}]")
    correction = models.OneToOneField(
        Correction,
        models.PROTECT,
        related_name="receipt",
        null=True,
        blank=True,
        verbose_name="所答复的补正通知",
    )
    answers = models.JSONField("逐项答复", default=list, help_text="[[part, what was asked, answer]]")
    changed = models.JSONField("改动的部分", default=list, help_text="[[label of the part, how]]")

    class Meta:
        verbose_name = "提交记录"
        ordering = ("-serial",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("application", "serial"), name="submission_once"),
        )

    def __str__(self) -> str:
        return f"第 {self.serial} 次提交{'（补正）' if self.correction_id else ''}"
