"""Who applies (申报组织) and who recommends (推荐单位)."""

from __future__ import annotations

from django.db import models

from awards.models import Scheme
from documents.models import StoredFile


class Organisation(models.Model):
    """An applicant organisation (申报组织), identified by its 18-character 统一社会信用代码."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INSTITUTION = "institution", "事业单位"
        NON_PROFIT = "non_profit", "社会组织等非营利机构"

    class Region(models.TextChoices):
        SIP = "sip", "苏州工业园区"
        SUZHOU = "suzhou", "苏州市（园区以外）"
        JIANGSU = "jiangsu", "江苏省（苏州以外）"
        OTHER = "other", "其他"

    class Category(models.TextChoices):
        AGRICULTURE = "agriculture", "农业"
        INDUSTRY = "industry", "工业"
        SERVICE = "service", "服务业"
        OTHER = "other", "其他"

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("组织名称", max_length=120)
    kind = models.CharField("组织性质", max_length=16, choices=Kind.choices)
    region = models.CharField("登记注册地", max_length=16, choices=Region.choices)
    industry = models.CharField("行业门类（GB/T 4754）", max_length=1)
    category = models.CharField("申报类别", max_length=16, choices=Category.choices)
    address = models.CharField("住所", max_length=200)
    established_on = models.DateField("成立日期")
    legal_representative = models.CharField("法定代表人", max_length=60)
    employees = models.PositiveIntegerField("职工人数")
    contact_name = models.CharField("联系人", max_length=60)
    contact_phone = models.CharField("联系电话", max_length=30)
    uscc_unverified = models.BooleanField("校验位待核", default=False)
    licence = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="证照"
    )
    licence_name = models.CharField("证照文件名", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "申报组织"
        ordering = ("name",)
        indexes = (models.Index(fields=("name",), name="organisation_by_name"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(uscc__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$"), name="uscc_charset"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def line_as(self, then: str) -> str:
        """The name `then` that it had at some time, and beside it the one of today where it has changed since."""
        return then if then == self.name else f"{then}（现名：{self.name}）"

    def scopes(self) -> dict[str, str]:
        return {"organisation": str(self.pk)}


class Recommender(models.Model):
    """A functional zone, district government or industry association (推荐单位) that signs recommendations."""

    class Kind(models.TextChoices):
        ZONE = "zone", "功能区"
        DISTRICT = "district", "市（区）人民政府"
        ASSOCIATION = "association", "行业协会（商会）"

    name = models.CharField("名称", max_length=120, unique=True)
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    schemes = models.ManyToManyField(Scheme, related_name="recommenders", verbose_name="可推荐的奖项")

    class Meta:
        verbose_name = "推荐单位"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
