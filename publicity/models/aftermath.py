"""What is watched after the award: reported events and the procedure that may strip a holder."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models import StoredFile
from ground.models import Stateful, state_field
from publicity.models.editions import edition_of
from publicity.models.honours import Honour
from publicity.models.notices import Notice
from publicity.states import INCIDENT, REVOCATION


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
