"""Files kept by what is in them, and the numbers of official documents."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """One content, kept once (电子文件): found by SM3 digest and size, never by a name or a public address.

    Knows neither owner nor file name: the object that refers to it does, and decides who may read it.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF 文档"
        DOCX = "docx", "Word 文档"
        XLSX = "xlsx", "Excel 表格"
        PNG = "png", "PNG 图片"
        JPG = "jpg", "JPG 图片"

    digest = models.CharField("SM3 摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    kind = models.CharField("格式", max_length=8, choices=Kind.choices)
    pages = models.PositiveIntegerField("页数", null=True, help_text="PDF only")
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = "电子文件"
        constraints = (
            models.UniqueConstraint(fields=("digest", "size"), name="stored_once"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_not_empty"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.digest[:12]}"

    @property
    def path(self) -> str:
        """Where the storage "evidence" keeps it."""
        return f"sm3/{self.digest[:2]}/{self.digest[2:4]}/{self.digest}"


class NumberSeries(models.Model):
    """The last number given in a series and year (文号), so that none is skipped or given twice."""

    series = models.CharField("序列", max_length=64)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = "文号序列"
        constraints = (models.UniqueConstraint(fields=("series", "year"), name="series_year_once"),)

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.last}号"
