"""Beside the register entry: the figures of the last years, and invitations to act for an organisation or a recommender."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.invitations import MailedInvitation
from accounts.roles import RECOMMENDING_ROLES, Role
from applications.models.filing import Application
from applications.models.organisations import Organisation, Recommender


class YearFigures(models.Model):
    """The figures of one year (年度经营数据), in yuan; bodies that don't run for profit give volume and satisfaction.

    `satisfaction` is a percentage; `service_volume` is counted in `service_unit` (人次, 件 …).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField("年度")
    revenue = models.DecimalField("营业收入", max_digits=18, decimal_places=2, null=True, blank=True)
    net_profit = models.DecimalField("净利润", max_digits=18, decimal_places=2, null=True, blank=True)
    tax = models.DecimalField("纳税总额", max_digits=18, decimal_places=2, null=True, blank=True)
    total_assets = models.DecimalField("总资产", max_digits=18, decimal_places=2, null=True, blank=True)
    research = models.DecimalField("研发投入", max_digits=18, decimal_places=2, null=True, blank=True)
    exports = models.DecimalField("出口额", max_digits=18, decimal_places=2, null=True, blank=True)
    service_volume = models.DecimalField("服务量", max_digits=14, decimal_places=0, null=True, blank=True)
    service_unit = models.CharField("服务量单位", max_length=20, blank=True)
    satisfaction = models.DecimalField("满意度（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "年度经营数据"
        ordering = ("year",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("organisation", "year"), name="figures_once_a_year"),
            models.CheckConstraint(
                condition=(Q(revenue=None) | Q(revenue__gte=0))
                & (Q(tax=None) | Q(tax__gte=0))
                & (Q(total_assets=None) | Q(total_assets__gte=0))
                & (Q(research=None) | Q(research__gte=0))
                & (Q(exports=None) | Q(exports__gte=0))
                & (Q(service_volume=None) | Q(service_volume__gte=0)),
                name="figures_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__gte=0, satisfaction__lte=100),
                name="satisfaction_is_percent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"


class Invitation(MailedInvitation):
    """An invitation by mail (邀请) to a role in an organisation, or to act for a recommender; a person without an account
    makes one on the way.

    One to a deputy (受委托人) is the delegation itself: one `application`, or the whole desk where it is empty, to the
    end of the day `until` or until the body takes it back (`ended_at`).
    """

    PAGE = "applications:invitation"
    HOST = "邀请人"

    ROLES: ClassVar = (
        (Role.APPLICANT_OWNER, "负责人"),
        (Role.APPLICANT_EDITOR, "编写人"),
        (Role.APPLICANT_VIEWER, "查看人"),
        (Role.RECOMMENDER, "推荐单位经办人"),
        (Role.RECOMMENDER_DEPUTY, "受委托人"),
    )

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="invitations", null=True, blank=True
    )
    recommender = models.ForeignKey(
        Recommender, models.PROTECT, related_name="invitations", null=True, blank=True
    )
    role = models.CharField("权限", max_length=32, choices=ROLES)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="委托办理的申报"
    )
    until = models.DateField("委托期限", null=True, blank=True)
    ended_at = models.DateTimeField("委托终止时间", null=True, blank=True)

    class Meta(MailedInvitation.Meta):
        verbose_name = "邀请"
        constraints: ClassVar = (
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, recommender=None) & ~Q(role__in=RECOMMENDING_ROLES)
                | Q(organisation=None, recommender__isnull=False, role__in=RECOMMENDING_ROLES),
                name="invitation_to_one_body",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_accepted_or_revoked"
            ),
            models.CheckConstraint(
                condition=Q(role=Role.RECOMMENDER_DEPUTY, until__isnull=False)
                | Q(until=None, application=None, ended_at=None) & ~Q(role=Role.RECOMMENDER_DEPUTY),
                name="delegation_has_its_end",
            ),
        )

    def __str__(self) -> str:
        return f"{self.body}：{self.email}"

    @property
    def body(self) -> Organisation | Recommender:
        """Whom the invited person is to act for."""
        found = self.organisation or self.recommender
        if found is None:
            raise ValueError("an invitation belongs to an organisation or a recommender")
        return found

    @property
    def subject(self) -> Organisation | Recommender:
        return self.body

    @property
    def matter(self) -> str:
        """What the invited person is to deal with, in words."""
        if self.until is None:
            return "推荐" if self.recommender_id else "申报"
        day = f"{self.until.year}年{self.until.month}月{self.until.day}日"
        what = f"对{self.application.applicant_line}的推荐" if self.application else "全部推荐"
        return f"{what}（委托至 {day}）"
