"""Complaints about reviewers and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.models import Application
from awards.models import Cycle
from ground.models import Stateful, state_constraint, state_field
from scoring.models.panels import Stage
from scoring.models.reviewers import Reviewer
from scoring.states import MISCONDUCT


class MisconductCase(Stateful):
    """A complaint about a reviewer, the office's inquiry and the committee's decision (评审违规案件).

    An applicant knows no reviewer: a complaint may name the matter alone, and the inquiry finds the person.
    `foreseen` and `outcome`: the ranking before and after, as it was shown with the report and at the decision.
    """

    STATES = MISCONDUCT

    class Ground(models.TextChoices):
        ABUSE = "abuse", "滥用职权"
        NEGLECT = "neglect", "玩忽职守"
        FAVOUR = "favour", "徇私舞弊"
        DISCLOSURE = "disclosure", "泄露秘密"
        OTHER = "other", "其他"

    class Treatment(models.TextChoices):
        KEEP = "keep", "保留已封存的评分表"
        SUBSTITUTE = "substitute", "评分表作废，由补充的评审员重评"
        WITHOUT = "without", "评分表作废，由其余评审员重新合议"
        NEW_ROUND = "new_round", "维持已锁定的排名，由评定委重新审议"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="misconduct_cases", verbose_name="评定年度")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", verbose_name="申报", null=True, blank=True
    )
    stage = models.CharField("环节", max_length=16, choices=Stage.choices, blank=True)
    reviewer = models.ForeignKey(
        Reviewer,
        models.PROTECT,
        related_name="misconduct_cases",
        verbose_name="评审员",
        null=True,
        blank=True,
    )
    state = state_field(MISCONDUCT)
    ground = models.CharField("情形", max_length=16, choices=Ground.choices)
    statement = models.TextField("投诉内容")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField("投诉时间")
    findings = models.TextField("核查结论", blank=True)
    treatment = models.CharField("评分表的处理", max_length=16, choices=Treatment.choices, blank=True)
    treatment_reason = models.TextField("这样处理的理由", blank=True)
    foreseen = models.JSONField("报告时的影响", default=dict)
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    number = models.CharField("决议文号", max_length=60, blank=True)
    decided_on = models.DateField("决议日期", null=True, blank=True)
    discipline = models.BooleanField("提请主管部门或所在单位给予纪律处分", default=False)
    outcome = models.JSONField("决定时的影响", default=dict)
    closed_reason = models.TextField("结案理由", blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = "评审违规案件"
        ordering = ("-filed_at", "-id")
        constraints: ClassVar = (
            state_constraint(MISCONDUCT, "misconduct"),
            models.CheckConstraint(
                condition=~models.Q(state="disqualified")
                | models.Q(reviewer__isnull=False, decided_on__isnull=False)
                & ~models.Q(number="")
                & ~models.Q(treatment=""),
                name="disqualified_by_resolution",
            ),
        )

    def __str__(self) -> str:
        return f"投诉 {self.pk}（{self.cycle}）"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.cycle.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("scoring:complaint", args=[self.pk])
