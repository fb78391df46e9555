"""Submitting an application, taking it back before the deadline, withdrawing it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.moves import move, why_not
from accounts.permissions import require_role
from accounts.roles import Role, Scope
from applications.models import Application, Commitment, Recommendation
from applications.permissions import require_writer
from applications.queries import ban_refusal, deadline, gaps, is_past, register_facts
from applications.queries.commitments import standing_commitment
from applications.queries.parts import digest_of_parts, parts
from applications.queries.receipt import Receipt, receipt_of, receipt_rows
from applications.queries.register import register_to_submit
from applications.queries.visibility import desk_of_recommender, people_of_organisation
from applications.queries.years import figures_to_submit
from applications.questions import REGISTER_FACTS
from applications.services.commitments import end_commitments
from applications.services.copies import keep_copy
from applications.services.declined import settle
from applications.services.findings import find
from applications.services.locking import lock, require_state
from applications.services.receipts import in_words, keep_receipt
from applications.services.starting import APPLY_DUTY, open_apply_duty, require_calling
from awards.models import Milestone
from documents.services import next_number
from ground.errors import Fault, Refused, refuse_if
from ground.moments import deadline_words
from notifications.services import close_duties, open_duty, post

RECOMMEND_DUTY: Final = "recommendation.sign"
CORRECT_DUTY: Final = "correction.answer"


@transaction.atomic
def submit_application(*, application: Application, actor: Actor, now: datetime) -> None:
    """Submit the file; it goes to the recommender.

    1. Lock; who; state. 2. The server's clock against the deadline, to the second. 3. No ban. 4. Nothing missing, the
    signature of the person in charge under the commitments included; who signed goes into the file.
    5. What the register says is fixed; number (gap-free in the cycle, kept on resubmission), time, digest of every
    part, the receipt and a copy of the words for ever. 6. State. 7. The rules' findings. 8. Recommendation with its
    duty; letters.
    Refused: wrong_state, deadline_passed, cycle_not_open, banned, incomplete/<section> (one fault for each gap).
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    require_state(application, "submit")
    require_calling(application.cycle, now)
    if refusal := ban_refusal(application, now):
        raise refusal
    refuse_if(Fault(gap.code, gap.message, "", gap.article) for gap in gaps(application, now))
    signed = cast("Commitment", standing_commitment(application))
    application.facts = {**application.facts, **register_facts(application.organisation)}
    application.category = application.organisation.category
    application.signatory, application.signatory_post = signed.signatory, signed.post
    application.submitted_at = now
    application.submitted_figures = figures_to_submit(application.organisation, now)
    application.submitted_register = register_to_submit(application.organisation)
    application.submitted_parts = parts(application)
    application.submitted_digest = digest_of_parts(application.submitted_parts)
    application.number = application.number or _number(application)
    application.version += 1
    application.save(
        update_fields=[
            "facts", "category", "signatory", "signatory_post", "submitted_at", "submitted_parts",
            "submitted_figures", "submitted_register", "submitted_digest", "number", "version",
        ]
    )  # fmt: skip
    keep_receipt(
        application=application,
        rows=receipt_rows(application),
        parts=application.submitted_parts,
        digest=application.submitted_digest,
        now=now,
    )
    keep_copy(application, application.submitted_digest, now)
    edition = application.cycle.edition
    move(
        application,
        "submit",
        actor=actor,
        now=now,
        article=edition.article("application_files"),
        details={
            "number": application.number,
            "digest": application.submitted_digest,
            "parts": application.submitted_parts,
            "figures": application.submitted_figures,
            "edition": edition.digest,
        },
    )
    find(application, actor=actor, now=now)
    _ask_recommender(application, now)
    close_duties(kind=APPLY_DUTY, subject=application, now=now)
    settle(application, now)
    post(
        to=people_of_organisation(application.organisation_id),
        kind="application.submitted",
        subject=f"申报已提交，受理编号 {application.number}",
        body=_receipt_in_words(application),
        link=reverse("applications:receipt", args=[application.pk]),
        key=f"application.submitted:{application.pk}:{application.version}",
        now=now,
    )


def _receipt_in_words(application: Application) -> str:
    receipt = cast("Receipt", receipt_of(application))
    due_at = deadline(application)
    until = f" {deadline_words(due_at)} " if due_at else ""
    return (
        f"{application.organisation.name}：\n\n申报已提交，回执如下。\n\n{in_words(receipt)}\n\n"
        f"接下来由{application.recommender}签署推荐意见。在申报截止{until}前可以撤回修改后重新提交。"
    )


