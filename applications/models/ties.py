"""Who stands behind an organisation: shareholders and companies of the same group."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from applications.models.organisations import Organisation


class OrganisationTie(models.Model):
    """A shareholder or group company of an organisation (股东及关联单位), for finding conflicts of interest."""

    class Kind(models.TextChoices):
        SHAREHOLDER = "shareholder", "股东"
        PARENT = "parent", "上级单位或控股单位"
        SUBSIDIARY = "subsidiary", "下属或控股子公司"
        GROUP = "group", "同一集团的其他单位"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="ties")
    kind = models.CharField("关系", max_length=16, choices=Kind.choices)
    name = models.CharField("单位名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "关联单位"
        ordering = ("kind", "name", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("organisation", "kind", "uscc"), name="tie_once"),
            models.CheckConstraint(
                condition=models.Q(uscc__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$"), name="tie_uscc_charset"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation}：{self.get_kind_display()} {self.name}"
