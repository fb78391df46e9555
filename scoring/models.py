"""Reviewers, recusal, panels, sheets, consolidation, shortlist, ranking and deliberation."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from applications.models import Application
from awards.models import Cycle
from ground.models import Stateful, state_constraint, state_field
from scoring.states import CONSOLIDATION, PANEL, SHEET


class Stage(models.TextChoices):
    """A scored stage (评审环节)."""

    MATERIAL = "material", "材料评审"
    PRESENTATION = "presentation", "陈述答辩"
    SITE = "site", "现场评审"


class Reviewer(models.Model):
    """A member of the reviewer pool (评审员库)."""

    class Kind(models.TextChoices):
        REVIEWER = "reviewer", "评审员"
        EXPERT = "expert", "行业专家"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewer")
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    employer = models.CharField("工作单位", max_length=120)
    employer_uscc = models.CharField("单位统一社会信用代码", max_length=18, blank=True)
    industries = models.CharField("熟悉的行业门类", max_length=20, blank=True, help_text="GB/T 4754 门类字母，如 CI")
    qualification = models.CharField("资格", max_length=120, blank=True)
    disqualified_at = models.DateTimeField("取消资格时间", null=True, blank=True)

    class Meta:
        verbose_name = "评审员"
        ordering = ("user__name", "id")

    def __str__(self) -> str:
        return self.user.name


class Recusal(models.Model):
    """A declared or detected conflict (回避): the reviewer sees nothing of that applicant's file, scores or place."""

    class Kind(models.TextChoices):
        EMPLOYMENT = "employment", "任职关系"
        CONSULTING = "consulting", "咨询、培训、认证服务关系"
        SHAREHOLDING = "shareholding", "持股或其他经济利益"
        FAMILY = "family", "近亲属关系"
        RECOMMENDER = "recommender", "推荐单位人员"
        OTHER = "other", "其他可能影响公正的情形"

    class Source(models.TextChoices):
        DECLARED = "declared", "本人申报"
        DETECTED = "detected", "系统识别"

    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="recusals")
    application = models.ForeignKey(Application, models.PROTECT, related_name="recusals")
    kind = models.CharField("情形", max_length=16, choices=Kind.choices)
    reason = models.TextField("说明")
    source = models.CharField("来源", max_length=16, choices=Source.choices)
    recorded_at = models.DateTimeField("登记时间")
    dismissed_at = models.DateTimeField("排除时间", null=True, blank=True)
    dismissed_reason = models.TextField("排除理由", blank=True)

    class Meta:
        verbose_name = "回避"
        constraints = (models.UniqueConstraint(fields=("reviewer", "application", "kind"), name="recusal_once"),)

    def __str__(self) -> str:
        return f"{self.reviewer} 回避 {self.application}"


