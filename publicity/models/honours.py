"""Titles held (称号) and the money that goes with them (奖金)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.urls import reverse

from applications.models import Application, Organisation
from awards.models import Cycle, Scheme
from ground.models import Stateful, state_constraint, state_field
from publicity.models.editions import tier_name
from publicity.models.names import PublishedName, name_is_kept
from publicity.models.notices import Notice
from publicity.states import HONOUR, PAYMENT


class Honour(PublishedName, Stateful):
    """A title held (称号) with its certificate, by the name as awarded; valid for the edition's years."""

    STATES = HONOUR

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="honours")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="honours")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="honours")
    application = models.OneToOneField(Application, models.PROTECT, related_name="honour")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="honours")
    tier = models.CharField("奖级", max_length=16)
    repeat = models.BooleanField("再次获奖", default=False)
    state = state_field(HONOUR)
    certificate_number = models.CharField("证书编号", max_length=40, unique=True)
    check_code = models.CharField("查验码", max_length=32, unique=True)
    awarded_on = models.DateField("授奖日期")
    valid_until = models.DateField("有效期至")
    certificate_recovered = models.BooleanField("证书已收回", default=False)

    class Meta:
        verbose_name = "称号"
        ordering = ("-awarded_on", "tier", "organisation__name")
        indexes = (models.Index(fields=("-awarded_on", "tier"), name="honour_by_day"),)
        constraints: ClassVar = (
            state_constraint(HONOUR, "honour"),
            name_is_kept("honour"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("awarded_on")), name="honour_lasts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}：{self.cycle}"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.scheme.code, "organisation": str(self.organisation_id)}

    def get_absolute_url(self) -> str:
        return reverse("publicity:certificate", args=[self.check_code])

    @property
    def tier_name(self) -> str:
        return tier_name(self.cycle, self.tier)

    @property
    def title(self) -> str:
        """The title as R31 lets it be used: with its year."""
        return f"{self.cycle.year}年度{self.tier_name}"

    def state_on(self, day: date) -> str:
        """The state as it stands on `day`: an honour past its last day has expired before any sweep says so."""
        return "expired" if self.state == "valid" and day > self.valid_until else str(self.state)


class Payment(Stateful):
    """A prize to be paid or clawed back (奖金拨付与追回), in whole yuan. One for each honour."""

    STATES = PAYMENT

    honour = models.OneToOneField(Honour, models.PROTECT, related_name="payment")
    state = state_field(PAYMENT)
    amount = models.PositiveIntegerField("金额（元）")
    article = models.CharField("条款", max_length=40)
    ordered_at = models.DateTimeField("下达时间")
    voucher = models.CharField("拨付凭证号", max_length=60, blank=True)
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    recovery_voucher = models.CharField("追回凭证号", max_length=60, blank=True)
    recovered_on = models.DateField("追回日期", null=True, blank=True)

    class Meta:
        verbose_name = "奖金"
        ordering = ("-ordered_at",)
        indexes = (models.Index(fields=("-ordered_at", "-id"), name="payment_by_time"),)
        constraints: ClassVar = (
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="prize_is_money"),
            state_constraint(PAYMENT, "payment"),
        )

    def __str__(self) -> str:
        return f"{self.honour}：{self.amount}元"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.honour.scheme.code}
