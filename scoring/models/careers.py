"""What is known of a reviewer beside the entry in the pool: work, services, training, family, time, duties taken on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.invitations import MailedInvitation
from applications.models import Organisation
from awards.models import Cycle
from scoring.models.reviewers import Reviewer


def _not_before(first: str, last: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{last}__gte": F(first)}),
        name=name,
    )


class Post(models.Model):
    """A post held by a reviewer (任职经历), the present ones among them: `until` empty. `since` may be unknown."""

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="posts")
    employer = models.CharField("工作单位", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    title = models.CharField("职务", max_length=60, blank=True)
    since = models.DateField("开始日期", null=True, blank=True)
    until = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "任职经历"
        ordering = (F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "-id")
        constraints: ClassVar = (_not_before("since", "until", "post_ends_after_it_begins"),)

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.employer}"


class Consultancy(models.Model):
    """A service a reviewer gave to an organisation (咨询、培训、认证等服务), paid or not."""

    class Kind(models.TextChoices):
        CONSULTING = "consulting", "管理咨询"
        TRAINING = "training", "培训辅导"
        CERTIFICATION = "certification", "认证审核"
        OTHER = "other", "其他服务"

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="consultancies")
    organisation = models.CharField("服务对象", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    kind = models.CharField("服务类型", max_length=16, choices=Kind.choices)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)
    paid = models.BooleanField("有报酬", default=True)

    class Meta:
        verbose_name = "咨询服务"
        ordering = (F("until").desc(nulls_first=True), "-since", "-id")
        constraints: ClassVar = (_not_before("since", "until", "consultancy_ends_after_it_begins"),)

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.organisation}"


class FamilyInterest(models.Model):
    """An organisation a near relative works for or holds a share in (近亲属任职、持股), declared by the reviewer."""

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="family_interests")
    relation = models.CharField("亲属关系", max_length=30)
    organisation = models.CharField("单位名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    interest = models.CharField("任职或持股情况", max_length=120)

    class Meta:
        verbose_name = "近亲属利益"
        ordering = ("organisation", "id")

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.organisation}"


class Training(models.Model):
    """A training of reviewers (评审员培训); `valid_until` empty: without end."""

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="trainings")
    name = models.CharField("培训名称", max_length=120)
    held_on = models.DateField("培训日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "培训"
        ordering = ("-held_on", "-id")
        constraints: ClassVar = (_not_before("held_on", "valid_until", "training_valid_after_it_was_held"),)

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.name}"


class Unavailability(models.Model):
    """Days on which a reviewer can't review (不能参加评审的时间), first and last day included."""

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="absences")
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "不能参加的时间"
        ordering = ("since", "id")
        constraints: ClassVar = (_not_before("since", "until", "absence_ends_after_it_begins"),)

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.since} – {self.until}"


class ConfidentialityPledge(models.Model):
    """A reviewer takes on the duty of confidentiality for one cycle (保密承诺). Without it no file of it opens.

    `digest`: SM3 of the wording that was read.
    """

    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="pledges")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="pledges")
    digest = models.CharField("承诺内容摘要（SM3）", max_length=64)
    accepted_at = models.DateTimeField("承诺时间")

    class Meta:
        verbose_name = "保密承诺"
        constraints: ClassVar = (models.UniqueConstraint(fields=("reviewer", "cycle"), name="pledged_once"),)

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.cycle}"


class EarlierObjection(models.Model):
    """That somebody once objected to an organisation (异议记录), as the rooms above report it; not who, but how to tell.

    `marks`: digests of the ways to reach the objector (services.objectors), so that the objector stays unnamed here.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="earlier_objections")
    marks = models.JSONField("识别摘要", default=list)
    filed_on = models.DateField("提出日期")
    source_key = models.CharField("来源", max_length=60, unique=True)

    class Meta:
        verbose_name = "异议记录"

    def __str__(self) -> str:
        return self.source_key


class ReviewerInvitation(MailedInvitation):
    """An invitation by mail to a reviewer whose account the office made (评审员邀请): a link to set the password, once."""

    PAGE = "scoring:reviewer_invitation"
    HOST = "评定办"

    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="invitations")

    class Meta(MailedInvitation.Meta):
        verbose_name = "评审员邀请"
        constraints: ClassVar = (
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="reviewer_invitation_one_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.email}"

    @property
    def subject(self) -> Reviewer:
        return self.reviewer


class PoolImport(models.Model):
    """A spreadsheet of reviewers as it was read (评审员名单导入). Nothing enters the pool before it is confirmed.

    `rows`: a list of objects, column key → text, each with its `line` in the sheet. `sheets`: the names of the sheets that
    were read, the list of names first; empty for what was read before they were kept.
    """

    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要（SM3）", max_length=64)
    rows = models.JSONField("各行")
    sheets = models.JSONField("读取的工作表", default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = "评审员名单导入"

    def __str__(self) -> str:
        return self.filename
