"""The self-assessment (自评报告): one uploaded file, or text, score and key figures for every item of the criteria."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from applications.models.filing import Application, Evidence
from applications.models.versions import KeptVersion
from documents.models import StoredFile


class SelfAssessment(models.Model):
    """How an application gives its self-assessment (自评方式). Without a row it is one uploaded report."""

    class Mode(models.TextChoices):
        REPORT = "report", "上传一份完整的自评报告"
        ONLINE = "online", "在线逐条填写"

    application = models.OneToOneField(Application, models.PROTECT, related_name="self_assessment")
    mode = models.CharField("自评方式", max_length=8, choices=Mode.choices)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField("选择时间")

    class Meta:
        verbose_name = "自评方式"

    def __str__(self) -> str:
        return self.get_mode_display()


class AssessmentItem(models.Model):
    """What an application says on one item of the criteria (条目自评), such as 4.1.2.

    `text` is plain text with the portal's own light markup (rules.markup). Text, self-score and figures are saved
    separately: each has a counter of its own, so that two people working on different parts never collide.
    `revision` counts every change of any of them.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="assessment_items")
    code = models.CharField("条目", max_length=16)
    text = models.TextField("自评文字", blank=True)
    words = models.PositiveIntegerField("字数", default=0)
    self_percent = models.PositiveSmallIntegerField("自评百分比", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    text_revision = models.PositiveIntegerField("文字版本", default=0)
    percent_revision = models.PositiveIntegerField("评分版本", default=0)
    figures_revision = models.PositiveIntegerField("数据版本", default=0)
    figure_count = models.PositiveSmallIntegerField("关键数据项数", default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "条目自评"
        ordering = ("id",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("application", "code"), name="one_text_an_item"),
            models.CheckConstraint(
                condition=models.Q(self_percent=None) | models.Q(self_percent__lte=100),
                name="self_percent_at_most_100",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}（{self.application_id}）"


class ItemFigure(models.Model):
    """One key figure of an item (关键数据): three years in a row ending with `last_year`, and a benchmark."""

    item = models.ForeignKey(AssessmentItem, models.PROTECT, related_name="figures")
    position = models.PositiveSmallIntegerField("次序")
    label = models.CharField("指标", max_length=60, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    last_year = models.PositiveSmallIntegerField("最近年度")
    first = models.DecimalField("前年", max_digits=20, decimal_places=4, null=True, blank=True)
    second = models.DecimalField("上年", max_digits=20, decimal_places=4, null=True, blank=True)
    third = models.DecimalField("最近年度的值", max_digits=20, decimal_places=4, null=True, blank=True)
    benchmark = models.DecimalField("标杆值", max_digits=20, decimal_places=4, null=True, blank=True)
    benchmark_name = models.CharField("标杆来源", max_length=60, blank=True)
    higher_is_better = models.BooleanField("数值越高越好", default=True)

    class Meta:
        verbose_name = "关键数据"
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("item", "position"), name="one_figure_a_place"),)

    def __str__(self) -> str:
        return f"{self.label}（{self.unit}）" if self.unit else self.label


class ItemEvidence(models.Model):
    """A piece of evidence that an item points to (条目佐证), with where to look in it."""

    item = models.ForeignKey(AssessmentItem, models.PROTECT, related_name="evidence_links")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="item_links")
    note = models.CharField("页码或说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "条目佐证"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("item", "evidence"), name="evidence_once_an_item"),)

    def __str__(self) -> str:
        return f"{self.item_id}: {self.evidence_id}"


class AssessmentImage(models.Model):
    """A picture in the texts (图片), named there by its number within the application: `![说明](3)`."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assessment_images")
    code = models.CharField("上传时的条目", max_length=16)
    number = models.PositiveSmallIntegerField("图片编号")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "自评图片"
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("application", "number"), name="image_number_once"),)

    def __str__(self) -> str:
        return f"图片 {self.number}：{self.name}"


class ItemVersion(KeptVersion):
    """How an item stood (历史版本): text, self-score and figures."""

    item = models.ForeignKey(AssessmentItem, models.PROTECT, related_name="versions")
    text = models.TextField("文字", blank=True)
    words = models.PositiveIntegerField("字数", default=0)
    self_percent = models.PositiveSmallIntegerField("自评百分比", null=True, blank=True)
    figures = models.JSONField("关键数据", default=list)

    class Meta(KeptVersion.Meta):
        verbose_name = "历史版本"

    def __str__(self) -> str:
        return f"{self.item_id} {self.saved_at:%Y-%m-%d %H:%M}"


class ConflictCopy(models.Model):
    """What somebody wrote on top of an older text (待合并的一份): kept until that person has chosen or merged."""

    item = models.ForeignKey(AssessmentItem, models.PROTECT, related_name="conflict_copies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField("文字", blank=True)
    kept_at = models.DateTimeField("留存时间")

    class Meta:
        verbose_name = "待合并的文字"
        constraints = (models.UniqueConstraint(fields=("item", "user"), name="one_conflict_copy_each"),)

    def __str__(self) -> str:
        return f"{self.item_id}: {self.user_id}"


class SectionPresence(models.Model):
    """Who has a section open, and when they last typed in it (谁在编辑)."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="presences")
    section = models.CharField("部分", max_length=16)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField("最近在看")
    typed_at = models.DateTimeField("最近填写", null=True, blank=True)

    class Meta:
        verbose_name = "正在编辑"
        constraints = (
            models.UniqueConstraint(fields=("application", "section", "user"), name="one_presence_each"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.section}"


class PageIndex(models.Model):
    """Where an item is found in the uploaded report (页码索引): first and last page of the file."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="page_index")
    code = models.CharField("条目", max_length=16)
    first_page = models.PositiveSmallIntegerField("起始页")
    last_page = models.PositiveSmallIntegerField("结束页")

    class Meta:
        verbose_name = "页码索引"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("application", "code"), name="one_place_an_item"),
            models.CheckConstraint(
                condition=models.Q(first_page__gte=1, last_page__gte=models.F("first_page")),
                name="pages_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}: {self.first_page}–{self.last_page}"


class AssessmentPrint(models.Model):
    """The typeset whole (自评报告 PDF): asked for on the page, made by the worker, with its progress."""

    class Stage(models.TextChoices):
        WAITING = "waiting", "等待生成"
        WORKING = "working", "正在生成"
        DONE = "done", "已生成"
        FAILED = "failed", "没有生成"

    application = models.ForeignKey(Application, models.PROTECT, related_name="prints")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("请求时间")
    stage = models.CharField("进度", max_length=8, choices=Stage.choices, default=Stage.WAITING)
    step = models.CharField("正在做", max_length=60, blank=True)
    done = models.PositiveSmallIntegerField("已完成步数", default=0)
    total = models.PositiveSmallIntegerField("总步数", default=0)
    claimed_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    message = models.CharField("说明", max_length=200, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = "自评报告 PDF"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=models.Q(stage__in=("waiting", "working")),
                name="one_print_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.get_stage_display()}"
