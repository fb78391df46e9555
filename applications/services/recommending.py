"""The recommender's word: sign, or decline with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move, why_not
from accounts.permissions import person
from applications.models import Recommendation, Recommender
from applications.permissions import require_recommender
from applications.queries import after_decline, deadline, is_past
from applications.queries.opening import CANCELLED
from applications.queries.visibility import people_of_organisation
from applications.services.declined import ask_office
from applications.services.findings import find
from applications.services.locking import lock
from applications.services.receiving import SCAN_UPLOAD
from applications.services.starting import open_apply_duty
from applications.services.submission import RECOMMEND_DUTY
from audit.services import record
from awards.models import Milestone
from documents.services import Upload, receive_upload
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, post

SCAN_KINDS: Final = ("pdf", "png", "jpg")
QUOTA: Final = "recommendation_quota"


@transaction.atomic
def sign_recommendation(
    *,
    recommendation: Recommendation,
    opinion: str,
    signatory: str,
    actor: Actor,
    now: datetime,
    scan: Upload | None = None,
) -> None:
    """Sign the recommendation, with a scan of the sealed opinion where there is one; the file goes on to the office.

    Refused: wrong_state, deadline_passed, opinion_required, signatory_required, quota_reached, file_*.
    """
    _require_quota(recommendation)
    _answer(recommendation, "sign", opinion, "opinion", signatory, actor, now)
    if scan:
        _keep_scan(recommendation, scan, actor, now)
    application = recommendation.application
    move(
        application,
        "recommend",
        actor=actor,
        now=now,
        article=application.cycle.edition.article("recommenders"),
        details={"recommender": recommendation.recommender.name, "signatory": recommendation.signer},
    )
    find(application, actor=actor, now=now)
    post(
        to=people_of_organisation(application.organisation_id),
        kind="recommendation.signed",
        subject=f"{recommendation.recommender}已签署推荐意见",
        body=f"{application.cycle}的申报（{application.number}）已获{recommendation.recommender}推荐，进入资格审核。",
        link=application.get_absolute_url(),
        key=f"recommendation.signed:{recommendation.pk}",
        now=now,
    )


@transaction.atomic
def decline_recommendation(
    *, recommendation: Recommendation, reason: str, signatory: str, actor: Actor, now: datetime
) -> None:
    """Decline to recommend, with a reason that the applicant is told. Before the deadline they may submit again,
    after it the office is asked to decide what follows; the letter says which.

    Refused: wrong_state, deadline_passed, reason_required, signatory_required.
    """
    _answer(recommendation, "decline", reason, "reason", signatory, actor, now)
    application = recommendation.application
    move(
        application,
        "decline",
        actor=actor,
        now=now,
        reason=recommendation.opinion,
        article=application.cycle.edition.article("recommenders"),
    )
    if is_past(deadline(application), now):
        ask_office(application, now)
    else:
        open_apply_duty(application, now)
    post(
        to=people_of_organisation(application.organisation_id),
        kind="recommendation.declined",
        subject=f"{recommendation.recommender}不予推荐",
        body=(
            f"{application.cycle}的申报（{application.number}）未获{recommendation.recommender}推荐。"
            f"\n\n理由：{recommendation.opinion}\n\n{after_decline(application, now)}"
        ),
        link=application.get_absolute_url(),
        key=f"recommendation.declined:{recommendation.pk}",
        now=now,
    )


def faults_against_answering(recommendation: Recommendation, now: datetime) -> list[Fault]:
    """What keeps a recommendation from being signed or declined, whatever is written: it is answered, or late."""
    if recommendation.application.cycle.state == CANCELLED:
        return [Fault("cycle_cancelled", "本年度已取消，不必再签署推荐意见。")]
    if why_not(recommendation, "sign"):
        words = f"这份推荐意见“{recommendation.public_state}”，不能再办理。"
        return [Fault("wrong_state", words)]
    if is_past(deadline(recommendation.application, Milestone.Kind.RECOMMENDATION), now):
        return [Fault("deadline_passed", "签署推荐意见的时间已过。如需延长，请与评定办公室联系。")]
    return []


def signed_in_cycle(recommendation: Recommendation) -> int:
    """How many other files of the cycle this body has recommended so far."""
    return (
        Recommendation.objects.filter(
            recommender=recommendation.recommender_id,
            application__cycle=recommendation.application.cycle_id,
            state="signed",
        )
        .exclude(pk=recommendation.pk)
        .count()
    )


def _require_quota(recommendation: Recommendation) -> None:
    """Refused "quota_reached" where the edition limits what a body recommends in a year. The body's row is locked."""
    Recommender.objects.select_for_update().get(pk=recommendation.recommender_id)
    edition = recommendation.application.cycle.edition
    if not edition.has(QUOTA):
        return
    quota = int(edition.value(QUOTA))
    if signed_in_cycle(recommendation) >= quota:
        raise Refused(
            "quota_reached",
            f"贵单位本年度最多推荐 {quota} 家，名额已经用完。不能推荐的，请说明理由不予推荐。",
            article=edition.article(QUOTA),
        )


def _keep_scan(recommendation: Recommendation, scan: Upload, actor: Actor, now: datetime) -> None:
    stored, recommendation.scan_name = receive_upload(
        upload=scan,
        purpose=SCAN_UPLOAD,
        key=str(recommendation.pk),
        kinds=SCAN_KINDS,
        actor=actor,
        now=now,
        field="scan",
    )
    recommendation.scan = stored
    recommendation.save(update_fields=["scan", "scan_name"])
    record(
        actor=actor,
        action="recommendation.scan",
        subject=recommendation,
        at=now,
        after={"name": recommendation.scan_name, "digest": stored.digest},
    )


def _answer(
    recommendation: Recommendation,
    step: str,
    words: str,
    field: str,
    signatory: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Lock application and recommendation, check time and words, note them, move the recommendation."""
    lock(recommendation.application)
    recommendation.refresh_from_db(fields=["state", "recommender"])
    application = recommendation.application
    delegation = require_recommender(actor, recommendation, now)
    refuse_if(faults_against_answering(recommendation, now))
    words, signatory = words.strip(), signatory.strip()
    faults = []
    if not words:
        label = "推荐意见" if field == "opinion" else "不予推荐的理由"
        faults.append(Fault(f"{field}_required", f"请填写{label}。", field))
    if not signatory:
        faults.append(Fault("signatory_required", "请填写签署人姓名。", "signatory"))
    refuse_if(faults)
    recommendation.opinion, recommendation.signatory = words, signatory[:60]
    recommendation.signed_by, recommendation.answered_at = person(actor), now
    recommendation.delegation = delegation
    recommendation.save(update_fields=["opinion", "signatory", "signed_by", "answered_at", "delegation"])
    move(
        recommendation,
        step,
        actor=actor,
        now=now,
        article=application.cycle.edition.article("recommenders"),
        details={
            "opinion": words,
            "signatory": recommendation.signer,
            **({"delegation": delegation.pk} if delegation else {}),
        },
    )
    close_duties(kind=RECOMMEND_DUTY, subject=recommendation, now=now)
