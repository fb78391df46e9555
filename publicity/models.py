"""What the public is told, and what follows: notices, objections, honours, payments, incidents, revocations, bans."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.models import Application, Organisation
from awards.law.editions import Edition
from awards.models import Cycle, EditionRecord, Scheme
from documents.models import StoredFile
from ground.models import Stateful, state_constraint, state_field
from publicity.states import HONOUR, INCIDENT, NOTICE, OBJECTION, PAYMENT, REVOCATION
from scoring.models import Approval

_editions: dict[str, Edition] = {}


def edition_of(cycle: Cycle) -> Edition:
    """The edition a cycle has pinned, read once for each process: its digest stands for its content."""
    record: EditionRecord = cycle.edition_record
    if record.digest not in _editions:
        _editions[record.digest] = record.edition
    return _editions[record.digest]


def tier_name(cycle: Cycle, tier: str) -> str:
    """The full name of a prize (奖级) of the cycle's edition."""
    return next((known.name for known in edition_of(cycle).tiers if known.code == tier), tier)


class Notice(Stateful):
    """A public notice: candidates in publicity (公示), announcement (公告) or revocation (撤销公告).

    `published_at`, `day_one`, `last_day`, `closes_at` follow from the sites' times by the rule `window`.
    """

    STATES = NOTICE

    class Kind(models.TextChoices):
        PUBLICITY = "publicity", "公示"
        ANNOUNCEMENT = "announcement", "公告"
        REVOCATION = "revocation", "撤销公告"

    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="notices")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="notices", null=True, blank=True)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="notices", null=True, blank=True)
    state = state_field(NOTICE)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    body = models.TextField("正文")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("拟稿时间")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    mode = models.CharField("计日方式", max_length=16, blank=True)
    day_one = models.DateField("公示首日", null=True, blank=True)
    last_day = models.DateField("公示末日", null=True, blank=True)
    closes_at = models.DateTimeField("公示截止", null=True, blank=True)
    rolled = models.BooleanField("因休息日顺延", default=False)
    closed_at = models.DateTimeField("结束处理时间", null=True, blank=True)
    ledger_head = models.CharField("账本摘要（SM3）", max_length=64, blank=True)
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="纸面文件"
    )

    class Meta:
        verbose_name = "公示公告"
        ordering = ("-published_at", "-id")
        constraints: ClassVar = (
            state_constraint(NOTICE, "notice"),
            models.CheckConstraint(
                condition=~models.Q(kind="publicity")
                | ~models.Q(state="published")
                | models.Q(closes_at__isnull=False),
                name="published_notice_has_window",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="publicity") | models.Q(approval__isnull=False),
                name="publicity_needs_approval",
            ),
        )
        indexes = (models.Index(fields=("state", "closes_at")),)

    def __str__(self) -> str:
        return self.title

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("publicity:notice", args=[self.pk])


class NoticeSite(models.Model):
    """Where and when the notice was put up on a required outside site (规定网站登载)."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="sites")
    code = models.CharField("网站代码", max_length=40)
    name = models.CharField("网站", max_length=120)
    url = models.URLField("网址", max_length=500)
    published_at = models.DateTimeField("登载时间")

    class Meta:
        verbose_name = "登载记录"
        ordering = ("published_at", "id")
        constraints = (models.UniqueConstraint(fields=("notice", "code"), name="one_row_a_site"),)

    def __str__(self) -> str:
        return self.name


class NoticeEntry(models.Model):
    """One organisation on a notice (名单)."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="entries")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="notice_entries", null=True, blank=True
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notice_entries")
    tier = models.CharField("奖级", max_length=16)
    repeat = models.BooleanField("再次获奖", default=False)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "名单"
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("notice", "organisation"), name="entry_once"),)

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def tier_name(self) -> str:
        return tier_name(self.notice.cycle, self.tier) if self.notice.cycle else self.tier