class Panel(Stateful):
    """A review panel (评审组): material, or site (which also hears the presentation)."""

    STATES = PANEL

    class Kind(models.TextChoices):
        MATERIAL = "material", "材料评审组"
        SITE = "site", "现场评审组"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="panels")
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    name = models.CharField("名称", max_length=60)
    state = state_field(PANEL)
    created_at = models.DateTimeField("组建时间")

    class Meta:
        verbose_name = "评审组"
        ordering = ("cycle", "kind", "name")
        constraints = (models.UniqueConstraint(fields=("cycle", "kind", "name"), name="panel_name_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.name}）"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.cycle.scheme.code}


class PanelMember(models.Model):
    """A seat in a panel (评审组成员). One lead; an industry expert among them."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="members")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="seats")
    lead = models.BooleanField("组长", default=False)
    industry_expert = models.BooleanField("行业专家", default=False)

    class Meta:
        verbose_name = "评审组成员"
        ordering = ("-lead", "id")
        constraints = (
            models.UniqueConstraint(fields=("panel", "reviewer"), name="one_seat_a_panel"),
            models.UniqueConstraint(fields=("panel",), condition=models.Q(lead=True), name="one_lead_a_panel"),
        )

    def __str__(self) -> str:
        return f"{self.reviewer}{'（组长）' if self.lead else ''}"


class Consolidation(Stateful):
    """What a panel concludes on one application in one stage (评审组合议与报告).

    `score` is the stage score on the scale of 1000 with 2 decimals, set when the lead signs.
    """

    STATES = CONSOLIDATION

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="consolidations")
    application = models.ForeignKey(Application, models.PROTECT, related_name="consolidations")
    stage = models.CharField("环节", max_length=16, choices=Stage.choices)
    state = state_field(CONSOLIDATION)
    strengths = models.TextField("主要优势", blank=True)
    opportunities = models.TextField("改进机会", blank=True)
    conclusion = models.TextField("评审意见", blank=True)
    score = models.DecimalField("环节得分", max_digits=6, decimal_places=2, null=True, blank=True)
    method = models.CharField("计分方式", max_length=16, blank=True)
    digest = models.CharField("摘要（SM3）", max_length=64, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    signed_at = models.DateTimeField("签署时间", null=True, blank=True)

    class Meta:
        verbose_name = "评审合议"
        ordering = ("application", "stage")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("application", "stage"), name="one_consolidation_a_stage"),
            state_constraint(CONSOLIDATION, "consolidation"),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=1000), name="stage_score_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_stage_display()}：{self.application}"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.application.cycle.scheme.code}


class ConsolidatedItem(models.Model):
    """The panel's percentage for one item (合议结果), with the note a large spread requires."""

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="items")
    item = models.CharField("评分项", max_length=16)
    percent = models.PositiveSmallIntegerField("合议百分比", validators=[MaxValueValidator(100)])
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "合议评分项"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("consolidation", "item"), name="one_consolidated_item"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="consolidated_percent_range"),
        )

    def __str__(self) -> str:
        return f"{self.item}: {self.percent}%"


class Sheet(Stateful):
    """One reviewer's scores of one application in one stage (评分表). Sealed, it never changes.

    `total` is on the scale of 1000 with 2 decimals, set at sealing.
    """

    STATES = SHEET

    application = models.ForeignKey(Application, models.PROTECT, related_name="sheets")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="sheets")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="sheets")
    stage = models.CharField("环节", max_length=16, choices=Stage.choices)
    version = models.PositiveSmallIntegerField("版本", default=1)
    state = state_field(SHEET)
    overall = models.TextField("总体评价", blank=True)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True, blank=True)
    digest = models.CharField("摘要（SM3）", max_length=64, blank=True)
    opened_at = models.DateTimeField("建立时间")
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    sealed_at = models.DateTimeField("封存时间", null=True, blank=True)

    class Meta:
        verbose_name = "评分表"
        ordering = ("application", "stage", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("application", "stage", "reviewer", "version"), name="one_sheet_a_reviewer_and_stage"
            ),
            models.UniqueConstraint(
                fields=("application", "stage", "reviewer"),
                condition=~models.Q(state="superseded"),
                name="one_live_sheet_a_reviewer_and_stage",
            ),
            state_constraint(SHEET, "sheet"),
        )
        indexes = (models.Index(fields=("reviewer", "state")),)

    def __str__(self) -> str:
        return f"{self.get_stage_display()}评分表：{self.application}"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.application.cycle.scheme.code}


class SheetItem(models.Model):
    """One scored item (评分项): percentage in steps of 5 and the reviewer's comment."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="items")
    item = models.CharField("评分项", max_length=16)
    percent = models.PositiveSmallIntegerField(
        "百分比", null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    strengths = models.TextField("优势", blank=True)
    opportunities = models.TextField("改进机会", blank=True)

    class Meta:
        verbose_name = "评分项"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("sheet", "item"), name="one_row_an_item"),
            models.CheckConstraint(
                condition=models.Q(percent=None) | models.Q(percent__lte=100), name="sheet_percent_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}: {self.percent}"


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
