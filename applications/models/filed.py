"""What a file said each time it was handed in, so that a later version can be compared with it word by word."""

from __future__ import annotations

from django.db import models

from applications.models.filing import Application


class FiledCopy(models.Model):
    """The words of a file as it was handed in once (留存副本): on submission and on every answered correction.

    `digest` is that of all parts (queries.parts.digest_of_parts), as the ledger has it. `register`: the entry of
    the organisation (queries.register). `texts`: code of the part → its text. Written once, never changed.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="filed_copies")
    digest = models.CharField("内容摘要（SM3）", max_length=64)
    register = models.JSONField("登记信息", default=dict)
    texts = models.JSONField("文字", default=dict)
    filed_at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = "留存副本"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.application_id} {self.filed_at:%Y-%m-%d %H:%M:%S}"
