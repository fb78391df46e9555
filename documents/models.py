"""Files kept by what is in them, uploads on their way, and the numbers of official documents."""

from __future__ import annotations

from django.conf import settings
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

    class Scan(models.TextChoices):
        """What the virus scanner says. Only `clean` is ever called clean; `own` was set by the portal itself."""

        WAITING = "waiting", "等待病毒检测"
        CLEAN = "clean", "已通过病毒检测"
        INFECTED = "infected", "含有病毒，已隔离"
        SCANNER_DOWN = "scanner_down", "病毒检测暂未完成，自动重试中"
        NOT_CONFIGURED = "not_configured", "未做病毒检测（平台没有配置检测服务）"
        OWN = "own", "平台生成，无需病毒检测"

    class Preview(models.TextChoices):
        WAITING = "waiting", "待生成"
        MADE = "made", "已生成"
        NONE = "none", "没有缩略图"

    digest = models.CharField("SM3 摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    kind = models.CharField("格式", max_length=8, choices=Kind.choices)
    pages = models.PositiveIntegerField("页数", null=True, help_text="PDF only")
    stored_at = models.DateTimeField("存入时间")
    scan = models.CharField("病毒检测", max_length=16, choices=Scan.choices, default=Scan.NOT_CONFIGURED)
    scan_note = models.CharField("检测结果", max_length=200, blank=True)
    scan_tried_at = models.DateTimeField("最近一次检测时间", null=True)
    preview = models.CharField("缩略图", max_length=8, choices=Preview.choices, default=Preview.NONE)

    class Meta:
        verbose_name = "电子文件"
        constraints = (
            models.UniqueConstraint(fields=("digest", "size"), name="stored_once"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_not_empty"),
        )
        indexes = (
            models.Index(
                fields=("scan_tried_at", "id"),
                name="stored_to_scan",
                condition=models.Q(scan__in=("waiting", "scanner_down", "not_configured")),
            ),
            models.Index(fields=("id",), name="stored_to_draw", condition=models.Q(preview="waiting")),
            models.Index(fields=("id",), name="stored_infected", condition=models.Q(scan="infected")),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.digest[:12]}"

    @property
    def path(self) -> str:
        """Where the storage "evidence" keeps it."""
        return f"sm3/{self.digest[:2]}/{self.digest[2:4]}/{self.digest}"

    @property
    def preview_path(self) -> str:
        """Where the storage "evidence" keeps the small picture of its first page."""
        return f"previews/{self.digest[:2]}/{self.digest[2:4]}/{self.digest}.png"

    @property
    def viewable(self) -> bool:
        """Whether a browser shows it in a page."""
        return self.kind in (self.Kind.PDF, self.Kind.PNG, self.Kind.JPG)

    @property
    def infected(self) -> bool:
        return self.scan == self.Scan.INFECTED

    @property
    def awaits_scan(self) -> bool:
        return self.scan in (self.Scan.WAITING, self.Scan.SCANNER_DOWN)


class UploadSession(models.Model):
    """A file on its way in pieces (分片上传): private to its owner, forgotten when it is not used in time.

    What it is for is the owning app's affair: `purpose` and `key` are that app's own words, and it alone
    takes the finished upload (documents.services.take_upload).
    """

    class Stage(models.TextChoices):
        OPEN = "open", "上传中"
        FINISHED = "finished", "已上传"
        REFUSED = "refused", "不予接收"
        TAKEN = "taken", "已使用"

    token = models.CharField("凭据", max_length=32, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    purpose = models.CharField("用途", max_length=64)
    key = models.CharField("用于", max_length=64, blank=True)
    name = models.CharField("文件名", max_length=200)
    kinds = models.CharField("可收格式", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    received = models.PositiveBigIntegerField("已收到", default=0)
    stage = models.CharField("进度", max_length=8, choices=Stage.choices, default=Stage.OPEN)
    fault_code = models.CharField("拒收代码", max_length=40, blank=True)
    fault = models.CharField("拒收原因", max_length=400, blank=True)
    kind = models.CharField("格式", max_length=8, blank=True)
    pages = models.PositiveIntegerField("页数", null=True, help_text="PDF only")
    digest = models.CharField("SM3 摘要", max_length=64, blank=True)
    started_at = models.DateTimeField("开始时间")
    expires_at = models.DateTimeField("过期时间", db_index=True)

    class Meta:
        verbose_name = "上传"
        constraints = (
            models.CheckConstraint(condition=models.Q(size__gt=0), name="upload_not_empty"),
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="upload_within_size"
            ),
        )
        indexes = (models.Index(fields=("owner", "stage"), name="upload_by_owner"),)

    def __str__(self) -> str:
        return f"{self.name}（{self.get_stage_display()}）"

    @property
    def accepted_kinds(self) -> tuple[str, ...]:
        return tuple(self.kinds.split(","))


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
