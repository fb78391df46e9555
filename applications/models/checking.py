"""The office's eligibility check (资格审核): findings, waivers, corrections, the decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from applications.models.filing import Application
from applications.states import CORRECTION
from ground.models import Stateful, state_field


class EligibilityCheck(models.Model):
    """The office's word on one condition of one application (资格条件确认), beside what the rules found.

    `outcome` and `message` are the rule's finding at `found_at` under the edition digest; `confirmed` is the
    official's own conclusion with its note. Outcomes as in contracts.md (eligibility).
    """

    class Outcome(models.TextChoices):
        PASS = "pass", "符合"
        FAIL = "fail", "不符合"
        NOT_APPLICABLE = "not_applicable", "不适用"
        WAIVED = "waived", "经同意调整"
        NEEDS_EVIDENCE = "needs_evidence", "待补充证明"

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    condition = models.CharField("条件", max_length=40)
    position = models.PositiveSmallIntegerField("次序")
    article = models.CharField("条款", max_length=40)
    outcome = models.CharField("规则判断", max_length=16, choices=Outcome.choices)
    message = models.TextField("判断理由")
    facts = models.JSONField("所用事实", default=dict)
    edition_digest = models.CharField("规则摘要", max_length=64)
    found_at = models.DateTimeField("判断时间")
    confirmed = models.CharField("人工结论", max_length=16, choices=Outcome.choices, blank=True)
    note = models.TextField("说明", blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = "资格条件确认"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("application", "condition"), name="one_check_a_condition"),
        )

    def __str__(self) -> str:
        return f"{self.condition}: {self.outcome}"


class Waiver(models.Model):
    """A condition adjusted with the committee's consent (资格条件调整): resolution, reason, date; never silently."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="waivers")
    condition = models.CharField("条件", max_length=40)
    resolution = models.CharField("评定委决议文号", max_length=60)
    reason = models.TextField("理由")
    resolved_on = models.DateField("决议日期")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "资格条件调整"
        constraints = (
            models.UniqueConstraint(fields=("application", "condition"), name="one_waiver_a_condition"),
            models.CheckConstraint(condition=~models.Q(resolution=""), name="waiver_needs_resolution"),
        )

    def __str__(self) -> str:
        return f"{self.condition}（{self.resolution}）"


class Correction(Stateful):
    """A correction request (补正通知): the file goes back with a list of what is missing and a deadline."""

    STATES = CORRECTION

    application = models.ForeignKey(Application, models.PROTECT, related_name="corrections")
    state = state_field(CORRECTION)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("通知时间")
    due_at = models.DateTimeField("补正期限")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = "补正通知"
        ordering = ("-requested_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("application",), condition=models.Q(state="open"), name="one_open_correction"
            ),
        )

    def __str__(self) -> str:
        return f"补正通知（{self.application}）"

    def scopes(self) -> dict[str, str]:
        return self.application.scopes()


class CorrectionItem(models.Model):
    """One thing to be put right (补正事项), with the applicant's answer."""

    correction = models.ForeignKey(Correction, models.CASCADE, related_name="items")
    condition = models.CharField("条件", max_length=40)
    request = models.TextField("需补正的内容")
    answer = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = "补正事项"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.request


class EligibilityDecision(models.Model):
    """Acceptance or refusal after the eligibility check (资格审核结论), with every article it rests on."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="eligibility_decision")
    accepted = models.BooleanField("通过")
    reason = models.TextField("理由", blank=True)
    articles = models.JSONField("依据条款", default=list)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = "资格审核结论"

    def __str__(self) -> str:
        return "通过" if self.accepted else "不通过"
