"""The letters of the commitments: to whoever has to sign, and to those who answer for the file."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.invitations import GOOD_FOR
from accounts.roles import APPLICANT_WRITERS, Role
from applications.models import Commitment, CommitmentInvitation
from applications.queries.visibility import people_of_organisation
from ground.moments import to_the_second
from notifications.services import post, post_to_address


def ask(made: CommitmentInvitation, now: datetime) -> None:
    """To the mailbox that was given: the link."""
    application = made.application
    post_to_address(
        address=made.email,
        kind="invitation",
        subject=f"请签署申报承诺：{application.organisation.name}",
        body=(
            f"{made.signatory}，您好：\n\n{application.organisation.name}申报{application.cycle}，"
            f"由{made.invited_by.name}经办。申报须由法定代表人（主要负责人）签署承诺。\n\n"
            f"请在 {GOOD_FOR.days} 天内打开下面的页面，阅读并签署，不需要账号。链接只供您本人使用，请勿转发。"
        ),
        link=made.link,
        key=f"commitments:{made.pk}",
        now=now,
    )


def tell_of_link(made: CommitmentInvitation, now: datetime) -> None:
    """To the owners: any editor may send the link, and to any mailbox that is no colleague's. Its sender knows already."""
    application = made.application
    owners = people_of_organisation(application.organisation_id, Role.APPLICANT_OWNER)
    post(
        to=[owner for owner in owners if owner.pk != made.invited_by_id],
        kind="commitments.sent",
        subject=f"承诺签署链接已寄往 {made.email}",
        body=f"{made.invited_by.name}于{to_the_second(made.invited_at)}请{made.signatory}签署{application.cycle}的申报承诺，"
        f"链接寄往 {made.email}。如果这不是{made.signatory}本人的邮箱，请在“签署承诺”页重新寄出，前一个链接随即失效。",
        link=reverse("applications:commitments", args=[application.pk]),
        key=f"commitments.sent:{made.pk}",
        now=now,
    )


def tell_of_signature(made: Commitment, link: CommitmentInvitation, now: datetime) -> None:
    """To everybody who works on the file, with the mailbox that was signed from."""
    application = made.application
    post(
        to=people_of_organisation(application.organisation_id, *APPLICANT_WRITERS),
        kind="commitments.signed",
        subject=f"{made.signatory}已签署申报承诺",
        body=f"{made.signatory}（{made.post}）已为{application.cycle}的申报签署承诺，"
        f"所用链接由{link.invited_by.name}寄往 {link.email}。材料齐全的，可以检查后提交。",
        link=reverse("applications:check_application", args=[application.pk]),
        key=f"commitments.signed:{made.pk}",
        now=now,
    )
