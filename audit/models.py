"""The ledger: what was done (Entry), its fixed order (Batch, Seal), and what the public knows (PublishedHead).

No row here is ever changed. Triggers (migration 0002) refuse UPDATE, DELETE and TRUNCATE; the one exception
is an Unsealed marker, which goes when its entry has been sealed.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from audit.actions import label_of


class Entry(models.Model):
    """One consequence (台账记录), written in the transaction that brought it about.

    `digest` (SM3) covers every column but `id`; the seal covers the `id` as well. The actor is text, not a
    key: the ledger stands on its own, below the accounts.
    """

    at = models.DateTimeField("时间")
    actor_id = models.CharField("操作人编号", max_length=64, blank=True)
    actor_label = models.CharField("操作人", max_length=200)
    action = models.CharField("事项", max_length=100)
    subject_type = models.CharField("对象类型", max_length=100)
    subject_id = models.CharField("对象编号", max_length=64)
    subject_label = models.CharField("对象", max_length=200)
    article = models.CharField("依据条款", max_length=100, blank=True)
    before_digest = models.CharField("变更前摘要", max_length=64, blank=True)
    after_digest = models.CharField("变更后摘要", max_length=64, blank=True)
    payload = models.TextField("内容")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "台账记录"
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "at"), name="entry_by_subject"),
            models.Index(fields=("actor_id", "at"), name="entry_by_actor"),
            models.Index(fields=("action", "at"), name="entry_by_action"),
            models.Index(fields=("at", "id"), name="entry_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"

    @property
    def content(self) -> dict[str, Any]:
        """The payload read: `before`, `after`, `details`, each only if it was given."""
        content: dict[str, Any] = json.loads(self.payload)
        return content

    @property
    def label(self) -> str:
        """What was done, in the words of its writer or those of its action code."""
        return str(self.content.get("details", {}).get("label") or label_of(self.action))


class Unsealed(models.Model):
    """Marks an entry that no batch holds yet (待封存).

    Written with the entry, so it becomes visible when the entry's transaction commits, however late that is:
    the sealer can neither skip an entry nor seal it twice.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="marker")

    class Meta:
        verbose_name = "待封存记录"

    def __str__(self) -> str:
        return str(self.entry_id)


class Batch(models.Model):
    """Entries chained together (封存批次): their Merkle root, and a head that covers the batch before."""

    number = models.PositiveIntegerField("批次", primary_key=True)
    first = models.PositiveBigIntegerField("首条序号")
    last = models.PositiveBigIntegerField("末条序号")
    merkle_root = models.CharField("默克尔根", max_length=64)
    previous_head = models.CharField("上一批链首", max_length=64)
    head = models.CharField("链首", max_length=64, unique=True)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = "封存批次"
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="batch_not_empty"),
            models.UniqueConstraint(fields=("first",), name="batch_first_once"),
        )

    def __str__(self) -> str:
        return f"第 {self.number} 批"


class Seal(models.Model):
    """The place of an entry in the chain (封存位置): sequence numbers run from 1 without a gap.

    `link` covers this entry and the link before, so that a break can be located to the entry.
    """

    sequence = models.PositiveBigIntegerField("序号", primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="seals", verbose_name="批次")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="seal", verbose_name="记录")
    entry_digest = models.CharField("记录摘要", max_length=64)
    link = models.CharField("链环", max_length=64)

    class Meta:
        verbose_name = "封存位置"
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"第 {self.sequence} 条"


class PublishedHead(models.Model):
    """A head printed on a notice (公开链首): what came before it can't be changed unnoticed any more."""

    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="publications", verbose_name="批次"
    )
    sequence = models.PositiveBigIntegerField("末条序号")
    head = models.CharField("链首", max_length=64)
    published_at = models.DateTimeField("公开时间")
    subject_type = models.CharField("对象类型", max_length=100)
    subject_id = models.CharField("对象编号", max_length=64)
    subject_label = models.CharField("公开于", max_length=200)

    class Meta:
        verbose_name = "公开链首"
        ordering = ("published_at", "id")

    def __str__(self) -> str:
        return f"{self.subject_label}：{self.head}"


class AccessLog(models.Model):
    """Who read which file or dossier (查阅记录). Not chained: reading changes nothing, but is answered for."""

    at = models.DateTimeField("时间")
    actor_id = models.CharField("查阅人编号", max_length=64, blank=True)
    actor_label = models.CharField("查阅人", max_length=200)
    action = models.CharField("方式", max_length=32)
    subject_type = models.CharField("对象类型", max_length=100)
    subject_id = models.CharField("对象编号", max_length=64)
    subject_label = models.CharField("对象", max_length=200)
    detail = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "查阅记录"
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "at"), name="access_by_subject"),
            models.Index(fields=("actor_id", "at"), name="access_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.actor_label} {self.action} {self.subject_label}"
