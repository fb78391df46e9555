"""The file (申报) of one organisation in one cycle, its evidence and its recommendation."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.models.organisations import Organisation, Recommender
from applications.states import APPLICATION, RECOMMENDATION
from awards.models import Cycle
from documents.models import StoredFile
from ground.models import Stateful, state_constraint, state_field


class Application(Stateful):
    """The application (申报) of one organisation in one cycle. Once submitted, its content changes by correction alone.

    `facts` holds the applicant's answers in the shape of the contract's `organisation` object (contracts.md,
    eligibility). What the register of organisations knows is added at submission; bans, honours on record and
    waivers are never stored here (queries.facts_document brings all together).
    `submitted_at` is empty again after a take-back: no draft is seen by anybody but the applicant.
    """

    STATES = APPLICATION

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="applications", verbose_name="评定年度")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="applications", verbose_name="申报组织"
    )
    number = models.CharField("受理编号", max_length=40, blank=True)
    state = state_field(APPLICATION)
    category = models.CharField("申报类别", max_length=16, choices=Organisation.Category.choices)
    facts = models.JSONField("申报条件自述", default=dict)
    notes = models.JSONField("条件说明", default=dict, help_text="question → the applicant's own words")
    marks = models.JSONField("分部修改记录", default=dict, help_text="section → [version, who, when]")
    profile_text = models.TextField("组织概述", blank=True)
    report = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="自评报告"
    )
    report_name = models.CharField("自评报告文件名", max_length=200, blank=True)
    report_carried = models.BooleanField(
        "报告是往年的", default=False, help_text="until confirmed or replaced"
    )
    pages_carried = models.BooleanField(
        "页码索引是往年的", default=False, help_text="until confirmed or written anew"
    )
    recommender = models.ForeignKey(
        Recommender,
        models.PROTECT,
        related_name="applications",
        null=True,
        blank=True,
        verbose_name="推荐单位",
    )
    signatory = models.CharField("承诺人", max_length=60, blank=True)
    signatory_post = models.CharField("承诺人职务", max_length=60, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_digest = models.CharField("提交内容摘要（SM3）", max_length=64, blank=True)
    submitted_parts = models.JSONField("提交的各部分", default=list, help_text="[{code, label, digest}]")
    submitted_figures = models.JSONField(
        "提交时的经营数据", default=dict, blank=True, help_text="year → {revenue, …} as exact text"
    )
    submitted_register = models.JSONField(
        "提交时的登记信息",
        default=dict,
        blank=True,
        help_text="field of the register → value, days as ISO text",
    )
    carried_from = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="沿用的往年申报"
    )

    class Meta:
        verbose_name = "申报"
        ordering = ("-cycle__year", "number", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("cycle", "organisation"),
                condition=~models.Q(state="withdrawn"),
                name="one_application_a_cycle",
            ),
            models.UniqueConstraint(
                fields=("cycle", "number"), condition=~models.Q(number=""), name="application_number_once"
            ),
            state_constraint(APPLICATION, "application"),
        )
        indexes = (
            models.Index(fields=("cycle", "state")),
            models.Index(
                fields=("cycle", "number", "id"),
                include=("state",),
                condition=models.Q(submitted_at__isnull=False) & ~models.Q(state="draft"),
                name="submitted_of_a_cycle",
            ),
        )

    def __str__(self) -> str:
        return f"{self.filed_name}（{self.number or '未提交'}）"

    @property
    def filed_name(self) -> str:
        """The organisation's name as handed in; the register's for a draft, or where no entry was kept."""
        kept = self.submitted_register.get("name") if self.state != "draft" else ""
        return str(kept or self.organisation.name)

    @property
    def applicant_line(self) -> str:
        """The name as handed in, and beside it the one of today where it has changed since."""
        return self.organisation.line_as(self.filed_name)

    def scopes(self) -> dict[str, str]:
        scopes = {"scheme": self.cycle.scheme.code, "organisation": str(self.organisation_id)}
        if self.recommender_id:
            scopes["recommender"] = str(self.recommender_id)
        return scopes

    def get_absolute_url(self) -> str:
        return reverse("applications:application", args=[self.pk])


class Evidence(models.Model):
    """A file that proves a condition (证明材料). `condition` is a code of the edition, or "other"."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="evidence")
    condition = models.CharField("所证明的条件", max_length=40)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = "证明材料"
        ordering = ("condition", "id")

    def __str__(self) -> str:
        return self.name


class Recommendation(Stateful):
    """The recommender's opinion (推荐意见) on one submission."""

    STATES = RECOMMENDATION

    application = models.ForeignKey(Application, models.PROTECT, related_name="recommendations")
    recommender = models.ForeignKey(Recommender, models.PROTECT, related_name="recommendations")
    state = state_field(RECOMMENDATION)
    opinion = models.TextField("推荐意见", blank=True)
    signatory = models.CharField("签署人", max_length=60, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    asked_at = models.DateTimeField("送达时间")
    answered_at = models.DateTimeField("签署时间", null=True, blank=True)
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签章扫描件"
    )
    scan_name = models.CharField("扫描件文件名", max_length=200, blank=True)
    delegation = models.ForeignKey(
        "applications.Invitation",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="所受委托",
    )

    class Meta:
        verbose_name = "推荐意见"
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=models.Q(state__in=("waiting", "signed")),
                name="one_live_recommendation",
            ),
        )
        indexes = (
            models.Index(fields=("recommender", "state", "asked_at", "id"), name="asked_of_a_recommender"),
            models.Index(fields=("recommender", "-answered_at", "-id"), name="answered_by_recommender"),
        )

    def __str__(self) -> str:
        return f"{self.recommender}：{self.application}"

    @property
    def signer(self) -> str:
        """The name under the opinion; a deputy's says so."""
        return f"{self.signatory}（受委托）" if self.delegation_id else self.signatory

    def scopes(self) -> dict[str, str]:
        return self.application.scopes() | {"recommender": str(self.recommender_id)}
