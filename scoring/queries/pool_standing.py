"""How each of the pool stands today and in a cycle: training, absence, load against the limit, invitation."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from awards.models import Cycle
from scoring.models import Reviewer, ReviewerInvitation, Training, Unavailability
from scoring.queries.conflicts import without_conflict
from scoring.queries.past_work import OVER, assigned_to
from scoring.queries.visibility import office_cycles

TRAINING = {"valid": "在有效期内", "expired": "已过期", "none": "没有记录"}
LOAD = {"none": "还没有任务", "room": "未达上限", "full": "已达上限"}
PRESENCE = {"here": "今天能参加", "away": "今天不能参加"}


def cycles_under_way(user: object) -> list[Cycle]:
    """The cycles for whose load the pool can be asked, the newest first."""
    return list(office_cycles(user).exclude(state__in=OVER).order_by("-year", "scheme__code"))


def with_standing(
    reviewers: QuerySet[Reviewer], *, cycle: Cycle | None, on: date, user: object
) -> QuerySet[Reviewer]:
    """`load` (applicants in `cycle`, 0 without one), `away`, `trained`, `training_valid`, `invited` (not accepted yet)."""
    own = {"reviewer": OuterRef("pk")}
    trainings = Training.objects.filter(**own)
    valid = trainings.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    invitations = ReviewerInvitation.objects.filter(**own)
    files = without_conflict(assigned_to(OuterRef("pk")), user).filter(panel__cycle=cycle)
    counted = (
        files.values("panel__cycle").annotate(number=Count("application", distinct=True)).values("number")
    )
    return reviewers.annotate(
        load=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        away=Exists(Unavailability.objects.filter(**own, since__lte=on, until__gte=on)),
        trained=Exists(trainings),
        training_valid=Exists(valid),
        invited=Exists(invitations) & ~Exists(invitations.exclude(accepted_at=None)),
    )


def standing_matching(
    reviewers: QuerySet[Reviewer], *, training: str = "", load: str = "", presence: str = ""
) -> QuerySet[Reviewer]:
    """`reviewers` come from with_standing; the words are the keys of TRAINING, LOAD and PRESENCE."""
    full = Q(load_limit__isnull=False) & Q(load__gte=F("load_limit"))
    wanted = {
        "valid": Q(training_valid=True),
        "expired": Q(trained=True, training_valid=False),
        "none": Q(trained=False),
    }.get(training, Q())
    wanted &= {"none": Q(load=0), "room": ~full, "full": full}.get(load, Q())
    wanted &= {"here": Q(away=False), "away": Q(away=True)}.get(presence, Q())
    return reviewers.filter(wanted)
