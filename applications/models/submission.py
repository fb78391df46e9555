"""What was handed in, each time: the receipt as it was given."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from applications.models.filing import Application


class Submission(models.Model):
    """One submission (提交) of a file. Written once, never changed: later corrections and take-backs leave it alone.

    `serial` counts the submissions of the file from 1.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    serial = models.PositiveSmallIntegerField("次序")
    at = models.DateTimeField("提交时间")
    digest = models.CharField("内容摘要（SM3）", max_length=64)
    rows = models.JSONField("回执", help_text="[[label, words]], as shown on the receipt")
    parts = models.JSONField("提交的各部分", help_text="[{code, label, digest}]")

    class Meta:
        verbose_name = "提交记录"
        ordering = ("-serial",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("application", "serial"), name="submission_once"),
        )

    def __str__(self) -> str:
        return f"第 {self.serial} 次提交"
