"""What is kept of how a part of the application stood (历史版本), and of what two people wrote over each other."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from applications.models.filing import Application


class KeptVersion(models.Model):
    """How a part stood once: the last 30 are kept and can be put back (services.versioning).

    Typing goes on in the newest version of the same person for a while (`started_at`), but only as long as nearly
    nothing is taken out (`removed` counts the characters): whatever is deleted can be found in an earlier one.
    """

    class Kind(models.TextChoices):
        SAVED = "saved", "保存"
        RESTORED = "restored", "恢复旧版本"
        MERGED = "merged", "合并两人的修改"
        ASIDE = "aside", "未采用的一份"

    kind = models.CharField("由来", max_length=8, choices=Kind.choices, default=Kind.SAVED)
    removed = models.PositiveIntegerField("期间删去的字数", default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField("开始时间")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        abstract = True
        ordering = ("-id",)


class SectionVersion(KeptVersion):
    """The profile ("profile") or one question on the conditions (its code) as it stood (部分的历史版本).

    `content`: {"text": …} of the profile, {"facts": {fact key: answer}, "note": …} of a question.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="section_versions")
    section = models.CharField("部分", max_length=32)
    content = models.JSONField("内容", default=dict)

    class Meta(KeptVersion.Meta):
        verbose_name = "部分的历史版本"
        indexes: ClassVar = (
            models.Index(fields=("application", "section", "-id"), name="versions_of_section"),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.section} {self.saved_at:%Y-%m-%d %H:%M}"
