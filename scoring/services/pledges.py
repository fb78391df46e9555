"""Taking on the duty of confidentiality, once for each cycle."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from audit.services import record
from awards.models import Cycle
from ground.errors import Refused
from scoring.models import ConfidentialityPledge, Reviewer
from scoring.permissions import require_self
from scoring.queries.pledges import wording_of


@transaction.atomic
def pledge_confidentiality(
    *, reviewer: Reviewer, cycle: Cycle, accepted: bool, actor: Actor, now: datetime
) -> ConfidentialityPledge:
    """The reviewer accepts the edition's wording; from then on the files of the cycle open. Twice changes nothing.

    Refused: pledge_not_accepted, reviewer_disqualified.
    """
    require_self(actor, reviewer)
    wording = wording_of(cycle.edition)
    if not accepted:
        raise Refused(
            "pledge_not_accepted",
            "请阅读并勾选承诺；不承诺的不能阅卷。",
            field="accepted",
            article=wording.article,
        )
    locked = Reviewer.objects.select_for_update(of=("self",)).get(pk=reviewer.pk)
    if locked.disqualified_at is not None:
        raise Refused("reviewer_disqualified", "您的评审资格已取消。")
    made, created = ConfidentialityPledge.objects.get_or_create(
        reviewer=locked, cycle=cycle, defaults={"digest": wording.digest, "accepted_at": now}
    )
    if created:
        record(
            actor=actor,
            action="confidentiality.accept",
            subject=made,
            at=now,
            article=wording.article,
            after={"cycle": str(cycle), "wording": wording.digest},
        )
    return made