@transaction.atomic
def take_back_application(*, application: Application, actor: Actor, now: datetime) -> None:
    """Take a submitted file back for changes, before the deadline. The number stays with it; the commitments end.

    Refused: wrong_state, deadline_passed.
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    require_state(application, "take_back")
    if words := why_not_taken_back(application, now):
        raise Refused("deadline_passed", words)
    _recall(application, actor, now)
    end_commitments(application, actor, now)
    application.facts = {key: value for key, value in application.facts.items() if key not in REGISTER_FACTS}
    application.submitted_at, application.submitted_digest, application.submitted_parts = None, "", []
    application.submitted_figures, application.submitted_register = {}, {}
    application.version += 1
    application.save(
        update_fields=[
            "facts", "submitted_at", "submitted_digest", "submitted_parts", "submitted_figures", "submitted_register",
            "version",
        ]
    )  # fmt: skip
    move(application, "take_back", actor=actor, now=now)
    application.checks.all().delete()
    open_apply_duty(application, now)


def why_not_submitted(application: Application, now: datetime) -> str:
    """Why a file can't be submitted as it is, in one sentence; "" if it can."""
    if words := why_not(application, "submit", public=True):
        return words
    try:
        require_calling(application.cycle, now)
    except Refused as refusal:
        return refusal.faults[0].message
    if ban := ban_refusal(application, now):
        return ban.faults[0].message
    lacking = len(gaps(application, now))
    return f"还缺 {lacking} 项，补齐后才能提交。缺什么列在下面，点开即可填写。" if lacking else ""


def why_not_taken_back(application: Application, now: datetime) -> str:
    """Why a file can't be taken back for changes, in one sentence; "" if it can."""
    if words := why_not(application, "take_back", public=True):
        return words
    due_at = deadline(application)
    if due_at is None or not is_past(due_at, now):
        return ""
    return f"申报已于 {deadline_words(due_at)} 截止，不能再撤回修改。需要更正的，请等待评定办的补正通知。"


@transaction.atomic
def withdraw_application(*, application: Application, reason: str, actor: Actor, now: datetime) -> None:
    """Give the application up, with a reason. Final: a new one may be started while the call is open.

    Refused: wrong_state, reason_required. Only the organisation's owner may do it.
    """
    lock(application)
    require_role(actor, Role.APPLICANT_OWNER, organisation=str(application.organisation_id))
    require_state(application, "withdraw")
    reason = reason.strip()
    if not reason:
        raise Refused("reason_required", "请写明撤回的理由。", field="reason")
    _recall(application, actor, now)
    for correction in application.corrections.filter(state="open"):
        move(correction, "close", actor=actor, now=now)
        close_duties(kind=CORRECT_DUTY, subject=correction, now=now)
    move(application, "withdraw", actor=actor, now=now, reason=reason)
    close_duties(kind=APPLY_DUTY, subject=application, now=now)
    settle(application, now)


def _number(application: Application) -> str:
    cycle = application.cycle
    serial = next_number(f"application-{cycle.pk}", cycle.year)
    return f"{cycle.scheme.code.upper()}-{cycle.year}-{serial:04d}"


def _ask_recommender(application: Application, now: datetime) -> None:
    if application.recommender is None:
        raise ValueError("submitted without a recommender")
    recommendation = Recommendation.objects.create(
        application=application, recommender=application.recommender, asked_at=now
    )
    link = reverse("applications:recommendation", args=[recommendation.pk])
    due_at = deadline(application, Milestone.Kind.RECOMMENDATION)
    if due_at is not None:
        open_duty(
            kind=RECOMMEND_DUTY,
            subject=recommendation,
            title=f"签署推荐意见：{application.organisation.name}",
            link=link,
            due_at=due_at,
            now=now,
            role=Role.RECOMMENDER,
            scope_kind=Scope.RECOMMENDER,
            scope_key=str(application.recommender.pk),
        )
    post(
        to=desk_of_recommender(application.recommender.pk, now),
        kind="recommendation.asked",
        subject=f"请签署推荐意见：{application.organisation.name}",
        body=f"{application.organisation.name}申报{application.cycle}，请查阅申报材料，签署推荐意见或说明不予推荐的理由。",
        link=link,
        key=f"recommendation.asked:{recommendation.pk}",
        now=now,
    )


def _recall(application: Application, actor: Actor, now: datetime) -> None:
    for recommendation in application.recommendations.filter(state__in=("waiting", "signed")):
        move(recommendation, "recall", actor=actor, now=now)
        close_duties(kind=RECOMMEND_DUTY, subject=recommendation, now=now)
