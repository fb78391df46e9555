"""The letters of a claim: each side is told what it has to know and nothing of the other's papers, phone or reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.models import OrganisationClaim
from applications.queries.visibility import office_of, people_of_organisation
from documents.models import StoredFile
from ground.moments import deadline_words
from notifications.services import post

KIND = "organisation.claim"
INFECTED = "file_infected"


def tell_of_filing(claim: OrganisationClaim, now: datetime) -> None:
    """To the owners with name and post of the claimant; to the office; to the claimant with the code alone."""
    until = deadline_words(claim.due_at)
    _post(
        claim,
        "filed-owner",
        people_of_organisation(claim.organisation_id, Role.APPLICANT_OWNER),
        f"有人申请认领{claim.organisation.name}，请在{until}之前答复",
        f"{claim.name}（{claim.post}）提交了证照和授权书，请求{claim.get_wish_display()}。\n\n"
        f"您可以同意移交申报负责人、同意其作为编写人加入，或者说明理由提出异议。{until}之前没有答复的，"
        "由评定办决定。不认识这个人的，请提出异议。",
        reverse("applications:answer_claim", args=[claim.pk]),
        now,
    )
    _post(
        claim,
        "filed-office",
        office_of(claim.scheme.code),
        f"收到组织认领申请：{claim.organisation.name}",
        f"{claim.name}（{claim.post}）申请认领{claim.organisation.name}（{claim.organisation.uscc}）。"
        f"现负责人的答复期到{until}，请先核对证照和授权书。",
        claim.get_absolute_url(),
        now,
    )
    _post(
        claim,
        "filed-claimant",
        [claim.claimant],
        f"已收到对 {claim.organisation.uscc} 的认领申请",
        f"已通知该组织现在的申报负责人，答复期到{until}。对方同意的，立即办妥；有异议或者没有答复的，由评定办核对证照后决定。"
        "结果会写信告诉您。",
        claim.get_absolute_url(),
        now,
    )


def tell_of_objection(claim: OrganisationClaim, now: datetime) -> None:
    _tell_office(claim, "objected", "现负责人有异议，请决定", now)


def tell_of_lapse(claim: OrganisationClaim, now: datetime) -> None:
    _tell_office(claim, "lapsed", "现负责人期满没有答复，请决定", now)


def tell_of_agreement(claim: OrganisationClaim, now: datetime) -> None:
    """The claimant may now know whose file it is; the owner who agreed knows it already."""
    _tell_claimant(claim, f"现负责人同意，您{claim.public_state}。", now)
    _post(
        claim,
        "agreed-office",
        office_of(claim.scheme.code),
        f"组织认领已由现负责人同意：{claim.organisation.name}",
        f"{claim.name}{claim.office_state}，不需要再作决定。",
        claim.get_absolute_url(),
        now,
    )


def tell_of_decision(claim: OrganisationClaim, owners: Iterable[User], *, keep: bool, now: datetime) -> None:
    """To both sides with the reason. `owners`: who owned before; `keep`: whether they stay as editors."""
    reason = f"理由：{claim.reason}"
    if claim.state == "refused":
        _post(
            claim,
            "refused-claimant",
            [claim.claimant],
            f"对 {claim.organisation.uscc} 的认领申请未获同意",
            f"评定办决定不予认领。{reason}",
            claim.get_absolute_url(),
            now,
        )
        words = f"对{claim.name}的认领申请，评定办决定不予认领，您的权限不变。{reason}"
    else:
        _tell_claimant(claim, f"评定办决定：您{claim.public_state}。{reason}", now)
        owner = claim.state == "granted_owner"
        rest = ("您改为编写人。" if keep else "您在这个组织的权限已经取消。") if owner else "您的权限不变。"
        words = f"评定办决定：{claim.name}{claim.office_state}。{rest}{reason}\n\n对决定有不同意见的，请联系评定办公室。"
    _post(
        claim,
        "decided-owner",
        owners,
        f"{claim.organisation.name}的认领申请已有决定",
        words,
        reverse("applications:home"),
        now,
    )


def tell_of_withdrawal(claim: OrganisationClaim, now: datetime) -> None:
    """To the owners and the office: nothing is left for them to do."""
    subject = f"认领申请已撤回：{claim.organisation.name}"
    words = f"{claim.name}（{claim.post}）撤回了认领{claim.organisation.name}的申请，现负责人的权限不变。"
    owners = people_of_organisation(claim.organisation_id, Role.APPLICANT_OWNER)
    _post(
        claim,
        "withdrawn-owner",
        [owner for owner in owners if owner.pk != claim.claimant_id],
        subject,
        f"{words}不需要再答复。",
        reverse("applications:home"),
        now,
    )
    _post(
        claim,
        "withdrawn-office",
        office_of(claim.scheme.code),
        subject,
        f"{words}不需要再决定。",
        claim.get_absolute_url(),
        now,
    )


def tell_of_virus(claim: OrganisationClaim, stored: StoredFile, name: str, now: datetime) -> None:
    """To the claimant, who can only file anew, and to the office, which can't check the paper."""
    found = f"“{name}”经检测含有病毒（{stored.scan_note}），已经隔离"
    key = f"infected-claim-{claim.pk}-{stored.pk}"
    post(
        to=[claim.claimant],
        kind=INFECTED,
        subject=f"文件含有病毒，请重新提出认领申请：{name}",
        body=f"您申请认领 {claim.organisation.uscc} 所附的{found}，评定办不能核对。"
        "请从干净的原稿重新导出，撤回这件申请，再用新的文件重新提出。",
        link=claim.get_absolute_url(),
        key=key,
        now=now,
    )
    post(
        to=office_of(claim.scheme.code),
        kind=INFECTED,
        subject=f"认领材料含有病毒：{claim.organisation.name}",
        body=f"{claim.name}申请认领{claim.organisation.name}所附的{found}，已请申请人重新提出。"
        "评定办负责人和纪检监督人员可以下载取证。",
        link=claim.get_absolute_url(),
        key=f"{key}-office",
        now=now,
    )


def _tell_office(claim: OrganisationClaim, occasion: str, words: str, now: datetime) -> None:
    _post(
        claim,
        occasion,
        office_of(claim.scheme.code),
        f"组织认领：{words}（{claim.organisation.name}）",
        f"{claim.name}申请认领{claim.organisation.name}：{words}。由主任决定。",
        claim.get_absolute_url(),
        now,
    )


def _tell_claimant(claim: OrganisationClaim, words: str, now: datetime) -> None:
    _post(
        claim,
        "granted-claimant",
        [claim.claimant],
        f"{claim.organisation.name}：认领已办妥",
        words,
        reverse("applications:organisation", args=[claim.organisation_id]),
        now,
    )


def _post(
    claim: OrganisationClaim,
    occasion: str,
    to: Iterable[User],
    subject: str,
    body: str,
    link: str,
    now: datetime,
) -> None:
    key = f"claim:{claim.pk}:{occasion}"
    post(to=to, kind=KIND, subject=subject, body=body, link=link, key=key, now=now)