class Objection(Stateful):
    """An objection from the public (异议), real name with evidence. The objector is shielded from the applicant."""

    STATES = OBJECTION

    class Objector(models.TextChoices):
        PERSON = "person", "个人"
        UNIT = "unit", "单位"

    entry = models.ForeignKey(NoticeEntry, models.PROTECT, related_name="objections", verbose_name="异议对象")
    state = state_field(OBJECTION)
    receipt = models.CharField("受理编号", max_length=40, unique=True)
    objector_kind = models.CharField("异议人类型", max_length=8, choices=Objector.choices)
    objector_name = models.CharField("姓名或单位名称", max_length=120)
    contact = models.CharField("联系方式", max_length=120)
    statement = models.TextField("异议内容和理由")
    evidence = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True, blank=True)
    evidence_name = models.CharField("证据文件名", max_length=200, blank=True)
    received_at = models.DateTimeField("收到时间")
    late = models.BooleanField("公示期满后提出", default=False)
    conclusion = models.TextField("核查结论", blank=True)
    applicant_reply = models.TextField("书面告知申报组织的内容", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)

    class Meta:
        verbose_name = "异议"
        ordering = ("-received_at",)
        constraints: ClassVar = (state_constraint(OBJECTION, "objection"),)

    def __str__(self) -> str:
        return self.receipt

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.entry.notice.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("publicity:objection", args=[self.pk])


class Honour(Stateful):
    """A title held (称号) with its certificate; valid for the edition's years."""

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
        constraints: ClassVar = (
            state_constraint(HONOUR, "honour"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("awarded_on")), name="honour_lasts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation}：{self.cycle}"

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
        constraints: ClassVar = (
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="prize_is_money"),
            state_constraint(PAYMENT, "payment"),
        )

    def __str__(self) -> str:
        return f"{self.honour}：{self.amount}元"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.honour.scheme.code}


class Incident(Stateful):
    """An event the holder has to report (报告义务), within the edition's days from confirmation; late ones are marked."""

    STATES = INCIDENT

    honour = models.ForeignKey(Honour, models.PROTECT, related_name="incidents")
    state = state_field(INCIDENT)
    event = models.CharField("情形", max_length=40)
    confirmed_on = models.DateField("确认之日")
    due_on = models.DateField("报告期限")
    description = models.TextField("情况说明")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True, blank=True)
    file_name = models.CharField("附件名", max_length=200, blank=True)
    late = models.BooleanField("逾期报告", default=False)
    article = models.CharField("条款", max_length=40)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField("报告时间")
    office_note = models.TextField("处理意见", blank=True)

    class Meta:
        verbose_name = "事项报告"
        ordering = ("-reported_at",)

    def __str__(self) -> str:
        return f"{self.honour}：{self.event}"

    def scopes(self) -> dict[str, str]:
        return self.honour.scopes()

    @property
    def event_label(self) -> str:
        events = edition_of(self.honour.cycle).events("incident_events")
        return next((event.label for event in events if event.code == self.event), self.event)


class RevocationCase(Stateful):
    """The procedure that may strip a holder (撤销称号): office → committee → authority, then the sanction matrix."""

    STATES = REVOCATION

    honour = models.ForeignKey(Honour, models.PROTECT, related_name="revocation_cases")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="cases", null=True, blank=True)
    state = state_field(REVOCATION)
    ground = models.CharField("撤销事由", max_length=40)
    summary = models.TextField("线索和立案理由")
    findings = models.TextField("调查结论", blank=True)
    committee_number = models.CharField("评定委决议文号", max_length=60, blank=True)
    committee_on = models.DateField("评定委决议日期", null=True, blank=True)
    decision_number = models.CharField("批准机关决定文号", max_length=60, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    sanction = models.JSONField("处理结果", null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("立案时间")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="revocation_cases", null=True, blank=True)

    class Meta:
        verbose_name = "撤销案件"
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("honour",),
                condition=models.Q(state__in=("investigating", "to_committee", "to_authority")),
                name="one_open_revocation_case",
            ),
        )

    def __str__(self) -> str:
        return f"{self.honour}撤销案件"

    def scopes(self) -> dict[str, str]:
        return {"scheme": self.honour.scheme.code}

    def get_absolute_url(self) -> str:
        return reverse("publicity:case", args=[self.pk])

    @property
    def ground_label(self) -> str:
        grounds = edition_of(self.honour.cycle).events("revocation_grounds")
        return next((ground.label for ground in grounds if ground.code == self.ground), self.ground)
