"""Shortlist, ranking, the committee's meeting and the authority's approval."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from applications.models import Application
from awards.models import Cycle


class Shortlist(models.Model):
    """Who goes on to presentation and site review (入围名单), with the office's reason."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="shortlist")
    reason = models.TextField("确定入围的理由")
    digest = models.CharField("摘要（SM3）", max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("确定时间")

    class Meta:
        verbose_name = "入围名单"

    def __str__(self) -> str:
        return f"{self.cycle}入围名单"


class Ranking(models.Model):
    """The frozen ranking (综合排名): input and result as in contracts.md, for anyone to recompute."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="ranking")
    input = models.JSONField("输入")
    result = models.JSONField("结果")
    edition_digest = models.CharField("规则摘要", max_length=64)
    digest = models.CharField("摘要（SM3）", max_length=64)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField("锁定时间")

    class Meta:
        verbose_name = "综合排名"

    def __str__(self) -> str:
        return f"{self.cycle}综合排名"


class RankingRow(models.Model):
    """One line of the frozen ranking, for lists and joins; the truth is `Ranking.result`."""

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="rows")
    application = models.OneToOneField(Application, models.PROTECT, related_name="ranking_row")
    rank = models.PositiveIntegerField("名次")
    material = models.DecimalField("材料评审", max_digits=6, decimal_places=2)
    presentation = models.DecimalField("陈述答辩", max_digits=6, decimal_places=2)
    site = models.DecimalField("现场评审", max_digits=6, decimal_places=2)
    composite = models.DecimalField("综合得分", max_digits=10, decimal_places=4)
    tier = models.CharField("奖级", max_length=16, blank=True)
    basis = models.CharField("依据", max_length=16, blank=True)
    prize = models.PositiveIntegerField("奖金（元）", default=0)

    class Meta:
        verbose_name = "排名"
        ordering = ("rank", "application__number")

    def __str__(self) -> str:
        return f"{self.rank}. {self.application}"


class Meeting(models.Model):
    """A meeting of the committee (评定委审议会议) on a frozen ranking."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="meeting")
    held_at = models.DateTimeField("会议时间")
    place = models.CharField("地点", max_length=120)
    chair = models.CharField("主持人", max_length=60)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField("通知时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "审议会议"

    def __str__(self) -> str:
        return f"{self.cycle}审议会议"


class Attendance(models.Model):
    """A committee member at the meeting (出席): present, absent, or recused from one candidate."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    present = models.BooleanField("出席")

    class Meta:
        verbose_name = "出席情况"
        constraints = (models.UniqueConstraint(fields=("meeting", "member"), name="attendance_once"),)

    def __str__(self) -> str:
        return f"{self.member}"


class Vote(models.Model):
    """A member's vote on one candidate (表决). A recused member is out of that candidate's count."""

    class Choice(models.TextChoices):
        FOR = "for", "同意"
        AGAINST = "against", "不同意"
        ABSTAIN = "abstain", "弃权"
        RECUSED = "recused", "回避"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="votes")
    application = models.ForeignKey(Application, models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    choice = models.CharField("表决", max_length=16, choices=Choice.choices)
    reason = models.TextField("理由", blank=True)
    cast_at = models.DateTimeField("表决时间")

    class Meta:
        verbose_name = "表决"
        constraints = (
            models.UniqueConstraint(fields=("meeting", "application", "member"), name="one_vote_a_candidate"),
        )

    def __str__(self) -> str:
        return f"{self.member}: {self.choice}"


class Resolution(models.Model):
    """The committee's resolution on one candidate (审议决议). It may strike or defer; it never adds one below the line."""

    class Outcome(models.TextChoices):
        AWARD = "award", "同意授奖"
        NONE = "none", "不授奖"
        STRIKE = "strike", "取消资格"
        DEFER = "defer", "暂缓"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="resolutions")
    application = models.ForeignKey(Application, models.PROTECT, related_name="resolutions")
    outcome = models.CharField("决议", max_length=16, choices=Outcome.choices)
    tier = models.CharField("奖级", max_length=16, blank=True)
    basis = models.CharField("依据", max_length=16, blank=True)
    prize = models.PositiveIntegerField("奖金（元）", default=0)
    number = models.CharField("决议文号", max_length=60)
    reason = models.TextField("理由", blank=True)
    votes_for = models.PositiveSmallIntegerField("同意")
    votes_against = models.PositiveSmallIntegerField("不同意")
    votes_abstained = models.PositiveSmallIntegerField("弃权")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        verbose_name = "决议"
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(outcome="award") | ~models.Q(tier=""), name="award_names_its_tier"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application}：{self.get_outcome_display()}"


class Approval(models.Model):
    """The authority's approval of the list (审定批准): document number and date. Publicity may only follow it.

    `round` 1 is the cycle's list; a list that moves somebody up after a struck candidate is a round of its own.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="approvals")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    document_number = models.CharField("批准文号", max_length=60)
    approved_on = models.DateField("批准日期")
    list = models.JSONField("批准的名单")
    digest = models.CharField("摘要（SM3）", max_length=64)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "批准"
        constraints = (models.UniqueConstraint(fields=("cycle", "round"), name="one_approval_a_round"),)

    def __str__(self) -> str:
        return self.document_number
