"""Substitutes that the committee's approval owes to a panel."""

from __future__ import annotations

from django.db import models

from scoring.models.misconduct import MisconductCase
from scoring.models.sheets import Sheet


class OwedSubstitute(models.Model):
    """A void sheet that a substitute scores anew (补充评审), as the committee approved; until then its report waits.

    `fresh`: the substitute's sheet, empty while nobody is seated. Where that in turn is void, somebody is owed again.
    """

    case = models.ForeignKey(MisconductCase, models.PROTECT, related_name="owed", verbose_name="案件")
    void = models.OneToOneField(Sheet, models.PROTECT, related_name="owed_for", verbose_name="作废的评分表")
    fresh = models.OneToOneField(
        Sheet, models.PROTECT, related_name="owed_by", verbose_name="补充的评分表", null=True, blank=True
    )

    class Meta:
        verbose_name = "待补充的评审"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"补充评审：{self.void}"
