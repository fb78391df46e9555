"""Objections from the public (异议)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models import StoredFile
from ground.models import Stateful, state_constraint, state_field
from publicity.models.notices import NoticeEntry
from publicity.states import OBJECTION


class Objection(Stateful):
    """An objection from the public (异议), real name with evidence. The objector is shielded from the applicant."""

    STATES = OBJECTION

    class Objector(models.TextChoices):
        PERSON = "person", "个人"
        UNIT = "unit", "单位"

    entry = models.ForeignKey(NoticeEntry, models.PROTECT, related_name="objections", verbose_name="异议对象")
    state = state_field(OBJECTION)
    receipt = models.CharField("受理编号", max_length=40, unique=True)
    objector_kind = models.CharField("异议人类型", max_length=8, choices=Objector.choices)
    objector_name = models.CharField("姓名或单位名称", max_length=120)
    contact = models.CharField("联系方式", max_length=120)
    statement = models.TextField("异议内容和理由")
    evidence = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True, blank=True)
    evidence_name = models.CharField("证据文件名", max_length=200, blank=True)
    received_at = models.DateTimeField("收到时间")
    late = models.BooleanField("公示期满后提出", default=False)
    conclusion = models.TextField("核查结论", blank=True)
    applicant_reply = models.TextField("书面告知申报组织的内容", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)

    class Meta:
        verbose_name = "异议"
        ordering = ("-received_at",)
        constraints: ClassVar = (state_constraint(OBJECTION, "objection"),)

    def __str__(self) -> str:
        return self.receipt

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.entry.notice.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("publicity:objection", args=[self.pk])
