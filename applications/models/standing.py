"""What the portal itself knows of an organisation beside its register entry."""

from __future__ import annotations

from django.db import models


class StandingRecord(models.Model):
    """What the portal itself knows of an organisation (既有记录): a ban (不接受申报) or an honour won.

    Written by the rooms above (revocation, announcement, external honours); read by the eligibility rules.
    `kind` "ban": `scheme_code` bars until `until`. `kind` "honour": an award that other schemes' rules look at.
    """

    class Kind(models.TextChoices):
        BAN = "ban", "禁止申报"
        HONOUR = "honour", "已获荣誉"

    uscc = models.CharField("统一社会信用代码", max_length=18, db_index=True)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    scheme_code = models.CharField("奖项代码", max_length=32)
    award = models.CharField("荣誉代码", max_length=40, blank=True)
    tier = models.CharField("奖级", max_length=16, blank=True)
    on = models.DateField("日期")
    until = models.DateField("截止", null=True, blank=True)
    article = models.CharField("条款", max_length=40)
    source_key = models.CharField("来源", max_length=60, unique=True)
    recorded_at = models.DateTimeField("记录时间", null=True, editable=False)
    lifted_at = models.DateTimeField("失效时间", null=True, blank=True)

    class Meta:
        verbose_name = "申报限制与既有荣誉"
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"{self.uscc} {self.kind} {self.award or self.scheme_code}"
