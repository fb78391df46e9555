"""The commitments of a file: who signed them, how and when; and the link by which they are asked for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.invitations import LONGEST_EMAIL, MailedInvitation
from applications.models.filing import Application
from documents.models import StoredFile


class Commitment(models.Model):
    """The commitments (真实性承诺) of one file, signed by the person in charge named in the register entry.

    `digest` is that of the file, with the register entry, the figures and the words (queries.parts.signed_for), as
    it stood when it was signed by the link, or when the scan of the signed sheet was uploaded: the sheet may have
    been printed for an older content, whose digest is printed on it. The words cover the file as a whole, with what
    is changed until it is handed in: a later change leaves the signature standing. It ends with a take-back
    (`ended_at`) or when another takes its place, and counts no more once the register names somebody else
    (rules.commitments.lapse). A recommender who declines ends nothing: nobody has taken the commitments back.
    """

    class Way(models.TextChoices):
        LINK = "link", "本人打开邮件中的链接签署"
        SHEET = "sheet", "本人在承诺书上签字并盖章，上传扫描件"

    application = models.ForeignKey(Application, models.PROTECT, related_name="commitments")
    way = models.CharField("签署方式", max_length=8, choices=Way.choices)
    signatory = models.CharField("承诺人", max_length=60)
    post = models.CharField("职务", max_length=60)
    signed_on = models.DateField("签署日期")
    recorded_at = models.DateTimeField("登记时间")
    words = models.JSONField("承诺内容", help_text="list of sentences, as signed")
    digest = models.CharField("签署时的内容摘要（SM3）", max_length=64)
    email = models.EmailField("链接寄往", max_length=LONGEST_EMAIL, blank=True)
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签章扫描件"
    )
    scan_name = models.CharField("扫描件文件名", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField("失效时间", null=True, blank=True)

    class Meta:
        verbose_name = "承诺签署"
        ordering = ("-recorded_at", "-id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("application",), condition=Q(ended_at=None), name="one_standing_commitment"
            ),
            models.CheckConstraint(
                condition=Q(way="link", scan=None, recorded_by=None) & ~Q(email="")
                | Q(way="sheet", scan__isnull=False, recorded_by__isnull=False),
                name="commitment_is_proven",
            ),
        )

    def __str__(self) -> str:
        return f"{self.signatory}（{self.post}）"


class CommitmentInvitation(MailedInvitation):
    """The personal link by which the person in charge is asked to sign; needs no account."""

    PAGE = "applications:sign_commitments"
    HOST = "本组织的申报经办人"
    CALLED = "这个签署链接"
    AGAIN = "重新寄出"
    ONCE_USED = "不需要再签。"

    application = models.ForeignKey(Application, models.PROTECT, related_name="commitment_invitations")
    signatory = models.CharField("承诺人", max_length=60)

    class Meta(MailedInvitation.Meta):
        verbose_name = "承诺签署链接"

    def __str__(self) -> str:
        return f"{self.application}：{self.email}"

    @property
    def subject(self) -> Application:
        return self.application
