"""Panels, their seats, and the stages they score."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from applications.models import Application
from awards.models import Cycle
from ground.models import Stateful, state_constraint, state_field
from scoring.models.reviewers import Reviewer
from scoring.states import PANEL


class Stage(models.TextChoices):
    """A scored stage (评审环节)."""

    MATERIAL = "material", "材料评审"
    PRESENTATION = "presentation", "陈述答辩"
    SITE = "site", "现场评审"


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
    applications = models.ManyToManyField(Application, related_name="panels", verbose_name="评审的申报")
    created_at = models.DateTimeField("组建时间")

    class Meta:
        verbose_name = "评审组"
        ordering = ("cycle", "kind", "name")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("cycle", "kind", "name"), name="panel_name_once"),
            state_constraint(PANEL, "panel"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.name}）"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.cycle.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("scoring:panel", args=[self.pk])

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What the panel scores: the site panel also hears the presentation."""
        if self.kind == self.Kind.MATERIAL:
            return (Stage.MATERIAL,)
        return (Stage.PRESENTATION, Stage.SITE)


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
            models.UniqueConstraint(
                fields=("panel",), condition=models.Q(lead=True), name="one_lead_a_panel"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reviewer}{'（组长）' if self.lead else ''}"
