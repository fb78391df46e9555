"""The office's letters to an applicant, kept word for word."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from applications.models.filing import Application


class Letter(models.Model):
    """One letter to the applicant (来函), as it was sent. Written once, never changed."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", "补正通知书"
        ANSWERED = "answered", "补正回执"
        DECISION = "decision", "资格审核结论告知书"
        SHORTLIST = "shortlist", "材料评审结果告知书"
        OBJECTION = "objection", "异议核查结果告知书"
        RESULT = "result", "评定结果告知书"

    application = models.ForeignKey(Application, models.PROTECT, related_name="letters")
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    number = models.CharField("编号", max_length=60)
    key = models.CharField("唯一键", max_length=200, unique=True)
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    sent_at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = "来函"
        ordering = ("-sent_at", "-id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("application", "number"), name="letter_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.number}）"

    def get_absolute_url(self) -> str:
        return reverse("applications:letter", args=[self.application_id, self.pk])
