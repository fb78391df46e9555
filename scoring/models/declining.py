"""A reviewer hands a file back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from applications.models import Application
from scoring.models.panels import Panel
from scoring.models.reviewers import Reviewer


class DeclinedFile(models.Model):
    """A reviewer declines to review one applicant in a panel, with a reason (推辞评审). The office finds a replacement.

    `settled_at`: when somebody else took it over, or the office found that nobody has to.
    """

    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="declined_files")
    application = models.ForeignKey(Application, models.PROTECT, related_name="declined_files")
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="declined_files")
    reason = models.TextField("理由")
    declined_at = models.DateTimeField("推辞时间")
    replacement = models.ForeignKey(
        Reviewer, models.PROTECT, related_name="taken_over", null=True, blank=True, verbose_name="接替人"
    )
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_reason = models.TextField("不补充的理由", blank=True)

    class Meta:
        verbose_name = "推辞评审"
        ordering = ("-declined_at", "-id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("reviewer", "application", "panel"), name="declined_once"),
        )

    def __str__(self) -> str:
        return f"{self.reviewer} 推辞 {self.application}"
