"""The visit on site: plan, agenda, what was asked and seen, minutes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from applications.models import Application
from documents.models import StoredFile
from scoring.models.panels import Panel
from scoring.models.reviewers import Reviewer
from scoring.models.sheets import Sheet


class SiteVisit(models.Model):
    """The visit of a site panel to one applicant (现场评审).

    `sent` is what the applicant was shown last (services.visits.send_visit): dates, place, safety notes, agenda, and never
    more. `revision` counts the saves; `touched` names for each entry the save that changed it last: key → [revision, user,
    name] (keys as services.visit_entries takes them), so that two people who write at once lose nothing.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="visit")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="visits")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    place = models.CharField("地点", max_length=200)
    safety = models.TextField("安全须知", blank=True)
    lead = models.ForeignKey(Reviewer, models.PROTECT, related_name="led_visits", verbose_name="带队")
    members = models.ManyToManyField(Reviewer, related_name="visits", verbose_name="参加人员")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField("安排时间")
    sent = models.JSONField("发给申报组织的安排", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    revision = models.PositiveIntegerField("保存次数", default=0)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    touched = models.JSONField("各项最近的保存", default=dict)
    opening_at = models.DateTimeField("首次会议时间", null=True, blank=True)
    opening_present = models.TextField("首次会议到会人员", blank=True)
    opening_text = models.TextField("首次会议纪要", blank=True)
    opening_signed_at = models.DateTimeField("首次会议签署时间", null=True, blank=True)
    closing_at = models.DateTimeField("末次会议时间", null=True, blank=True)
    closing_present = models.TextField("末次会议到会人员", blank=True)
    closing_text = models.TextField("末次会议纪要", blank=True)
    closing_signed_at = models.DateTimeField("末次会议签署时间", null=True, blank=True)

    class Meta:
        verbose_name = "现场评审安排"
        ordering = ("starts_on", "id")
        constraints: ClassVar = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="visit_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(sent=None, sent_at=None) | Q(sent__isnull=False, sent_at__isnull=False),
                name="visit_sent_with_its_time",
            ),
        )

    def __str__(self) -> str:
        return f"现场评审：{self.application}"

    def get_absolute_url(self) -> str:
        return reverse("scoring:visit", args=[self.pk])


class VisitLine(models.Model):
    """One line of a visit's agenda (日程), of the interviews (访谈记录) or of the documents seen (查阅文件记录).

    `client_id`: what a device without network called it, so that it comes in once however often it is sent.
    """

    class Kind(models.TextChoices):
        AGENDA = "agenda", "日程"
        INTERVIEW = "interview", "访谈"
        DOCUMENT = "document", "查阅文件"

    visit = models.ForeignKey(SiteVisit, models.CASCADE, related_name="lines")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    on = models.DateField("日期", null=True, blank=True)
    starts = models.TimeField("开始", null=True, blank=True)
    ends = models.TimeField("结束", null=True, blank=True)
    subject = models.CharField("内容", max_length=200, blank=True)
    who = models.CharField("人员", max_length=200, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    notes = models.TextField("记录", blank=True)
    client_id = models.UUIDField("设备上的编号", null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("添加时间")
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = "现场评审记录"
        ordering = (F("on").asc(nulls_last=True), F("starts").asc(nulls_last=True), "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("visit", "client_id"), name="one_line_a_device_entry"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.subject}"


class VisitAnswer(models.Model):
    """What the visit found on one question carried over (核实结果): the item of the sheet that asked it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "属实"
        PARTLY = "partly", "部分属实"
        NOT = "not", "不属实"
        OPEN = "open", "未能核实"

    visit = models.ForeignKey(SiteVisit, models.CASCADE, related_name="answers")
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="+")
    item = models.CharField("评分项", max_length=16)
    outcome = models.CharField("核实结果", max_length=12, choices=Outcome.choices, blank=True)
    answer = models.TextField("核实情况", blank=True)

    class Meta:
        verbose_name = "核实结果"
        ordering = ("item", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("visit", "sheet", "item"), name="one_answer_a_question"),
        )

    def __str__(self) -> str:
        return f"{self.item}：{self.get_outcome_display()}"


class VisitPhoto(models.Model):
    """A picture taken on site (现场照片), for the panel alone until the report is signed; `client_id` as of a line."""

    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    caption = models.CharField("说明", max_length=200, blank=True)
    client_id = models.UUIDField("设备上的编号", null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = "现场照片"
        ordering = ("added_at", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("visit", "client_id"), name="one_photo_a_device_entry"),
        )

    def __str__(self) -> str:
        return self.caption or self.name
