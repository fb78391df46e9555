"""Why the visit on site came to another result than the material review."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from scoring.models.consolidation import Consolidation


class DifferenceReason(models.Model):
    """The panel's reason for one item's difference (差异说明), written by the lead before the report is signed.

    `before`: the percentage of the material review that it speaks of, kept with the signature; None in older reports.
    """

    consolidation = models.ForeignKey(Consolidation, models.PROTECT, related_name="difference_reasons")
    item = models.CharField("评分项", max_length=16)
    reason = models.TextField("理由")
    before = models.PositiveSmallIntegerField("材料评审百分比", null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = "差异说明"
        ordering = ("item",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("consolidation", "item"), name="one_reason_an_item"),
            models.CheckConstraint(
                condition=models.Q(before=None) | models.Q(before__lte=100), name="difference_before_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}：{self.reason[:20]}"
