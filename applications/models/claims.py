"""Claims to an organisation that somebody else has registered (组织认领)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.models.organisations import Organisation
from applications.states import CLAIM
from awards.models import Scheme
from documents.models import StoredFile
from ground.models import Stateful, state_constraint, state_field

OPEN = ("waiting", "objected", "unanswered")


class OrganisationClaim(Stateful):
    """Somebody says with licence and authorisation that they act for a registered organisation (组织认领申请).

    `scheme` is the award whose office decides. `due_at` is the end of the day until which the present owner may answer.
    What the claimant reads names the code alone, never the organisation, until the claim is granted; what the present
    owner reads names the claimant and nothing of the papers.
    """

    STATES = CLAIM

    class Wish(models.TextChoices):
        OWNER = "owner", "接任申报负责人"
        MEMBER = "member", "作为编写人加入"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="claims", verbose_name="申报组织"
    )
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name="受理的评定办")
    state = state_field(CLAIM)
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("职务", max_length=60)
    phone = models.CharField("联系电话", max_length=30)
    wish = models.CharField("请求", max_length=8, choices=Wish.choices)
    statement = models.CharField("情况说明", max_length=1000, blank=True)
    licence = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="证照")
    licence_name = models.CharField("证照文件名", max_length=200)
    authorisation = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="授权书")
    authorisation_name = models.CharField("授权书文件名", max_length=200)
    filed_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限")
    answer = models.CharField("现负责人的理由", max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    reason = models.CharField("决定的理由", max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "组织认领申请"
        ordering = ("-filed_at", "-id")
        constraints: ClassVar = (
            state_constraint(CLAIM, "claim"),
            models.UniqueConstraint(
                fields=("organisation", "claimant"),
                condition=models.Q(state__in=OPEN),
                name="one_open_claim_of_a_person",
            ),
        )
        indexes = (models.Index(fields=("claimant", "filed_at"), name="claims_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.organisation.name}（{self.name}申请认领）"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def infected(self) -> bool:
        return self.licence.infected or self.authorisation.infected

    def scopes(self) -> dict[str, str]:
        return {
            "scheme": self.scheme.code,
            "organisation": str(self.organisation_id),
            "person": str(self.claimant_id),
        }

    def get_absolute_url(self) -> str:
        return reverse("applications:claim", args=[self.pk])
