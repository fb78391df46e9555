"""Organisations, their applications with facts and evidence, recommendations, findings, corrections, waivers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.states import APPLICATION, CORRECTION, RECOMMENDATION
from awards.models import Cycle, Scheme
from documents.models import StoredFile
from ground.models import Stateful, state_constraint, state_field


class Organisation(models.Model):
    """An applicant organisation (申报组织), identified by its 18-character 统一社会信用代码."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INSTITUTION = "institution", "事业单位"
        NON_PROFIT = "non_profit", "社会组织等非营利机构"

    class Region(models.TextChoices):
        SIP = "sip", "苏州工业园区"
        SUZHOU = "suzhou", "苏州市（园区以外）"
        JIANGSU = "jiangsu", "江苏省（苏州以外）"
        OTHER = "other", "其他"

    class Category(models.TextChoices):
        AGRICULTURE = "agriculture", "农业"
        INDUSTRY = "industry", "工业"
        SERVICE = "service", "服务业"
        OTHER = "other", "其他"

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("组织名称", max_length=120)
    kind = models.CharField("组织性质", max_length=16, choices=Kind.choices)
    region = models.CharField("登记注册地", max_length=16, choices=Region.choices)
    industry = models.CharField("行业门类（GB/T 4754）", max_length=1)
    category = models.CharField("申报类别", max_length=16, choices=Category.choices)
    address = models.CharField("住所", max_length=200)
    established_on = models.DateField("成立日期")
    legal_representative = models.CharField("法定代表人", max_length=60)
    employees = models.PositiveIntegerField("职工人数")
    contact_name = models.CharField("联系人", max_length=60)
    contact_phone = models.CharField("联系电话", max_length=30)
    uscc_unverified = models.BooleanField("校验位待核", default=False)
    licence = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="证照"
    )
    licence_name = models.CharField("证照文件名", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "申报组织"
        ordering = ("name",)
        indexes = (models.Index(fields=("name",), name="organisation_by_name"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(uscc__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$"), name="uscc_charset"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def scopes(self) -> dict[str, str]:
        return {"organisation": str(self.pk)}


class Recommender(models.Model):
    """A functional zone, district government or industry association (推荐单位) that signs recommendations."""

    class Kind(models.TextChoices):
        ZONE = "zone", "功能区"
        DISTRICT = "district", "市（区）人民政府"
        ASSOCIATION = "association", "行业协会（商会）"

    name = models.CharField("名称", max_length=120, unique=True)
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    schemes = models.ManyToManyField(Scheme, related_name="recommenders", verbose_name="可推荐的奖项")

    class Meta:
        verbose_name = "推荐单位"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


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
        now, then = self.organisation.name, self.filed_name
        return then if now == then else f"{then}（现名：{now}）"

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
